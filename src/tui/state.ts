// Everything that the dashboard knows, as one immutable value made of slices (state/); only reducers make the next one.
// Streams (samples, log lines, the cells of shells) are not in here: they lie in sources.ts and are read while painting.
import type { TerminalSize } from '../engine/index.js';
import type { Appearance } from './appearance.js';
import type { Settings } from './config/schema.js';
import type { Keymap } from './keymap/bound-keys.js';
import type { ContainersSlice, GuardSlice, HostSlice } from './state/containers.js';
import type { Overlay } from './state/overlays.js';
import type { ImagesSlice, JobsSlice } from './state/images.js';
import type { ConnectionsSlice, NetworksSlice } from './state/networks.js';
import type { VolumesSlice } from './state/volumes.js';
import type { EventsSlice, GridSlice, NeighboursSlice } from './state/pages.js';
import type { Notice } from './state/prompt.js';
import type { TableSlice } from './state/table.js';
import type { GraphsSlice, InspectSlice, LaunchSlice, LogsSlice, ProcessesSlice } from './state/tabs.js';
import type { ShellsSlice, SplitSlice, ViewSlice } from './state/view.js';

export { FIXED_TABS, SORT_COLUMNS, type FixedTab, type SortColumn } from './columns.js';
export type * from './state/containers.js';
export * from './state/catalogue.js';
export type * from './state/images.js';
export type * from './state/networks.js';
export type * from './state/volumes.js';
export * from './state/pages.js';
export type * from './state/prompt.js';
export { DEFAULT_SPAN_MS, spanOf } from './state/span.js';
export type * from './state/table.js';
export type * from './state/tabs.js';
export type * from './state/view.js';

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
  readonly jobs: JobsSlice;
  readonly networks: NetworksSlice;
  readonly connections: ConnectionsSlice;
  readonly volumes: VolumesSlice;
  readonly events: EventsSlice;
  /** the guard, where the dashboard was started with a rule file */
  readonly guard: GuardSlice | undefined;
  /** A dialog, menu or form above everything; it gets the keys. */
  readonly overlay: Overlay | undefined;
  /** what was answered to whoever pressed a key, … */
  readonly notice: Notice | undefined;
  /** … and what happened by itself: one of both is in the notice line */
  readonly news: Notice | undefined;
  /** what was chosen in the palette, newest first */
  readonly recent: readonly string[];
}
