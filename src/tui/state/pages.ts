// What the other pages show, a slice each.
import type { EngineEvent } from '../../engine/index.js';
import type { Finding, FindingSpan } from '../../metrics/index.js';

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

export interface EventsSlice {
  /** newest last, at most MAX_EVENTS */
  readonly list: readonly EngineEvent[];
  /** lines up from the end */
  readonly back: number;
}

export const MAX_EVENTS = 1000;
export const MAX_PAST_FINDINGS = 500;
