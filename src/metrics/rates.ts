// Two readings of the counters become one row of a sample (pure). A counter that went back was reset (the cgroup is a new one, a CPU
// went offline): what happened in between is not known, so that interval is not measured; the next one is.
import { nothingMeasured, type Counters } from './counters.js';
import type { CpuTicks } from './proc.js';
import { AT } from './row.js';

/** What was read, and when. */
export interface Moment<C extends Counters = Counters> {
  /** ms since the epoch, for people: it jumps when the clock is set */
  readonly at: number;
  /** ms on a clock that is never set and stands still while the machine sleeps, as the counters do */
  readonly monotonicMs: number;
  readonly counters: C;
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

/** % of the time; the kernel's clock and ours are read a little apart, so a full interval may come out a hair above 100. */
const waiting = (wasUs: number, isUs: number, seconds: number): number =>
  clamp(growth(wasUs, isUs) / seconds / 1e4, 100);

const NOTHING = nothingMeasured();

/**
 * Fills a row with what happened between two readings.
 * @param before the reading before, undefined for the first: then there are no rates
 * @param oomKills over all resets of the counter, NaN where not measured
 */
export function fillRow(row: Float64Array, before: Moment | undefined, now: Moment, oomKills: number): void {
  const was = before?.counters ?? NOTHING;
  const is = now.counters;
  const elapsedMs = before === undefined ? NaN : now.monotonicMs - before.monotonicMs;
  const seconds = elapsedMs > 0 ? elapsedMs / 1000 : NaN;
  row[AT.cores] = growth(was.cpuUs, is.cpuUs) / seconds / 1e6;
  row[AT.userCores] = growth(was.userUs, is.userUs) / seconds / 1e6;
  row[AT.systemCores] = growth(was.systemUs, is.systemUs) / seconds / 1e6;
  const limitCores = is.quotaUs / is.periodUs;
  row[AT.limitCores] = Number.isFinite(limitCores) ? limitCores : NaN;
  const throttled = growth(was.throttledPeriods, is.throttledPeriods);
  row[AT.throttledPercent] = clamp(share(throttled, growth(was.periods, is.periods)), 100);
  row[AT.throttledMs] = growth(was.throttledUs, is.throttledUs) / seconds / 1000;
  row[AT.used] = is.memoryUsed;
  row[AT.anon] = is.memoryAnon;
  row[AT.file] = is.memoryFile;
  row[AT.kernel] = is.memoryKernel;
  row[AT.swap] = is.memorySwap;
  row[AT.memoryLimit] = is.memoryLimit;
  row[AT.dirty] = is.memoryDirty;
  row[AT.refaults] = growth(was.refaults, is.refaults) / seconds;
  row[AT.majorFaults] = growth(was.majorFaults, is.majorFaults) / seconds;
  row[AT.limitHits] = growth(was.limitHits, is.limitHits) / seconds;
  row[AT.reclaimed] = growth(was.reclaimed, is.reclaimed) / seconds;
  row[AT.readBytes] = growth(was.readBytes, is.readBytes) / seconds;
  row[AT.writeBytes] = growth(was.writeBytes, is.writeBytes) / seconds;
  row[AT.readOps] = growth(was.readOps, is.readOps) / seconds;
  row[AT.writeOps] = growth(was.writeOps, is.writeOps) / seconds;
  row[AT.pids] = is.pids;
  row[AT.pidsLimit] = is.pidsLimit;
  row[AT.cpuSome] = waiting(was.cpuSomeUs, is.cpuSomeUs, seconds);
  row[AT.cpuFull] = waiting(was.cpuFullUs, is.cpuFullUs, seconds);
  row[AT.memorySome] = waiting(was.memorySomeUs, is.memorySomeUs, seconds);
  row[AT.memoryFull] = waiting(was.memoryFullUs, is.memoryFullUs, seconds);
  row[AT.ioSome] = waiting(was.ioSomeUs, is.ioSomeUs, seconds);
  row[AT.ioFull] = waiting(was.ioFullUs, is.ioFullUs, seconds);
  row[AT.oomKills] = oomKills;
  row[AT.rxBytes] = growth(was.rxBytes, is.rxBytes) / seconds;
  row[AT.txBytes] = growth(was.txBytes, is.txBytes) / seconds;
  row[AT.rxPackets] = growth(was.rxPackets, is.rxPackets) / seconds;
  row[AT.txPackets] = growth(was.txPackets, is.txPackets) / seconds;
  row[AT.drops] = growth(was.rxDrops + was.txDrops, is.rxDrops + is.txDrops) / seconds;
  row[AT.errors] = growth(was.rxErrors + was.txErrors, is.rxErrors + is.txErrors) / seconds;
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
