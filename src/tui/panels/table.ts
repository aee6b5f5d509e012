// The table of containers, every row alive. Columns by width; a row that has no numbers says in words what it is.
import { alarmOf } from '../reducers/splits.js';
import { rowsOf } from '../rows.js';
import type { Canvas, Rect } from '../screen/index.js';
import type { Sources } from '../sources.js';
import type { State } from '../state.js';
import { paintFrame, paintTable, placeColumns } from '../widgets/index.js';
import { paintEmptyTable } from './empty.js';
import { hintsOf } from './hints.js';
import { Cells } from './table/cells.js';
import { columnsFor, sortedColumn } from './table/columns.js';
import { titles } from './table/titles.js';
import { paintWords } from './table/words.js';

const HEADINGS: Readonly<Partial<Record<string, string>>> = {
  name: 'name',
  cores: 'cpu',
  cpu: 'cpu',
  used: 'memory',
  memory: 'memory',
  read: 'io',
  write: 'io',
  io: 'io',
  pressure: 'pressure',
  pids: 'pids',
  age: 'age',
  mark: 'status',
  status: 'status',
};

export function paintContainers(canvas: Canvas, rect: Rect, state: State, sources: Sources): void {
  const focused = state.view.focus === 'table' && state.overlay === undefined;
  const alarm = alarmOf(state);
  const inner = paintFrame(canvas, rect, {
    titles: titles(canvas, state),
    focused,
    keys: hintsOf(state, canvas.glyphs),
    ...(alarm === undefined ? {} : { alarm }),
  });
  canvas.region(inner, { kind: 'text' }, true);
  canvas.region(inner, { kind: 'table' });
  if (state.containers.list.length === 0) {
    paintEmptyTable(canvas, inner, state);
    return;
  }
  const rows = rowsOf(state);
  const area = { ...inner, x: inner.x + 1, width: inner.width - 2 };
  const columns = columnsFor(rect.width, state, canvas.theme, new Cells(canvas, state, sources));
  paintTable(canvas, area, {
    columns,
    rows,
    position: state.table.position,
    focused,
    sort: { column: sortedColumn(state), descending: state.table.descending },
    rowTarget: (row) => ({ kind: 'row', id: row.key }),
    headerTarget: ({ id }) => ({ kind: 'column', id: HEADINGS[id] ?? '' }),
  });
  if (rows.length === 0) canvas.text(area.x + 2, area.y + 1, nothingShown(state), canvas.theme.dim);
  paintWords(canvas, area, state, placeColumns(columns, area.width), focused);
}

function nothingShown(state: State): string {
  return state.table.filter.text !== ''
    ? `Nothing fits /${state.table.filter.text}; esc clears the filter.`
    : 'Nothing runs; A shows those that have ended.';
}
