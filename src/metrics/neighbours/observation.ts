// What is known at one moment, as the judge is given it: everything it says follows from a series of these, so that what was
// recorded is judged again by feeding it once more.
import type { Sample } from '../model.js';

/** What only the processes themselves tell; looked at while somebody seems to suffer (see closer-look.ts). A second. */
export interface Closer {
  /** bytes that its processes had read from disks, and bytes of files that they have changed, written yet or not */
  readonly readBytes?: number;
  readonly writeBytes?: number;
  /** seconds a second that its tasks stood ready without a CPU, all together */
  readonly waitingCores?: number;
}

/** ms: a look that was longer ago than this says nothing of the present. */
export const STALE_LOOK_MS = 6000;

/** What was moved on one disk, a second. */
export interface OnDisk {
  readonly readBytes: number;
  readonly writeBytes: number;
  readonly operations: number;
}

/** The same look, disk by disk, by the disk's name: of the machine, and of each target that is charged with anything. */
export interface DiskRates {
  readonly machine: ReadonlyMap<string, OnDisk>;
  readonly targets: ReadonlyMap<string, ReadonlyMap<string, OnDisk>>;
}

export interface Observation {
  /** ms since the epoch */
  readonly at: number;
  /** of the machine */
  readonly host: Sample | undefined;
  /** id → sample of every container; sums of others (see isSum) may be among them and are passed over */
  readonly samples: ReadonlyMap<string, Sample>;
  readonly closer?: ReadonlyMap<string, Closer>;
  readonly disks?: DiskRates;
  /** id → what it shares limits with the others of, as the cgroup above it; absent where unknown */
  readonly groups?: ReadonlyMap<string, string>;
}

/** Ids of targets that are the sum of others begin so. */
const SUM_PREFIX = 'project:';

/** Whether a target is the sum of others: counting it would count them twice. */
export const isSum = (id: string): boolean => id.startsWith(SUM_PREFIX);
