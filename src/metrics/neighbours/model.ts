// Who suffers, from what, and who makes it: the judgement as plain data. It is a correlation of what was measured at the same
// time, and is called that; nothing in here claims a cause.
import type { SeriesName } from '../model.js';

export type Resource = 'cpu' | 'memory' | 'io';

/**
 * How it shows.
 * waits: its tasks stand still for the resource (PSI). throttled: its own CPU quota runs out. reclaims: it reads again what was
 * taken from its page cache. killed: the kernel killed a process of it for memory.
 */
export type Symptom = 'waits' | 'throttled' | 'reclaims' | 'killed';

/** What a suspect has most of. */
export type ShareOf = 'cpu time' | 'reads' | 'writes' | 'operations' | 'memory growth' | 'page cache';

export interface Suspect {
  /** id of a target; HOST_ID stands for the programs outside of all containers */
  readonly id: string;
  /** 0..1 of what all together had of it in the window */
  readonly share: number;
  readonly of: ShareOf;
  /** cores, bytes a second or operations a second, as `of` says */
  readonly rate: number;
  /** the only disk that the victim uses, where the machine uses more: the share is of what is moved on that one */
  readonly disk?: string;
  /** whether its share rose when the victim began to suffer */
  readonly rose: boolean;
}

/** One victim of one resource, from when it was first said until it is over. */
export interface Finding {
  /** the same as long as it lasts: victim and resource */
  readonly key: string;
  readonly victim: string;
  readonly resource: Resource;
  readonly symptom: Symptom;
  /** 0..100: % of its time that it waits, or of its periods that were throttled */
  readonly percent: number;
  /** what is usual for this very container, in the same unit */
  readonly usualPercent: number;
  /** ms since the epoch */
  readonly since: number;
  /** its own limit is what holds it: there are no suspects then */
  readonly byOwnLimit: boolean;
  /** who is most to blame first: by share, and by how much of the rise since it began is theirs; empty where nobody stands out */
  readonly suspects: readonly Suspect[];
  /** 0..1 */
  readonly confidence: number;
  /** the series that a person should look at, the victim's first */
  readonly evidence: readonly { readonly target: string; readonly series: SeriesName }[];
}
