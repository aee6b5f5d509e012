// The panes that show one thing in depth: logs, processes, inspect, launch, images, events, the grid; how each is
// moved in, and what its own keys do.
import { noticed, refuse, step, type Step } from '../actions.js';
import { gridShape } from '../layout.js';
import { interfacesOf, networkParts, openRows } from '../network-pane.js';
import { inspectLines, type InspectLine } from '../present/inspect.js';
import { launchJson, launchLines, purposeLines } from '../present/launch.js';
import { sortedProcesses } from '../present/processes.js';
import { filterPattern } from '../filter.js';
import { isRunning, rowsOf, selectedContainer } from '../rows.js';
import { type InspectSlice, type ProcessesSlice, type State } from '../state.js';
import type { Container } from '../../engine/index.js';
import { fitPosition, type ListPosition } from '../widgets/index.js';
import { distanceOf, moveList, type Handler, type Move } from './handler.js';
import { findInLogs, setLogSearch } from './logs.js';
import { catalogueInFront } from './catalogues.js';
import { findInBuild, setBuildSearch } from './jobs.js';
import { moveAmongFindings } from './neighbours.js';
import { moveInTable, select, toggleMarks, wheelTable } from './table.js';
import { paneSize } from './view.js';

/** Lines that a list has above its rows: names of columns, a summary. */
const HEADING_ROWS = { processes: 1, inspect: 0, launch: 2, network: 0 } as const;
type ListPane = keyof typeof HEADING_ROWS;

const KEY_OF: Readonly<Record<Move, string>> = {
  up: 'up',
  down: 'down',
  'page-up': 'pageup',
  'page-down': 'pagedown',
  first: 'home',
  last: 'end',
};

/** Lines of the inspect tab as they stand, folded branches left out. */
export function inspectedLines(state: State): readonly InspectLine[] {
  const container = selectedContainer(state);
  return container === undefined
    ? []
    : inspectLines(container, state.inspect.as, state.inspect.folded, state.host.root);
}

function listOf(state: State, pane: ListPane): { position: ListPosition; total: number } {
  switch (pane) {
    case 'processes':
      return { position: state.processes.position, total: state.processes.list.length };
    case 'inspect':
      return { position: state.inspect.position, total: inspectedLines(state).length };
    case 'launch':
      return {
        position: state.launch.position,
        total: state.launch.report ? launchLines(state.launch.report).length : 0,
      };
    case 'network':
      return { position: state.connections.position, total: openRows(state).length };
  }
}

/** What the list of a pane is kept in. */
const SLICE_OF = { processes: 'processes', inspect: 'inspect', launch: 'launch', network: 'connections' } as const;

const withPosition = (state: State, pane: ListPane, position: ListPosition): State => ({
  ...state,
  [SLICE_OF[pane]]: { ...state[SLICE_OF[pane]], position },
});

/** The list that the arrow keys move in now, if it is one. */
function listPane(state: State): ListPane | undefined {
  const { page, focus, tab } = state.view;
  return page === 'overview' && focus === 'tabs' && tab in HEADING_ROWS ? (tab as ListPane) : undefined;
}

function heightOf(state: State, pane: ListPane): number {
  const { height } = paneSize(state);
  const container = pane === 'network' ? selectedContainer(state) : undefined;
  const above =
    container === undefined ? HEADING_ROWS[pane] : networkParts(height, interfacesOf(state, container).length).above;
  return Math.max(1, height - above);
}

/** Up, down and so on, wherever the focus is. */
export function move(state: State, where: Move): Step {
  const { page, focus, tab } = state.view;
  if (page === 'grid') return step(moveInGrid(state, where));
  const catalogue = catalogueInFront(state);
  if (catalogue) return catalogue.move(state, where);
  if (page === 'neighbours') return moveAmongFindings(state, distanceOf(where, state.neighbours.findings.length, 1));
  if (page === 'events')
    return step(scrollEvents(state, -distanceOf(where, state.events.list.length, paneSize(state).height)));
  if (page === 'overview' && focus === 'table') return step(moveInTable(state, where));
  const pane = listPane(state);
  if (pane !== undefined) {
    const { position, total } = listOf(state, pane);
    return step(withPosition(state, pane, moveList(position, where, total, heightOf(state, pane))));
  }
  if (tab === 'logs') return step(state, { type: 'scroll-logs', by: KEY_OF[where] });
  // Graphs have nothing to move up and down in: the keys choose the container that they show.
  if (tab === 'graphs') return step(moveInTable(state, where));
  return refuse(state, `After ${state.keymap.escapeKey} nothing moves here; enter gives the keys back to the shell.`);
}

/** The wheel over a pane. */
export function wheel(state: State, kind: string | undefined, lines: number): Step {
  const { page, tab } = state.view;
  if (page === 'events') return step(scrollEvents(state, -lines));
  if (page === 'grid') return step(scrollGrid(state, Math.sign(lines)));
  const catalogue = catalogueInFront(state);
  if (catalogue) return catalogue.wheel(state, kind, lines);
  if (page === 'neighbours') return moveAmongFindings(state, Math.sign(lines));
  if (page === 'overview' && (kind === 'row' || kind === 'table')) return step(wheelTable(state, lines));
  const pane = tab in HEADING_ROWS ? (tab as ListPane) : undefined;
  if (pane !== undefined) {
    const { position, total } = listOf(state, pane);
    const height = heightOf(state, pane);
    const top = Math.max(0, Math.min(position.top + lines, total - height));
    const selected = Math.max(top, Math.min(position.selected, top + height - 1));
    return step(withPosition(state, pane, fitPosition({ selected, top }, total, height)));
  }
  return tab === 'logs' ? step(state, { type: 'scroll-logs', by: lines }) : step(state);
}

/** A click on line `index` of the list in a pane. */
export function selectLine(state: State, pane: ListPane, index: number): State {
  const { position, total } = listOf(state, pane);
  return withPosition(state, pane, fitPosition({ ...position, selected: index }, total, heightOf(state, pane)));
}

function scrollEvents(state: State, by: number): State {
  const most = Math.max(0, state.events.list.length - paneSize(state).height);
  return { ...state, events: { ...state.events, back: Math.max(0, Math.min(most, state.events.back + by)) } };
}

// The grid of all containers.

export function tilesOf(state: State): readonly Container[] {
  const { onlyMarked } = state.grid;
  return rowsOf({ ...state, table: { ...state.table, folded: new Set() } }).flatMap((row) => {
    if (row.kind === 'group' || !isRunning(row.container.state.status)) return [];
    return onlyMarked && !state.table.marks.has(row.key) ? [] : [row.container];
  });
}

function moveTile(state: State, by: number): State {
  const tiles = tilesOf(state);
  if (tiles.length === 0) return state;
  const at = Math.max(
    0,
    tiles.findIndex(({ id }) => id === state.table.selected),
  );
  const index = Math.max(0, Math.min(tiles.length - 1, at + by));
  const selected = select(state, tiles[index]!.id);
  const { columns, rows } = gridShape(paneSize(state), tiles.length);
  const line = Math.floor(index / columns);
  const top = fitPosition({ selected: line, top: state.grid.top }, Math.ceil(tiles.length / columns), rows).top;
  return { ...selected, grid: { ...state.grid, top } };
}

function moveInGrid(state: State, where: Move): State {
  const tiles = tilesOf(state);
  const { columns, rows } = gridShape(paneSize(state), tiles.length);
  const lines = distanceOf(where, Math.ceil(tiles.length / columns), rows);
  return where === 'first' || where === 'last' ? moveTile(state, lines * columns) : moveTile(state, lines * columns);
}

function scrollGrid(state: State, lines: number): State {
  const tiles = tilesOf(state);
  const { columns, rows } = gridShape(paneSize(state), tiles.length);
  const most = Math.max(0, Math.ceil(tiles.length / columns) - rows);
  return { ...state, grid: { ...state.grid, top: Math.max(0, Math.min(most, state.grid.top + lines)) } };
}

// Processes, inspect, launch.

const withProcesses = (state: State, processes: Partial<ProcessesSlice>): State => ({
  ...state,
  processes: { ...state.processes, ...processes },
});
const withInspect = (state: State, inspect: Partial<InspectSlice>): State => ({
  ...state,
  inspect: { ...state.inspect, ...inspect },
});

const NEXT_SORT = { cpu: 'memory', memory: 'pid', pid: 'cpu' } as const;

const foldBranch: Handler = (state) => {
  const line = inspectedLines(state)[state.inspect.position.selected];
  if (!line) return refuse(state, 'There is nothing to fold.');
  if (line.kind === 'leaf') {
    const lines = line.value.split('\n').map((text) => ({ text }));
    return step({ ...state, overlay: { kind: 'text', title: line.key, lines, copy: line.value, top: 0 } });
  }
  const folded = new Set(state.inspect.folded);
  if (!folded.delete(line.path)) folded.add(line.path);
  return step(withInspect(state, { folded }));
};

/** The next or previous line that has what is searched for, round the ends. */
function findInInspect(state: State, direction: 1 | -1): Step {
  const { search, position } = state.inspect;
  if (search.text === '') return refuse(state, 'Nothing is searched for; / begins a search.');
  const pattern = filterPattern(search.text);
  const lines = inspectedLines(state);
  for (let i = 1; i <= lines.length; i++) {
    const index = (position.selected + direction * i + lines.length * 2) % lines.length;
    const line = lines[index]!;
    if (pattern.matches(`${line.key} ${line.value}`)) return step(selectLine(state, 'inspect', index));
  }
  return refuse(state, `Nothing here has “${search.text}”.`);
}

export function setSearch(state: State, text: string, editing: boolean): Step {
  if (state.view.tab === 'logs') return setLogSearch(state, text, editing);
  const next = withInspect(state, { search: { text, editing } });
  return editing || text === '' ? step(next) : findInInspect(next, 1);
}

export const isInBuilds = ({ view, images }: State): boolean => view.page === 'images' && images.tab === 'builds';

const find =
  (direction: 1 | -1): Handler =>
  (state) =>
    isInBuilds(state)
      ? findInBuild(direction)(state)
      : state.view.tab === 'logs'
        ? findInLogs(direction)(state)
        : findInInspect(state, direction);

const openStep: Handler = (state) => {
  const { report, position } = state.launch;
  const line = report && launchLines(report)[position.selected];
  if (!line) return refuse(state, 'There is no step to open.');
  const overlay = {
    kind: 'text',
    title: line.title,
    lines: purposeLines(line),
    copy: `${JSON.stringify(line.steps, undefined, 2)}\n`,
    top: 0,
  } as const;
  return step({ ...state, overlay });
};

/** `c`: what the pane in focus shows. */
const copy: Handler = (state) => {
  const catalogue = catalogueInFront(state);
  if (catalogue) return catalogue.copy(state);
  const container = selectedContainer(state);
  if (!container) return refuse(state, 'There is nothing to copy.');
  const { focus, tab, page } = state.view;
  const text = (what: string, value: string): Step =>
    step(noticed(state, 'info', `Copied ${what}.`), { type: 'copy', what: 'text', text: value });
  if (page !== 'overview' || focus === 'table') return text(`the name ${container.config.name}`, container.config.name);
  if (tab === 'logs')
    return step(noticed(state, 'info', 'Copied the log lines that are shown.'), { type: 'copy', what: 'logs' });
  if (tab === 'launch' && state.launch.report) return text('the launch as JSON', launchJson(state.launch.report));
  if (tab === 'inspect')
    return text(
      'everything as JSON',
      inspectLines(container, 'json', new Set(), state.host.root)
        .map(({ value }) => value)
        .join('\n'),
    );
  if (tab === 'processes')
    return text(
      'the processes',
      sortedProcesses(state.processes)
        .map(({ pid, command }) => `${pid} ${command}`)
        .join('\n'),
    );
  return text(`the name ${container.config.name}`, container.config.name);
};

const withScale =
  (scale: 'same' | 'own', text: string): Handler =>
  (state) =>
    step(noticed({ ...state, grid: { ...state.grid, scale } }, 'info', text));

export const paneCommands = {
  up: (state) => move(state, 'up'),
  down: (state) => move(state, 'down'),
  'page-up': (state) => move(state, 'page-up'),
  'page-down': (state) => move(state, 'page-down'),
  first: (state) => move(state, 'first'),
  last: (state) => move(state, 'last'),
  copy,
  search: (state) =>
    isInBuilds(state)
      ? setBuildSearch(state, state.jobs.search.text, true)
      : setSearch(state, (state.view.tab === 'logs' ? state.logs : state.inspect).search.text, true),
  'search-next': find(1),
  'search-previous': find(-1),
  'process-sort': (state) => step(withProcesses(state, { sort: NEXT_SORT[state.processes.sort] })),
  'fold-branch': foldBranch,
  'inspect-as': (state) =>
    step(withInspect(state, { as: state.inspect.as === 'tree' ? 'json' : 'tree', position: { selected: 0, top: 0 } })),
  'open-step': openStep,
  'tile-left': (state) => step(moveTile(state, -1)),
  'tile-right': (state) => step(moveTile(state, 1)),
  'zoom-tile': (state) => {
    if (tilesOf(state).length === 0) return refuse(state, 'There is no container here; n runs one.');
    const view = { ...state.view, page: 'overview', focus: 'tabs', tab: 'graphs', zoomed: true } as const;
    return step({ ...state, view });
  },
  'same-scale': withScale('same', 'One scale for all: heights can be compared.'),
  'own-scale': withScale('own', 'Each graph has its own scale: only its shape tells.'),
  'only-picked': (state) => {
    if (!state.grid.onlyMarked && state.table.marks.size === 0) return refuse(state, 'Nothing is picked; space picks.');
    return step({ ...state, grid: { ...state.grid, onlyMarked: !state.grid.onlyMarked, top: 0 } });
  },
} satisfies Record<string, Handler>;

/** In the grid, space picks the tile and stays there. */
export const pickTile: Handler = (state) => {
  const tile = tilesOf(state).find(({ id }) => id === state.table.selected);
  return tile ? step(toggleMarks(state, [tile.id])) : refuse(state, 'There is nothing to pick.');
};
