// One target as it is measured: its files, the reading before, its latest sample, across restarts of what it is.
import { isDeepStrictEqual } from 'node:util';
import type { Sample, Target } from './model.js';
import { nothingMeasured, type Counters } from './counters.js';
import type { KeptFile } from './kept-file.js';
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

/** What one file tells of what a target does. */
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
  ) {
    this.files = new TargetFiles(target.cgroup, target.netPid, reader);
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
      this.files = new TargetFiles(target.cgroup, target.netPid, this.reader);
    } else if (target.netPid !== this.target.netPid) {
      this.files.setNetPid(target.netPid);
      // The counters of another network namespace are no continuation of these.
      if (this.before !== undefined) this.before.counters.rxBytes = this.before.counters.txBytes = NaN;
    }
    this.target = target;
  }

  /** @returns false where there is nothing to measure now */
  sample(now: Instant, intervalMs: number): boolean {
    const counters = this.files.read(now.monotonicMs);
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

  /** The one file by which it can be told whether it is still; undefined where there is none. */
  get useFile(): KeptFile | undefined {
    return this.files.use?.kept;
  }

  /**
   * Whether fewer cores were used since it was last looked at; false where that is not known.
   * @param text what its useFile says
   */
  isStill(text: Text, now: Instant, intervalMs: number, cores: number): boolean {
    if (this.before === undefined) return false;
    const since = this.glanced ?? { monotonicMs: this.before.monotonicMs, cpuUs: this.before.counters.cpuUs };
    const elapsedMs = now.monotonicMs - since.monotonicMs;
    if (elapsedMs > 3 * intervalMs) return false;
    this.files.use?.parse(text, used, this.reader.isDisk);
    if (!(growth(since.cpuUs, used.cpuUs) / 1000 < cores * elapsedMs)) return false;
    const { cpuUs, userUs, systemUs } = used;
    this.glanced = { at: now.at, monotonicMs: now.monotonicMs, cpuUs, userUs, systemUs };
    return true;
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
