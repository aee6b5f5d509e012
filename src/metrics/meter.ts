// One target as it is measured: its files, the reading before, its latest sample, across restarts of what it is.
import { isDeepStrictEqual } from 'node:util';
import type { Interfaces } from './interfaces.js';
import type { Sample, Target } from './model.js';
import { forgetNetwork } from './net-dev.js';
import { nothingMeasured, type Counters } from './counters.js';
import type { Text } from './proc.js';
import { fillRow, growth, Tally, type Moment } from './rates.js';
import { newRow, sampleOf } from './row.js';
import type { Reader } from './reader.js';
import { TargetFiles } from './target-files.js';

/** When a sample is taken, on both clocks (see Moment). */
export type Instant = Pick<Moment, 'at' | 'monotonicMs'>;

/**
 * The time that a sample speaks for: the interval since the one before. After a gap (the process stood still, a target came
 * back) a rate is the mean over all of it, but a graph must show the gap.
 */
export function spokenFor(before: Instant | undefined, now: Instant, intervalMs: number): number {
  const elapsedMs = before === undefined ? intervalMs : now.monotonicMs - before.monotonicMs;
  return elapsedMs <= 3 * intervalMs ? elapsedMs : intervalMs;
}

/** The one file by which it can be told whether a target is still. */
export type UseFile = NonNullable<TargetFiles['use']>;

/** What that file tells of what it does. */
type Used = Pick<Counters, 'cpuUs' | 'userUs' | 'systemUs'>;
const used = nothingMeasured();

export class Meter {
  /** the numbers of the latest sample */
  readonly row = newRow();
  /** from when to when (ms since the epoch) it speaks for the time */
  from = 0;
  to = NaN;
  private made: Sample | undefined;
  private readonly oomKills = new Tally();
  private files: TargetFiles;
  /** when it was last found still, and what it had counted then */
  private glanced: (Instant & Used) | undefined;
  private before: Moment | undefined;
  private inode: number | undefined;

  constructor(
    private target: Target,
    private readonly reader: Reader,
    private readonly interfaces?: Interfaces,
  ) {
    this.files = new TargetFiles(target.cgroup, target.netPid, reader, interfaces);
  }

  /** The latest sample; undefined where there is nothing to measure. Not everybody who measures wants to see it by name. */
  get latest(): Sample | undefined {
    if (this.before === undefined) return undefined;
    return (this.made ??= sampleOf(this.to, this.row));
  }

  /** The same id, perhaps elsewhere: a restarted container has another process, a recreated one another cgroup. */
  aim(target: Target): void {
    if (!isDeepStrictEqual(target.cgroup, this.target.cgroup)) {
      this.leave();
      this.interfaces?.forget();
      this.files = new TargetFiles(target.cgroup, target.netPid, this.reader, this.interfaces);
    } else if (target.netPid !== this.target.netPid) {
      this.files.setNetPid(target.netPid);
      // The counters of another network namespace are no continuation of these.
      if (this.before !== undefined) forgetNetwork(this.before.counters);
    }
    this.target = target;
  }

  /**
   * @param restMs for how long what hardly changes is taken for what it was while nothing runs; as is usual where absent
   * @returns false where there is nothing to measure now
   */
  sample(now: Instant, intervalMs: number, restMs?: number): boolean {
    const counters = this.files.read(now.monotonicMs, restMs);
    this.glanced = undefined;
    if (counters === undefined) {
      this.forgetPresent();
      return false;
    }
    if (this.files.inode !== this.inode) {
      this.inode = this.files.inode;
      this.before = undefined;
      this.oomKills.reset();
    }
    const moment = { at: now.at, monotonicMs: now.monotonicMs, counters };
    fillRow(this.row, this.before, moment, this.oomKills.add(counters.oomKills));
    this.from = now.at - spokenFor(this.before, moment, intervalMs);
    this.to = now.at;
    this.made = undefined;
    this.before = moment;
    return true;
  }

  get use(): UseFile | undefined {
    return this.files.use;
  }

  /**
   * Whether fewer cores were used since it was last looked at; false where that is not known.
   * @param text what its use file says
   */
  isStill(text: Text, now: Instant, intervalMs: number, cores: number): boolean {
    const since = this.lastGlance(now, intervalMs);
    if (since === undefined) return false;
    this.files.use?.parse(text, used, this.reader.isDisk);
    if (!(growth(since.cpuUs, used.cpuUs) / 1000 < cores * (now.monotonicMs - since.monotonicMs))) return false;
    const { cpuUs, userUs, systemUs } = used;
    this.glanced = { at: now.at, monotonicMs: now.monotonicMs, cpuUs, userUs, systemUs };
    return true;
  }

  /** The same where others know that nothing has run in it. */
  rest(now: Instant, intervalMs: number): boolean {
    const since = this.lastGlance(now, intervalMs);
    if (since === undefined) return false;
    const { cpuUs, userUs, systemUs } = since;
    this.glanced = { at: now.at, monotonicMs: now.monotonicMs, cpuUs, userUs, systemUs };
    return true;
  }

  /** When it was last looked at in any way, and what it had counted then; undefined after a gap. */
  private lastGlance(now: Instant, intervalMs: number): (Instant & Used) | undefined {
    const { before, glanced } = this;
    if (before === undefined) return undefined;
    const since = glanced ?? { at: before.at, monotonicMs: before.monotonicMs, ...before.counters };
    return now.monotonicMs - since.monotonicMs <= 3 * intervalMs ? since : undefined;
  }

  /** The next sample speaks for what came after it was last found still. @returns the time that was passed over */
  passOver(): { readonly from: number; readonly to: number } | undefined {
    const { before, glanced } = this;
    if (before === undefined || glanced === undefined) return undefined;
    const counters = { ...before.counters, cpuUs: glanced.cpuUs };
    // In version 1 the modes are in a file of their own: what they counted meanwhile is next to nothing.
    if (before.counters.userUs <= glanced.userUs)
      Object.assign(counters, { userUs: glanced.userUs, systemUs: glanced.systemUs });
    this.before = { at: glanced.at, monotonicMs: glanced.monotonicMs, counters };
    this.glanced = undefined;
    return { from: glanced.at - (glanced.monotonicMs - before.monotonicMs), to: glanced.at };
  }

  lookAgain(): void {
    this.files.lookAgain();
  }

  /** Closes everything. */
  leave(): void {
    this.files.close();
    this.forgetPresent();
  }

  /** What is not there has no present: its last numbers would be a lie. */
  private forgetPresent(): void {
    this.made = undefined;
    this.before = undefined;
    this.glanced = undefined;
  }
}
