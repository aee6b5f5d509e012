// The table of containers: what is selected, marked, filtered, folded, and the order of rows.
import { noticed, refuse, step, type Step } from '../actions.js';
import { layoutOf, tableRows } from '../layout.js';
import { groupKey, rowsOf, selectedRow, type Row } from '../rows.js';
import type { Load, SortColumn, State, TableSlice } from '../state.js';
import { fitPosition } from '../widgets/index.js';
import { moveList, type Handler, type Move } from './handler.js';

/** Rows are put in order again at most this often (ms), so that they can be read. */
const ORDER_EVERY_MS = 5000;
/** …and not while somebody moves among them. */
const HOLD_STILL_MS = 2500;
/** Share of the newest sample in a running average: about the last five samples count. */
const SMOOTHING = 0.35;

const withTable = (state: State, table: Partial<TableSlice>): State => ({
  ...state,
  table: { ...state.table, ...table },
});

/** The state with a row selected that exists, and that row in sight: what follows every change of rows or size. */
export function settled(state: State): State {
  const rows = rowsOf(state);
  const { table } = state;
  // Until somebody has moved, the selection is at the top, whatever order the first samples bring.
  const at =
    table.movedAt === 0
      ? rows.findIndex(({ kind }) => kind === 'container')
      : rows.findIndex(({ key }) => key === table.selected);
  const wanted = at < 0 ? insteadOf(state, rows) : at;
  const position = fitPosition({ selected: wanted, top: table.position.top }, rows.length, tableRows(layoutOf(state)));
  const selected = rows[position.selected]?.key;
  const isSame = position.selected === table.position.selected && position.top === table.position.top;
  return isSame && selected === table.selected ? state : withTable(state, { selected, position });
}

/** Where to go when the selected row is gone: its project if that has folded it away, else what took its place. */
function insteadOf(state: State, rows: readonly Row[]): number {
  const { selected, position } = state.table;
  const project = state.containers.byId.get(selected ?? '')?.config.project;
  const group = project === undefined ? -1 : rows.findIndex(({ key }) => key === groupKey(project));
  if (group >= 0) return group;
  return position.selected;
}

export function select(state: State, key: string): State {
  return settled(withTable(state, { selected: key, movedAt: state.now }));
}

export function moveInTable(state: State, move: Move): State {
  const rows = rowsOf(state);
  const position = moveList(state.table.position, move, rows.length, tableRows(layoutOf(state)));
  return withTable(state, { position, selected: rows[position.selected]?.key, movedAt: state.now });
}

/** The wheel moves the rows, and the selection only as far as it must. */
export function wheelTable(state: State, lines: number): State {
  const rows = rowsOf(state);
  const height = tableRows(layoutOf(state));
  const top = Math.max(0, Math.min(state.table.position.top + lines, rows.length - height));
  const selected = Math.max(top, Math.min(state.table.position.selected, top + height - 1));
  return withTable(state, { position: { selected, top }, selected: rows[selected]?.key, movedAt: state.now });
}

/** Running averages go on with every sample; rows change places seldom. */
export function sampled(state: State, at: number, loads: ReadonlyMap<string, Load>): State {
  const averaged = new Map<string, Load>();
  for (const [id, load] of loads) {
    const before = state.table.loads.get(id);
    averaged.set(id, before === undefined ? load : blend(before, load));
  }
  const { rankedAt, movedAt } = state.table;
  const due = rankedAt === 0 || (at - rankedAt >= ORDER_EVERY_MS && at - movedAt >= HOLD_STILL_MS);
  const next = withTable(state, due ? { loads: averaged, ranks: averaged, rankedAt: at } : { loads: averaged });
  return due ? settled(next) : next;
}

function blend(a: Load, b: Load): Load {
  const mix = (x: number, y: number): number => x + (y - x) * SMOOTHING;
  return {
    cores: mix(a.cores, b.cores),
    memory: mix(a.memory, b.memory),
    reads: mix(a.reads, b.reads),
    writes: mix(a.writes, b.writes),
    pressure: mix(a.pressure, b.pressure),
    pids: mix(a.pids, b.pids),
    network: mix(a.network, b.network),
  };
}

/** Names read from A on; everything else is looked for from its greatest on. */
const startsDescending = (column: SortColumn): boolean => column !== 'name' && column !== 'status';

export function sortBy(state: State, column: SortColumn): State {
  const { sort, descending, loads } = state.table;
  const turned = sort === column ? !descending : startsDescending(column);
  return settled(withTable(state, { sort: column, descending: turned, ranks: loads, rankedAt: state.now }));
}

export function setFilter(state: State, text: string, editing: boolean): State {
  return settled(withTable(state, { filter: { text, editing } }));
}

function toggle(set: ReadonlySet<string>, ...members: readonly string[]): ReadonlySet<string> {
  const next = new Set(set);
  const isIn = members.every((member) => next.has(member));
  for (const member of members) {
    if (isIn) next.delete(member);
    else next.add(member);
  }
  return next;
}

export const toggleMarks = (state: State, ids: readonly string[]): State =>
  withTable(state, { marks: toggle(state.table.marks, ...ids) });

export const clearMarks = (state: State): State => withTable(state, { marks: new Set() });

const mark: Handler = (state) => {
  const row = selectedRow(state);
  if (!row) return refuse(state, 'There is nothing to mark.');
  const ids = row.kind === 'group' ? row.members.map(({ id }) => id) : [row.container.id];
  // On to the next row, so that several can be marked by holding the key.
  return step(moveInTable(toggleMarks(state, ids), 'down'));
};

/** The project that the selection is in, if any. */
function projectAt(state: State): string | undefined {
  const row = selectedRow(state);
  if (row?.kind === 'group') return row.project;
  return state.table.grouped ? row?.container.config.project : undefined;
}

export function setFolded(state: State, project: string, folded: boolean): State {
  const next = new Set(state.table.folded);
  if (folded) next.add(project);
  else next.delete(project);
  return settled(withTable(state, { folded: next, selected: groupKey(project), movedAt: state.now }));
}

const fold =
  (folded: boolean): Handler =>
  (state) => {
    const project = projectAt(state);
    if (project === undefined) return refuse(state, 'This container is in no project: there is nothing to fold.');
    return step(setFolded(state, project, folded));
  };

function show(state: State, table: Partial<TableSlice>, text: string): Step {
  const next = settled(withTable(state, table));
  return step(noticed(next, 'info', text));
}

export const tableCommands = {
  mark,
  'clear-marks': (state) =>
    state.table.marks.size === 0 ? refuse(state, 'Nothing is marked.') : step(clearMarks(state)),
  filter: (state) => step(setFilter(state, state.table.filter.text, true)),
  group: (state) =>
    state.table.grouped
      ? show(state, { grouped: false }, 'Projects are not grouped; P groups them again.')
      : show(state, { grouped: true, folded: new Set() }, 'Grouped by project.'),
  'show-stopped': (state) =>
    state.table.showStopped
      ? show(state, { showStopped: false }, 'Only containers that run are shown; A shows all again.')
      : show(state, { showStopped: true }, 'All containers are shown.'),
  fold: fold(true),
  unfold: fold(false),
} satisfies Record<string, Handler>;
