// The machine itself as it is written down: a row a second, and one for a few seconds while it does next to nothing.
import { busyCpus, fillHostRow, HostFiles, type HostCounters } from '../host.js';
import type { KeptFile } from '../kept-file.js';
import { spokenFor, type Instant } from '../meter.js';
import type { Text } from '../proc.js';
import { growth, type Moment } from '../rates.js';
import type { Reader } from '../reader.js';
import { AT } from '../row.js';
import { hostColumns, putLoad } from './columns.js';
import type { AddRow, Metered } from './target-meter.js';

/** Below this share of the time of all its CPUs it does next to nothing. */
const QUIET_SHARE = 0.05;
/** After so many samples of that only its CPU time is read: the other eight files take half a millisecond when caches are cold. */
const QUIET_SAMPLES = 5;
/** For so many samples in a row, at most: then one is taken that speaks for all of them. */
const MOST_PASSED = 4;

export class HostMeter implements Metered {
  readonly columns: readonly string[];
  private readonly files: HostFiles;
  private readonly row: Float64Array;
  private before: Moment<HostCounters> | undefined;
  /** as it was last found quiet: what was counted by then, of all but CPU time what was counted before */
  private glanced: Moment<HostCounters> | undefined;
  /** as of the last glance, until the sample that it was taken for */
  private isQuiet = false;
  private quietFor = 0;
  private passed = 0;

  constructor(reader: Reader, sysRoot = '/sys') {
    this.files = new HostFiles(reader, sysRoot);
    this.columns = hostColumns(this.files.read().eachCpu.length);
    this.row = new Float64Array(this.columns.length);
  }

  get glancedAt(): KeptFile | undefined {
    return this.quietFor >= QUIET_SAMPLES ? this.files.use.kept : undefined;
  }

  glance(text: Text, now: Instant, intervalMs: number): void {
    const { before } = this;
    if (before === undefined) return;
    const since = this.glanced ?? before;
    const elapsedMs = now.monotonicMs - since.monotonicMs;
    const counters = { ...before.counters };
    this.files.use.parse(text, counters);
    const usedMs = growth(since.counters.cpuUs, counters.cpuUs) / 1000;
    this.isQuiet = elapsedMs <= 3 * intervalMs && usedMs < QUIET_SHARE * elapsedMs * counters.quotaUs;
    if (this.isQuiet) this.glanced = { at: now.at, monotonicMs: now.monotonicMs, counters };
  }

  sample(now: Instant, intervalMs: number, isTurn: boolean, add: AddRow): void {
    const { isQuiet } = this;
    this.isQuiet = false;
    if (isQuiet && !isTurn && this.passed++ < MOST_PASSED) return;
    this.passed = 0;
    if (isQuiet) this.glanced = undefined;
    else this.addQuiet(add);
    const counters = this.files.read();
    const moment = { at: now.at, monotonicMs: now.monotonicMs, counters };
    fillHostRow(this.row, this.before, moment);
    putLoad(this.row, counters.load, busyCpus(this.before?.counters, counters));
    add(now.at - spokenFor(this.before, now, isQuiet ? Infinity : intervalMs), now.at, this.row);
    this.before = moment;
    this.quietFor = this.row[AT.cores]! < QUIET_SHARE * this.row[AT.limitCores]! ? this.quietFor + 1 : 0;
  }

  /** The latest row stands for the time in which it was found quiet; the next speaks for what came after. */
  private addQuiet(add: AddRow): void {
    const { before, glanced } = this;
    if (before === undefined || glanced === undefined) return;
    add(glanced.at - (glanced.monotonicMs - before.monotonicMs), glanced.at, this.row);
    this.before = glanced;
    this.glanced = undefined;
    this.quietFor = 0;
  }

  /** Those of a whole machine are too many to look at. */
  processes(): undefined {
    this.files.lookAgain();
  }

  leave(add: AddRow): void {
    this.addQuiet(add);
    this.files.close();
  }
}
