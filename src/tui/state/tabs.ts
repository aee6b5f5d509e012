// What the tabs of the selected container show, a slice each.
import type { ContainerProcess, LaunchReport } from '../../engine/index.js';
import type { ListPosition, Viewer } from '../widgets/index.js';
import type { Prompt } from './prompt.js';

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
  /** which lines are shown, as logs/filter.ts has it */
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
