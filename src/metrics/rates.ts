// Two readings of the counters become one sample (pure). A counter that went back was reset (the cgroup is a new one, a CPU
// went offline): what happened in between is not known, so that interval is not measured; the next one is.
import type { Counters } from './counters.js';
import type { CpuTicks } from './proc.js';
import type { Pressure, Sample } from './model.js';

/** What was read, and when. */
export interface Moment<C extends Counters = Counters> {
  /** ms since the epoch, for people: it jumps when the clock is set */
  readonly at: number;
  /** ms on a clock that is never set and stands still while the machine sleeps, as the counters do */
  readonly monotonicMs: number;
  readonly counters: C;
}

/** The numbers that were measured; a name without one is absent. */
function measured<Name extends string>(values: Readonly<Record<Name, number>>): Partial<Record<Name, number>> {
  const known: Partial<Record<Name, number>> = {};
  for (const name in values) if (Number.isFinite(values[name])) known[name] = values[name];
  return known;
}

/** How much a counter grew; NaN where it was not measured twice or went back. */
export function growth(before: number, now: number): number {
  return now >= before ? now - before : NaN;
}

/** 0 of 0 periods is a quota that was not reached: nothing ran. */
function share(part: number, all: number): number {
  return all === 0 && part === 0 ? 0 : (part / all) * 100;
}

const clamp = (value: number, highest: number): number => (value > highest ? highest : value);

/**
 * @param before the reading before, undefined for the first: then there are no rates
 * @param oomKills over all resets of the counter, NaN where not measured
 */
export function sampleOf(before: Moment | undefined, now: Moment, oomKills: number): Sample {
  const { counters } = now;
  const elapsedMs = before === undefined ? NaN : now.monotonicMs - before.monotonicMs;
  const grown = (name: keyof Counters): number =>
    before === undefined ? NaN : growth(before.counters[name], counters[name]);
  /** A second; NaN when no time has passed. */
  const rate = (name: keyof Counters): number => (elapsedMs > 0 ? (grown(name) / elapsedMs) * 1000 : NaN);
  const cores = (name: keyof Counters): number => rate(name) / 1e6;
  const waiting = (some: keyof Counters, full: keyof Counters): Pressure =>
    // The kernel's clock and ours are read a little apart, so a full interval may come out a hair above 100.
    measured({ some: clamp(rate(some) / 1e4, 100), full: clamp(rate(full) / 1e4, 100) });
  return {
    at: now.at,
    cpu: measured({
      cores: cores('cpuUs'),
      userCores: cores('userUs'),
      systemCores: cores('systemUs'),
      limitCores: counters.quotaUs / counters.periodUs,
      throttledPercent: clamp(share(grown('throttledPeriods'), grown('periods')), 100),
      throttledMsPerSecond: rate('throttledUs') / 1000,
    }),
    memory: measured({
      used: counters.memoryUsed,
      anon: counters.memoryAnon,
      file: counters.memoryFile,
      kernel: counters.memoryKernel,
      swap: counters.memorySwap,
      limit: counters.memoryLimit,
      dirty: counters.memoryDirty,
      refaults: rate('refaults'),
      majorFaults: rate('majorFaults'),
      limitHits: rate('limitHits'),
      reclaimed: rate('reclaimed'),
    }),
    io: measured({
      readBytes: rate('readBytes'),
      writeBytes: rate('writeBytes'),
      readOps: rate('readOps'),
      writeOps: rate('writeOps'),
    }),
    pids: measured({ current: counters.pids, limit: counters.pidsLimit }),
    pressure: {
      cpu: waiting('cpuSomeUs', 'cpuFullUs'),
      memory: waiting('memorySomeUs', 'memoryFullUs'),
      io: waiting('ioSomeUs', 'ioFullUs'),
    },
    ...measured({ oomKills }),
    network: measured({ rxBytes: rate('rxBytes'), txBytes: rate('txBytes') }),
  };
}

/** A count that goes on when the counter below it begins again at 0. */
export class Tally {
  private settled = 0;
  private last = NaN;

  /** @returns the count since the first reading's beginning; NaN as long as nothing was measured */
  add(reading: number): number {
    if (Number.isNaN(reading)) return this.total;
    if (reading < this.last) this.settled += this.last;
    this.last = reading;
    return this.total;
  }

  /** The counter is known to begin again, whatever its next reading. */
  reset(): void {
    this.settled = Number.isNaN(this.total) ? 0 : this.total;
    if (!Number.isNaN(this.last)) this.last = 0;
  }

  private get total(): number {
    return this.settled + this.last;
  }
}

/** Cores that one logical CPU was busy, 0..1; NaN where it was offline or no tick has passed. */
export function busyShare(before: CpuTicks | undefined, now: CpuTicks | undefined): number {
  if (before === undefined || now === undefined) return NaN;
  const busy = growth(before.user + before.system, now.user + now.system);
  // The kernel lets its idle and iowait counters go back a tick now and then: such an interval was a busy one.
  return clamp(busy / Math.max(now.all - before.all, busy), 1);
}
