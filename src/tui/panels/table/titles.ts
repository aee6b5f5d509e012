// What stands in the border of the table: how many, how they are ordered and filtered, each to be clicked.
import { rowsOf } from '../../rows.js';
import type { Canvas } from '../../screen/index.js';
import type { State } from '../../state.js';
import { isDemoThere } from '../../state/demo.js';
import type { Title } from '../../widgets/index.js';

export function titles(canvas: Canvas, state: State): readonly Title[] {
  const { glyphs } = canvas;
  const { table, containers } = state;
  const shown = rowsOf(state).reduce(
    (sum, row) => sum + (row.kind === 'container' ? 1 : row.folded ? row.members.length : 0),
    0,
  );
  const total = containers.list.length;
  const caret = table.filter.editing ? '_' : '';
  return [
    {
      text: total === 0 ? 'containers' : shown === total ? `containers ${total}` : `containers ${shown} of ${total}`,
      number: 1,
      target: { kind: 'table' },
    },
    {
      text: `sort ${table.sort} ${table.descending ? glyphs.descending : glyphs.ascending}`,
      target: { kind: 'command', id: 'sort' },
    },
    { text: table.grouped ? 'Project' : 'flat', target: { kind: 'command', id: 'group' } },
    ...(table.showStopped ? [] : [{ text: 'running only', target: { kind: 'command', id: 'show-stopped' } }]),
    ...(table.filter.editing || table.filter.text !== ''
      ? [{ text: `/${table.filter.text}${caret}`, target: { kind: 'command', id: 'filter' } }]
      : []),
    ...(table.marks.size > 0 ? [{ text: `${table.marks.size} marked`, target: { kind: 'command', id: 'bulk' } }] : []),
    ...(isDemoThere(state) ? [{ text: 'W wakes the noisy one', target: { kind: 'command', id: 'wake-noisy' } }] : []),
  ];
}
