// The table of containers: how it is ordered, filtered and marked.
import type { ListPosition } from '../widgets/index.js';
import type { ColumnName, SortColumn } from '../columns.js';
import type { Prompt } from './prompt.js';

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
  /** bytes a second, both ways together */
  readonly network: number;
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
