// Over the numbers of rows that have none: what the container is, from the graph's column to the end.
import type { Container } from '../../../engine/index.js';
import { markOf, pendingWords, statusWords } from '../../present/container.js';
import { rowsOf, type Row } from '../../rows.js';
import type { Attr, Canvas, Rect } from '../../screen/index.js';
import type { State } from '../../state.js';
import type { Column } from '../../widgets/index.js';
import { hasNumbers } from './cells.js';

export function paintWords(
  canvas: Canvas,
  area: Rect,
  state: State,
  placed: readonly { readonly column: Column<Row>; readonly x: number; readonly width: number }[],
  focused: boolean,
): void {
  const rows = rowsOf(state);
  const { top, selected } = state.table.position;
  const column =
    placed.find(({ column: { id } }) => id === 'cpu') ??
    placed.find(({ column: { id } }) => id === 'cores') ??
    placed[2];
  const pressure = placed.find(({ column: { id } }) => id === 'pressure');
  if (!column) return;
  for (let line = 0; line < area.height - 1; line++) {
    const row = rows[top + line];
    if (row?.kind !== 'container') continue;
    const words = wordsOf(canvas, state, row.container);
    if (words === undefined) continue;
    const from = hasNumbers(row) ? (pressure ?? column) : column;
    const x = area.x + from.x;
    const rest = { x, y: area.y + 1 + line, width: area.x + area.width - x, height: 1 };
    canvas.fill(rest, canvas.theme.text);
    canvas.within(rest).text(x, rest.y, words.text, words.attr, rest.width);
    if (top + line === selected) canvas.restyle(rest, (attr) => canvas.theme.selected(attr, focused));
  }
}

function wordsOf(canvas: Canvas, state: State, container: Container): { text: string; attr: Attr } | undefined {
  const pending = state.containers.pending.get(container.id);
  if (pending) return { text: pendingWords(pending, state.now), attr: canvas.theme.notice };
  if (hasNumbers({ kind: 'container', key: '', container, depth: 0, last: false })) return undefined;
  const text = statusWords(container, state.now);
  if (text === undefined) return undefined;
  const { tone } = markOf(container);
  return { text, attr: tone === 'error' ? canvas.theme.error : canvas.theme.dim };
}
