// Who is worth a closer look (pure). Of nearly everybody the sample has said enough already; what it cannot say is who changes
// pages that the kernel writes later, and how many CPUs the tasks of one want at once.
import type { Sample } from '../model.js';

/** What is to be looked for in the processes of one target. */
export interface Worth {
  /** what they have read and changed */
  readonly bytes: boolean;
  /** how long their tasks stood without a CPU */
  readonly waits: boolean;
}

export const ALL: Worth = { bytes: true, waits: true };

/** Fewer bytes than these, waiting for the disk or written a second, are in nobody's way. */
const FEW_BYTES = 256 * 1024;
/** Nor are those of one who has less of it all than this. */
const SMALL_SHARE = 0.02;
/** What is nobody's, of the machine's reads; what waits for the disk, of the writes that are nobody's: beyond is unexplained. */
const UNEXPLAINED = 0.5;
/** %: from here on it may be said to wait for a CPU (see pains.ts and case.ts), or goes on being said to. */
const WAITS = 5;
/** One that by itself wants so many times the machine's CPUs waits for its own tasks (see judge.ts); fewer tasks cannot. */
const WANTS_TIMES = 1.3;

/** Changed or about to be: bytes that wait for the disk, and those that are written. NaN where neither is counted. */
const changing = ({ memory, io }: Sample): number => (memory.dirty ?? NaN) + (io.writeBytes ?? 0);

/**
 * Whether the samples leave open who reads or writes: as where the kernel counts no IO of cgroups, or more is written than can
 * come from what is said to wait for it. Then it may be anybody, or none of these.
 */
function isOpen(host: Sample | undefined, samples: ReadonlyMap<string, Sample>, dirty: number): boolean {
  const { readBytes = 0, writeBytes = 0 } = host?.io ?? {};
  let reads = readBytes;
  let writes = writeBytes;
  for (const { io } of samples.values()) {
    reads -= io.readBytes ?? 0;
    writes -= io.writeBytes ?? 0;
  }
  return (reads > FEW_BYTES && reads > UNEXPLAINED * readBytes) || (writes > FEW_BYTES && dirty < UNEXPLAINED * writes);
}

/**
 * @param samples without sums of others
 * @returns by id what is worth looking for; who is not in it is worth nothing
 */
export function worthALook(host: Sample | undefined, samples: ReadonlyMap<string, Sample>): ReadonlyMap<string, Worth> {
  let changed = 0;
  let dirty = 0;
  for (const sample of samples.values()) {
    changed += changing(sample) || 0;
    dirty += sample.memory.dirty ?? 0;
  }
  const isAnybody = isOpen(host, samples, dirty);
  const most = WANTS_TIMES * (host?.cpu.limitCores ?? Infinity);
  const worth = new Map<string, Worth>();
  for (const [id, sample] of samples) {
    const own = changing(sample);
    const isFew = own < FEW_BYTES || own < SMALL_SHARE * changed;
    const bytes = isAnybody || sample.io.readBytes === undefined || !isFew;
    const some = sample.pressure.cpu.some;
    const waits = some === undefined || (some >= WAITS && (sample.pids.current ?? Infinity) > most);
    if (bytes || waits) worth.set(id, { bytes, waits });
  }
  return worth;
}
