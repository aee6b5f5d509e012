// The dialog of columns. What is changed in it is seen at once; escape brings back what was there before.
import { step, type Step } from '../actions.js';
import { CONTAINER_COLUMN_SET, type ColumnName, type ColumnSet } from '../columns.js';
import { IMAGE_COLUMN_SET } from '../images/columns.js';
import { NETWORK_COLUMN_SET } from '../networks/columns.js';
import { VOLUME_COLUMN_SET } from '../volumes/columns.js';
import type { ColumnsOverlay } from '../state/overlays.js';
import type { KeyEvent, PasteEvent } from '../screen/index.js';
import type { State } from '../state.js';
import { isCatalogue } from '../state/catalogue.js';
import { stepOf } from '../widgets/index.js';
import { CATALOGUE_ACTS } from './catalogues.js';
import type { Handler } from './handler.js';

type Entries = ColumnsOverlay['entries'];

export const COLUMN_SETS: Readonly<Record<ColumnsOverlay['of'], ColumnSet<string>>> = {
  containers: CONTAINER_COLUMN_SET,
  images: IMAGE_COLUMN_SET,
  networks: NETWORK_COLUMN_SET,
  volumes: VOLUME_COLUMN_SET,
};

/** Those that are shown in their order, then the others. */
const entriesOf = (of: ColumnsOverlay['of'], columns: readonly string[]): Entries => [
  ...columns.map((name) => ({ name, shown: true })),
  ...COLUMN_SETS[of].names.filter((name) => !columns.includes(name)).map((name) => ({ name, shown: false })),
];

/** The state with these columns in the table that they are of; names are those of its set. */
const withColumns = (state: State, of: ColumnsOverlay['of'], columns: readonly string[]): State =>
  of === 'containers'
    ? { ...state, table: { ...state.table, columns: columns as readonly ColumnName[] } }
    : CATALOGUE_ACTS[of].withColumns(state, columns);

function withEntries(state: State, overlay: ColumnsOverlay, entries: Entries, selected = overlay.selected): State {
  // A row without a name could be any.
  const kept = entries.map((entry) => (entry.name === 'name' ? { ...entry, shown: true } : entry));
  const columns = kept.filter(({ shown }) => shown).map(({ name }) => name);
  return withColumns({ ...state, overlay: { ...overlay, entries: kept, selected } }, overlay.of, columns);
}

export function toggleColumn(state: State, overlay: ColumnsOverlay, name: string): State {
  const entries = overlay.entries.map((entry) => (entry.name === name ? { ...entry, shown: !entry.shown } : entry));
  const selected = overlay.entries.findIndex((entry) => entry.name === name);
  return withEntries(state, overlay, entries, selected < 0 ? overlay.selected : selected);
}

function moved(state: State, overlay: ColumnsOverlay, by: 1 | -1): State {
  const to = overlay.selected + by;
  const entries = [...overlay.entries];
  const [entry] = entries.splice(overlay.selected, 1);
  if (!entry || to < 0 || to > entries.length) return state;
  entries.splice(to, 0, entry);
  return withEntries(state, overlay, entries, to);
}

export function columnsKey(state: State, overlay: ColumnsOverlay, event: KeyEvent | PasteEvent): Step {
  if (event.type !== 'key') return step(state);
  const current = overlay.entries[overlay.selected];
  switch (event.key) {
    case 'escape':
    case 'ctrl-c':
      return step(withColumns({ ...state, overlay: undefined }, overlay.of, overlay.before));
    case 'enter':
    case 'q':
      return step({ ...state, overlay: undefined });
    case 'space':
    case 'x':
      return step(current ? toggleColumn(state, overlay, current.name) : state);
    case 'J':
    case 'shift-down':
      return step(moved(state, overlay, 1));
    case 'K':
    case 'shift-up':
      return step(moved(state, overlay, -1));
    case 'r':
      return step(withEntries(state, overlay, entriesOf(overlay.of, COLUMN_SETS[overlay.of].usual), 0));
    default: {
      const by = stepOf(event.key, 8, overlay.entries.length);
      if (by === undefined) return step(state);
      const selected = Math.max(0, Math.min(overlay.entries.length - 1, overlay.selected + by));
      return step({ ...state, overlay: { ...overlay, selected } });
    }
  }
}

export const columnsCommands = {
  columns: (state) => {
    const { page } = state.view;
    const of = isCatalogue(page) ? page : 'containers';
    const columns = of === 'containers' ? state.table.columns : CATALOGUE_ACTS[of].columnsOf(state);
    const overlay: ColumnsOverlay = {
      kind: 'columns',
      of,
      entries: entriesOf(of, columns),
      selected: 0,
      before: columns,
    };
    return step({ ...state, overlay });
  },
} satisfies Record<string, Handler>;
