// From the containers to the rows of the table: filtered, grouped by project, sorted. Pure.
import type { Container, Status } from '../engine/index.js';
import { filterPattern } from './filter.js';
import type { Load, SortColumn, State } from './state.js';

export interface ContainerRow {
  readonly kind: 'container';
  readonly key: string;
  readonly container: Container;
  /** inside a group; `last` of it closes the line of the tree */
  readonly depth: 0 | 1;
  readonly last: boolean;
}

export interface GroupRow {
  readonly kind: 'group';
  /** `project:NAME` */
  readonly key: string;
  readonly project: string;
  /** every member that the filter lets pass */
  readonly members: readonly Container[];
  readonly folded: boolean;
}

export type Row = ContainerRow | GroupRow;

export const groupKey = (project: string): string => `project:${project}`;

export const isRunning = (status: Status): boolean =>
  status === 'running' || status === 'paused' || status === 'restarting';

const NO_LOAD: Load = { cores: 0, memory: 0, reads: 0, writes: 0, pressure: 0, pids: 0, network: 0 };

/** Text of a container that the filter looks at. */
function filterText({ id, config, state }: Container): string {
  const health = state.status === 'running' ? (state.health?.status ?? '') : '';
  return `${config.name} ${config.image.name} ${config.project ?? ''} ${state.status} ${health} ${id}`;
}

type Compare = (a: Container, b: Container) => number;

const byName: Compare = (a, b) => (a.config.name < b.config.name ? -1 : a.config.name > b.config.name ? 1 : 0);

const loadOf: Partial<Record<SortColumn, (load: Load) => number>> = {
  cpu: (load) => load.cores,
  memory: (load) => load.memory,
  io: (load) => load.reads + load.writes,
  net: (load) => load.network,
  pressure: (load) => load.pressure,
  pids: (load) => load.pids,
};

/** When it began to be what it is: its start while it runs, else its end, else its creation; ms since the epoch. */
export function sinceOf({ config, state }: Container): number {
  const at = isRunning(state.status) ? state.startedAt : (state.finishedAt ?? state.startedAt);
  return Date.parse(at ?? config.created);
}

const STATUS_ORDER: Readonly<Record<Status, number>> = {
  running: 0,
  restarting: 1,
  paused: 2,
  removing: 3,
  created: 4,
  exited: 5,
  dead: 6,
};

/** The number by which a column sorts; groups take the sum of their members (for age and status the least). */
function sortValue(column: SortColumn, ranks: ReadonlyMap<string, Load>): (container: Container) => number {
  const pick = loadOf[column];
  if (pick) return (container) => pick(ranks.get(container.id) ?? NO_LOAD);
  if (column === 'age') return sinceOf;
  return ({ state }) => STATUS_ORDER[state.status];
}

interface Entry {
  readonly project: string | undefined;
  readonly members: readonly Container[];
}

function ordered(state: State, containers: readonly Container[]): Entry[] {
  const { sort, descending, ranks, grouped } = state.table;
  const sign = descending ? -1 : 1;
  const value = sort === 'name' ? () => 0 : sortValue(sort, ranks);
  const running = (container: Container): number => (isRunning(container.state.status) ? 0 : 1);
  const compare: Compare = (a, b) =>
    sort === 'name' ? sign * byName(a, b) : sign * (value(a) - value(b)) || running(a) - running(b) || byName(a, b);

  const entries: Entry[] = [];
  const projects = new Map<string, Container[]>();
  for (const container of containers) {
    const project = grouped ? container.config.project : undefined;
    if (project === undefined) {
      entries.push({ project: undefined, members: [container] });
      continue;
    }
    const members = projects.get(project);
    if (members) {
      members.push(container);
    } else {
      const fresh = [container];
      projects.set(project, fresh);
      entries.push({ project, members: fresh });
    }
  }
  for (const members of projects.values()) members.sort(compare);

  const summed = loadOf[sort] !== undefined;
  const total = (entry: Entry): number =>
    summed ? entry.members.reduce((sum, member) => sum + value(member), 0) : Math.min(...entry.members.map(value));
  const nameOf = (entry: Entry): string => entry.project ?? entry.members[0]!.config.name;
  const entryRunning = (entry: Entry): number => Math.min(...entry.members.map(running));
  const compareNames = (a: Entry, b: Entry): number => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0);
  return entries.sort((a, b) =>
    sort === 'name'
      ? sign * compareNames(a, b)
      : sign * (total(a) - total(b)) || entryRunning(a) - entryRunning(b) || compareNames(a, b),
  );
}

function makeRows(state: State): readonly Row[] {
  const { filter, showStopped, folded } = state.table;
  const pattern = filterPattern(filter.text);
  const shown = state.containers.list.filter(
    (container) =>
      (showStopped || isRunning(container.state.status) || state.containers.pending.has(container.id)) &&
      (filter.text === '' || pattern.matches(filterText(container))),
  );
  const rows: Row[] = [];
  for (const { project, members } of ordered(state, shown)) {
    if (project === undefined) {
      const container = members[0]!;
      rows.push({ kind: 'container', key: container.id, container, depth: 0, last: false });
      continue;
    }
    const key = groupKey(project);
    // While a filter is on, what it found is shown even in a folded project.
    const isFolded = folded.has(project) && filter.text === '';
    rows.push({ kind: 'group', key, project, members, folded: isFolded });
    if (isFolded) continue;
    members.forEach((container, i) =>
      rows.push({ kind: 'container', key: container.id, container, depth: 1, last: i === members.length - 1 }),
    );
  }
  return rows;
}

let lastInput: readonly unknown[] = [];
let lastRows: readonly Row[] = [];

/** The rows of the table in the order in which they stand. The last answer is kept, as one frame asks several times. */
export function rowsOf(state: State): readonly Row[] {
  const { filter, showStopped, folded, grouped, sort, descending, ranks } = state.table;
  const { list, pending } = state.containers;
  const input = [filter.text, showStopped, folded, grouped, sort, descending, ranks, list, pending];
  if (input.some((value, i) => value !== lastInput[i])) {
    lastInput = input;
    lastRows = makeRows(state);
  }
  return lastRows;
}

export function selectedRow(state: State): Row | undefined {
  return rowsOf(state).find(({ key }) => key === state.table.selected);
}

/** The container that the tabs show: the selected one, or the first of a selected group. */
export function selectedContainer(state: State): Container | undefined {
  const row = selectedRow(state);
  return row?.kind === 'group' ? row.members[0] : row?.container;
}

/** What a command is about: the marked containers, else the selected one, else the members of the selected project. */
export function subjects(state: State): readonly Container[] {
  const { marks } = state.table;
  if (marks.size > 0) return state.containers.list.filter(({ id }) => marks.has(id));
  const row = selectedRow(state);
  if (!row) return [];
  return row.kind === 'group' ? row.members : [row.container];
}

/** Every project that has containers. */
export function projectsOf(containers: readonly Container[]): readonly string[] {
  return [...new Set(containers.flatMap(({ config }) => config.project ?? []))].sort();
}
