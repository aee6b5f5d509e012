// A container as it is written down: a row a second, and every ten seconds its processes, if it does anything.
import { uptime } from 'node:os';
import type { KeptFile } from '../kept-file.js';
import { Meter, type Instant, type UseFile } from '../meter.js';
import type { Target } from '../model.js';
import type { Text } from '../proc.js';
import { AT, COLUMNS } from '../row.js';
import type { Reader } from '../reader.js';
import type { Member } from './families.js';
import { ProcessWatch } from './process-watch.js';
import type { PastProcesses } from './processes.js';

/** What a recorder asks, of a container and of the machine. */
export interface Metered {
  readonly columns: readonly string[];
  /** What is read before a sample, to be told by `glance` what it says; undefined where all is read in any case. */
  readonly glancedAt: KeptFile | undefined;
  glance(text: Text, now: Instant, intervalMs: number): void;
  /** @param isTurn whether what has gathered is written next: then nothing that was seen is kept back */
  sample(now: Instant, intervalMs: number, isTurn: boolean, add: AddRow): void;
  /** Asked every ten seconds: what is looked at seldom. @returns undefined where there is nothing to tell */
  processes(): Omit<PastProcesses, 'at'> | undefined;
  leave(add: AddRow): void;
}

/** Writes down a row, which may change afterwards. */
export type AddRow = (from: number, to: number, row: Float64Array) => void;

/** From here on a container is doing something: a hundredth of a core, a page a second, waiting a twentieth of its time. */
const BUSY_CORES = 0.01;
const BUSY_BYTES = 4096;
const BUSY_PERCENT = 5;
/** After so many samples of doing nothing it is only glanced at, until it does something or it is its turn. */
const STILL_SAMPLES = 10;
/** Of one that does nothing, what hardly changes is read so often only, and files that are missing are looked for. */
const REST_MS = 60_000;
const LOOK_AGAIN_ROUNDS = 6;
/** The processes of one that does nothing are looked at after so many times of being asked. */
const QUIET_ROUNDS = 30;

export class TargetMeter implements Metered, Member {
  readonly columns = COLUMNS;
  private readonly meter: Meter;
  private readonly watch: ProcessWatch;
  private isBusy = true;
  /** samples since it last did something */
  private stillFor = 0;
  /** as of the last glance, until the sample that it was taken for */
  private isStill = false;
  private rounds = 0;
  private quietRounds = 0;

  constructor(target: Target, reader: Reader) {
    this.meter = new Meter(target, reader);
    this.watch = new ProcessWatch(target.cgroup);
  }

  aim(target: Target): void {
    this.meter.aim(target);
    this.watch.aim(target.cgroup);
  }

  get glancedAt(): KeptFile | undefined {
    return this.stillFor >= STILL_SAMPLES ? this.meter.use?.kept : undefined;
  }

  glance(text: Text, now: Instant, intervalMs: number): void {
    this.isStill = this.meter.isStill(text, now, intervalMs, BUSY_CORES);
  }

  get use(): UseFile | undefined {
    return this.meter.use;
  }

  rest(now: Instant, intervalMs: number): void {
    this.isStill = this.meter.rest(now, intervalMs);
  }

  /** While it does nothing, one row stands for seconds; when it does something again, its seconds have a row each. */
  sample(now: Instant, intervalMs: number, isTurn: boolean, add: AddRow): void {
    const { isStill } = this;
    this.isStill = false;
    if (isStill && !isTurn) return;
    if (!isStill) this.addStill(add);
    const { meter } = this;
    const isThere = isStill ? meter.sample(now, Infinity, REST_MS) : meter.sample(now, intervalMs);
    if (!isThere) return;
    const does = isBusy(meter.row);
    this.isBusy ||= does;
    this.stillFor = does ? 0 : this.stillFor + 1;
    add(meter.from, meter.to, meter.row);
  }

  /** The latest row stands for the time in which it was found still. */
  private addStill(add: AddRow): void {
    const passed = this.meter.passOver();
    if (passed === undefined) return;
    this.stillFor = 0;
    add(passed.from, passed.to, this.meter.row);
  }

  processes(): Omit<PastProcesses, 'at'> | undefined {
    if (this.rounds++ % LOOK_AGAIN_ROUNDS === 0) this.meter.lookAgain();
    if (!this.isBusy && this.quietRounds++ < QUIET_ROUNDS) return undefined;
    this.isBusy = false;
    this.quietRounds = 0;
    return this.watch.look(uptime() * 1000);
  }

  leave(add: AddRow): void {
    this.addStill(add);
    this.meter.leave();
  }
}

function isBusy(row: Float64Array): boolean {
  return (
    row[AT.cores]! >= BUSY_CORES ||
    (row[AT.readBytes]! || 0) + (row[AT.writeBytes]! || 0) >= BUSY_BYTES ||
    row[AT.cpuSome]! >= BUSY_PERCENT ||
    row[AT.memorySome]! >= BUSY_PERCENT ||
    row[AT.ioSome]! >= BUSY_PERCENT
  );
}
