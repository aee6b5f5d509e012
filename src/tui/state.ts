// Everything that the dashboard knows, as one immutable value made of slices; only reducers make the next one.
// Streams (samples, log lines, the cells of shells) are not in here: they lie in sources.ts and are read while painting.
import type {
  Container,
  ContainerProcess,
  EngineEvent,
  Image,
  LaunchReport,
  Limits,
  TerminalSize,
} from '../engine/index.js';
import type { Finding, FindingSpan, HostFacts } from '../metrics/index.js';
import type { Appearance } from './appearance.js';
import { FIXED_TABS, SORT_COLUMNS, type ColumnName, type FixedTab, type SortColumn } from './columns.js';
import type { Settings } from './config/schema.js';
import type { Keymap } from './bound-keys.js';
import type { Overlay } from './overlays.js';
import type { ListPosition, Viewer } from './widgets/index.js';

export interface State {
  /** ms since the epoch, as of the last tick or sample */
  readonly now: number;
  readonly size: TerminalSize;
  /** whether the terminal shows plain ASCII only: keys are then named in words */
  readonly ascii: boolean;
  /** nothing can be changed from here (--read-only) */
  readonly readOnly: boolean;
  readonly appearance: Appearance;
  /** what was found out about the terminal, for what is set to auto */
  readonly detected: Appearance;
  /** in force; what the table shows of them is in its slice */
  readonly settings: Settings;
  /** what the config file says */
  readonly saved: Settings;
  /** what is wrong with it, one sentence each */
  readonly configProblems: readonly string[];
  readonly keymap: Keymap;
  readonly host: HostSlice;
  readonly containers: ContainersSlice;
  readonly table: TableSlice;
  readonly view: ViewSlice;
  readonly graphs: GraphsSlice;
  readonly logs: LogsSlice;
  readonly processes: ProcessesSlice;
  readonly inspect: InspectSlice;
  readonly launch: LaunchSlice;
  readonly shells: ShellsSlice;
  readonly split: SplitSlice;
  readonly grid: GridSlice;
  readonly neighbours: NeighboursSlice;
  readonly images: ImagesSlice;
  readonly events: EventsSlice;
  /** the guard, where the dashboard was started with a rule file */
  readonly guard: GuardSlice | undefined;
  /** A dialog, menu or form above everything; it gets the keys. */
  readonly overlay: Overlay | undefined;
  readonly notice: Notice | undefined;
  /** what was chosen in the palette, newest first */
  readonly recent: readonly string[];
}

export interface HostSlice {
  readonly facts: HostFacts | undefined;
  /** the engine's state directory */
  readonly root: string;
  /** the whole disk below the state directory, as limits name it (/dev/vda); absent where it lies on none */
  readonly disk: string | undefined;
  /** whether weights of that disk do anything */
  readonly ioWeights: boolean;
  /** when the first sample was taken: there is no history before; ms since the epoch */
  readonly sampledSince: number | undefined;
}

export interface ContainersSlice {
  /** `failed` holds the sentence: without an engine there is nothing to show. */
  readonly engine: 'opening' | 'open' | { readonly failed: string };
  readonly list: readonly Container[];
  readonly byId: ReadonlyMap<string, Container>;
  /** What is being done to a container, from the key until the engine answered. */
  readonly pending: ReadonlyMap<string, Pending>;
  /** What can be taken back, newest last. */
  readonly undo: readonly UndoEntry[];
}

export type Verb = 'start' | 'stop' | 'kill' | 'restart' | 'pause' | 'unpause' | 'remove' | 'rename' | 'update';

export interface Pending {
  readonly verb: Verb;
  readonly since: number;
  /** when the grace of a stop ends, ms since the epoch */
  readonly deadline?: number;
}

/** One thing to do so that one container is again as it was; `name` is what it is called now. */
export type UndoStep = { readonly id: string; readonly name: string } & (
  | { readonly do: 'pause' | 'unpause' | 'start' }
  /** what the fields that were changed said before */
  | { readonly do: 'limits'; readonly limits: Partial<Limits> }
  | { readonly do: 'rename'; readonly to: string }
  /** `start`: it ran when it was removed */
  | { readonly do: 'restore'; readonly start: boolean }
);

/** What was done at once to one container or to many, taken back at once. */
export interface UndoEntry {
  /** what was done, as a clause: "web was paused" */
  readonly what: string;
  readonly steps: readonly UndoStep[];
}

export { SORT_COLUMNS, type SortColumn };

/** What rows are sorted by, one number a resource; smoothed, so that rows change places only when something changed. */
export interface Load {
  readonly cores: number;
  /** bytes */
  readonly memory: number;
  /** bytes a second */
  readonly reads: number;
  readonly writes: number;
  /** % of time waiting, the worst resource */
  readonly pressure: number;
  readonly pids: number;
}

export interface TableSlice {
  /** id of a container, or `project:NAME` for the row of a group */
  readonly selected: string | undefined;
  /** where it stood when rows were last settled, so that the row that takes the place of one that went is selected */
  readonly position: ListPosition;
  readonly marks: ReadonlySet<string>;
  readonly sort: SortColumn;
  readonly descending: boolean;
  readonly filter: Prompt;
  readonly grouped: boolean;
  readonly folded: ReadonlySet<string>;
  readonly showStopped: boolean;
  readonly columns: readonly ColumnName[];
  /** running averages of every container */
  readonly loads: ReadonlyMap<string, Load>;
  /** the averages as of the last time that rows were put in order */
  readonly ranks: ReadonlyMap<string, Load>;
  readonly rankedAt: number;
  /** when the selection was last moved: rows hold still for a moment after */
  readonly movedAt: number;
}

/** A line of text that is typed into a border: the filter, a search. */
export interface Prompt {
  readonly text: string;
  readonly editing: boolean;
}

export { FIXED_TABS, type FixedTab };
/** A fixed tab of the selected container, or `shell:N`. */
export type TabId = FixedTab | `shell:${number}`;
export type Page = 'overview' | 'grid' | 'neighbours' | 'compare' | 'images' | 'events';

export interface ViewSlice {
  readonly page: Page;
  readonly focus: 'table' | 'tabs';
  readonly tab: TabId;
  /** the pane in focus has the whole screen; on a narrow screen this is how the tabs are opened */
  readonly zoomed: boolean;
  /** % of the height that the table has; undefined is what its rows need */
  readonly tableShare: number | undefined;
}

/** Tabs that are shown at once, while one of them is in front. */
export interface SplitSlice {
  /** the left or upper first; fewer than two are no split */
  readonly panes: readonly TabId[];
  readonly direction: 'side' | 'below';
  /** of the room, in the order of `panes`; together 1 */
  readonly shares: readonly number[];
  /** the one in focus has all the room */
  readonly alone: boolean;
}

export interface GraphsSlice {
  /** ms from the left edge to the right; undefined is as long as there is something to show, up to five minutes */
  readonly spanMs: number | undefined;
  /** the moment that everything shows, ms since the epoch: the right edge of graphs; undefined follows the clock */
  readonly until: number | undefined;
  /** a moment to compare another one with */
  readonly pinned: number | undefined;
}

export interface LogsSlice {
  /** Line numbers in it count from the oldest line that was kept when `base` lines had been dropped. */
  readonly viewer: Viewer;
  readonly base: number;
  readonly timestamps: 'none' | 'absolute' | 'relative';
  /** whether lines that are JSON are shown as time, level, message and the rest */
  readonly structured: boolean;
  readonly search: Prompt;
  /** which lines are shown, as log-filter.ts has it */
  readonly filter: Prompt;
  readonly range: LogsRange;
}

/** Which stretch of the log is read: as it was typed, and what that means in ms since the epoch. */
export interface LogsRange extends Prompt {
  readonly from: number | undefined;
  readonly until: number | undefined;
}

export interface ProcessesSlice {
  readonly id: string | undefined;
  readonly list: readonly ContainerProcess[];
  readonly error: string | undefined;
  readonly at: number;
  /** cores in use by each pid, from the last two lists */
  readonly cores: ReadonlyMap<number, number>;
  readonly sort: 'cpu' | 'memory' | 'pid';
  readonly position: ListPosition;
}

export interface InspectSlice {
  readonly as: 'tree' | 'json';
  /** paths of the branches that are folded */
  readonly folded: ReadonlySet<string>;
  readonly position: ListPosition;
  readonly search: Prompt;
}

export interface LaunchSlice {
  readonly id: string | undefined;
  /** the start that the report belongs to, so that a restart asks again */
  readonly startedAt: string | undefined;
  readonly report: LaunchReport | undefined;
  readonly error: string | undefined;
  readonly position: ListPosition;
}

export interface Shell {
  readonly number: number;
  readonly containerId: string;
  readonly containerName: string;
  readonly kind: 'shell' | 'attach';
  readonly status: 'opening' | 'open' | 'ended';
  /** whether it can be typed into */
  readonly input: boolean;
  /** what the program calls itself, or the shell's name */
  readonly title: string;
  /** how it ended */
  readonly message: string | undefined;
  readonly bell: boolean;
  /** chosen to be typed into together with others, or shown beside them */
  readonly marked: boolean;
}

export interface ShellsSlice {
  readonly list: readonly Shell[];
  readonly nextNumber: number;
  /** whether keys go to the shell in front (while its tab has the focus) or, after ctrl-], to the dashboard */
  readonly captured: boolean;
  /** numbers of the shells that all get what is typed into one of them; empty while typing goes to one */
  readonly broadcast: readonly number[];
}

export interface GridSlice {
  readonly scale: 'same' | 'own';
  readonly onlyMarked: boolean;
  /** first row of tiles drawn; the selection is the table's */
  readonly top: number;
}

/** Who hurts whom. */
export interface NeighboursSlice {
  /** as of the last sample, worst first */
  readonly findings: readonly Finding[];
  /** what began and what is over, newest last, at most MAX_PAST_FINDINGS */
  readonly past: readonly FindingSpan[];
  /** key of the finding that is looked at; absent or over, it is the worst */
  readonly shown: string | undefined;
  /** which side of it has the focus */
  readonly side: 'victim' | 'suspect';
}

export interface ImagesSlice {
  readonly list: readonly Image[] | undefined;
  readonly error: string | undefined;
  readonly position: ListPosition;
}

export interface EventsSlice {
  /** newest last, at most MAX_EVENTS */
  readonly list: readonly EngineEvent[];
  /** lines up from the end */
  readonly back: number;
}

export interface GuardSlice {
  readonly path: string;
  /** as they were written */
  readonly rules: readonly string[];
  /** otherwise it only says what it would do */
  readonly isArmed: boolean;
  /** containers that it holds now */
  readonly acting: number;
}

export interface Notice {
  readonly kind: 'info' | 'good' | 'warning' | 'error';
  readonly text: string;
  readonly at: number;
}

export const MAX_EVENTS = 1000;
export const MAX_PAST_FINDINGS = 500;
export const DEFAULT_SPAN_MS = 5 * 60_000;

/** Stretches of time that graphs show by themselves, shortest first, ms. */
const OWN_SPANS_MS = [60_000, 120_000, DEFAULT_SPAN_MS];

const firstStarts = new WeakMap<readonly Container[], number>();

/** Since when somebody of those who run has run, ms since the epoch; asked many times a frame. */
function firstStart(list: readonly Container[]): number {
  let first = firstStarts.get(list);
  if (first === undefined) {
    first = Infinity;
    for (const { state } of list)
      if (state.status === 'running') first = Math.min(first, Date.parse(state.startedAt ?? '') || Infinity);
    firstStarts.set(list, first);
  }
  return first;
}

/** The stretch of time that graphs show: the chosen one, else the shortest that holds all there is of anybody who runs. */
export function spanOf({ graphs, host, containers, now }: State): number {
  const there = now - Math.min(host.sampledSince ?? now, firstStart(containers.list));
  return graphs.spanMs ?? OWN_SPANS_MS.find((span) => span >= there) ?? DEFAULT_SPAN_MS;
}
