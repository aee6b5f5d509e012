// Writes down what is measured of targets, once a second, for those who look later. It never holds its process: measuring takes
// microseconds a target, and everything on disk is done in the background, one file at a time.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { lockFile } from '../../native/index.js';
import type { Instant } from '../meter.js';
import type { Target } from '../model.js';
import type { Clock } from '../sampler.js';
import { openReader, readTogether, type Reader } from '../reader.js';
import { Ticker } from '../ticker.js';
import { Families } from './families.js';
import { HostMeter } from './host-meter.js';
import { Recording } from './recording.js';
import { TargetMeter, type AddRow, type Metered } from './target-meter.js';
import { writeTogether } from './write-together.js';

/** What is to be written down, and where: a directory whose parent is there. */
export interface RecordedTarget extends Target {
  readonly directory: string;
}

export interface Recorder {
  /** It runs now. Called again for one that runs again, perhaps elsewhere. */
  begin(target: RecordedTarget): void;
  /** It runs no more. */
  end(id: string): void;
  /** Writes what has gathered. */
  close(): Promise<void>;
}

export interface RecorderOptions {
  /** of all recorders that share this directory one writes down the machine itself in it */
  readonly hostDirectory: string;
  /**
   * Told once when writing begins to fail, and once when it goes on, with why it did not: what is told of a full disk is often
   * written to that disk.
   */
  readonly say: (sentence: string) => void;
  readonly clock?: Clock;
  /** ms between two samples; what an accident may cost is ten of them */
  readonly intervalMs?: number;
}

const INTERVAL_MS = 1000;
/** Samples that gather before they are written, and how often what failed is tried again. */
const ROUND = 10;

interface Busy {
  readonly directory: string;
  isBusy: boolean;
  isOver: boolean;
}

interface Entry<M extends Metered = Metered> extends Busy {
  readonly meter: M;
  readonly add: AddRow;
  /** the tick at which its files are opened, for the first time or once more */
  openAt: number;
  recording?: Recording;
}

class DiskRecorder implements Recorder {
  private readonly entries = new Map<string, Entry<TargetMeter>>();
  private host: Entry | undefined;
  private hostLock: { release(): void } | undefined;
  private readonly clock: Clock;
  private readonly intervalMs: number;
  private readonly ticker: Ticker;
  private readonly reader: Reader;
  private readonly families: Families;
  /** one thing at a time is done on the disk */
  private queue: Promise<void> = Promise.resolve();
  private ticks = 0;
  /** what could not be written the last time */
  private readonly failing = new Set<Busy>();
  /** told and not over: since when, on a clock that is never set, and why */
  private trouble: { readonly since: number; readonly why: string } | undefined;
  private readonly election: Busy;

  constructor(private readonly options: RecorderOptions) {
    this.election = { directory: options.hostDirectory, isBusy: false, isOver: false };
    this.clock = options.clock ?? { now: () => Date.now(), monotonicMs: () => performance.now() };
    this.intervalMs = options.intervalMs ?? INTERVAL_MS;
    this.ticker = new Ticker(
      this.intervalMs,
      () => this.clock.monotonicMs(),
      () => this.tick(),
    );
    this.reader = openReader();
    this.families = new Families(this.reader);
  }

  begin(target: RecordedTarget): void {
    const known = this.entries.get(target.id);
    if (known !== undefined) known.meter.aim(target);
    else this.entries.set(target.id, this.newEntry(new TargetMeter(target, this.reader), target.directory));
    this.ticker.startWithOthers();
  }

  end(id: string): void {
    const entry = this.entries.get(id);
    if (entry === undefined) return;
    this.entries.delete(id);
    this.leave(entry);
    this.families.close();
    if (this.entries.size === 0) this.ticker.stop();
  }

  async close(): Promise<void> {
    this.ticker.stop();
    for (const id of [...this.entries.keys()]) this.end(id);
    if (this.host !== undefined) this.leave(this.host);
    await this.queue;
    this.hostLock?.release();
  }

  private newEntry<M extends Metered>(meter: M, directory: string): Entry<M> {
    const add: AddRow = (from, to, row) => entry.recording?.add(from, to, row);
    const entry: Entry<M> = { meter, directory, add, openAt: this.ticks + 1, isBusy: false, isOver: false };
    return entry;
  }

  private leave(entry: Entry): void {
    entry.isOver = true;
    entry.meter.leave(entry.add);
    this.onDisk(entry, () => closeRecording(entry));
  }

  /**
   * What has just begun is opened at the first tick that it lives to see: many a container never does. All have their turn at the
   * disk in the same tick: what is done for many at once is done in warm caches and by one call.
   */
  private tick(): void {
    this.ticks++;
    const now = { at: this.clock.now(), monotonicMs: this.clock.monotonicMs() };
    const isTurn = this.ticks % ROUND === 0;
    this.glance(now);
    for (const entry of this.entries.values()) this.turn(entry, now, isTurn);
    if (this.host !== undefined) this.turn(this.host, now, isTurn);
    else if (this.ticks % ROUND === 1 && !this.election.isBusy) this.onDisk(this.election, () => this.standForHost());
    if (isTurn) this.writeDown();
  }

  /** All that have done nothing lately are glanced at by one call: those of whom it is not known already that nothing has run. */
  private glance(now: Instant): void {
    const resting: TargetMeter[] = [];
    for (const { meter } of this.entries.values()) if (meter.glancedAt !== undefined) resting.push(meter);
    const asked: Metered[] = this.families.glance(resting, now, this.intervalMs);
    if (this.host?.meter.glancedAt !== undefined) asked.push(this.host.meter);
    readTogether(
      this.reader,
      asked.map(({ glancedAt }) => glancedAt!),
      (index, text) => {
        if (typeof text !== 'string') asked[index]!.glance(text, now, this.intervalMs);
      },
    );
  }

  private *all(): Iterable<Entry> {
    yield* this.entries.values();
    if (this.host !== undefined) yield this.host;
  }

  private turn(entry: Entry, now: Instant, isTurn: boolean): void {
    if (entry.recording === undefined) {
      if (entry.isBusy || this.ticks < entry.openAt) return;
      entry.openAt = this.ticks + ROUND;
      this.onDisk(entry, () => openRecording(entry));
      return;
    }
    entry.meter.sample(now, this.intervalMs, isTurn, entry.add);
    if (!isTurn) return;
    const processes = entry.meter.processes();
    if (processes !== undefined) entry.recording.addProcesses(now.at, processes);
  }

  /** What has gathered, of all whose files nothing else is done with. */
  private writeDown(): void {
    const idle = [...this.all()].filter(({ recording, isBusy }) => recording !== undefined && !isBusy);
    if (idle.length > 0) this.together(idle, () => writeRecordings(idle));
  }

  private onDisk(entry: Busy, work: () => Promise<void>): void {
    this.together([entry], () => work().then(() => []));
  }

  /** @param work answers for each in turn why it failed; undefined where it did not */
  private together(busy: readonly Busy[], work: () => Promise<readonly unknown[]>): void {
    for (const each of busy) each.isBusy = true;
    this.queue = this.queue.then(work).then(
      (failures) => this.done(busy, (index) => failures[index]),
      (error: unknown) => this.done(busy, () => error),
    );
  }

  private done(busy: readonly Busy[], failureOf: (index: number) => unknown): void {
    for (const each of busy) each.isBusy = false;
    // What fails comes first: nothing is said to go on while some of it does not.
    busy.forEach((each, i) => failureOf(i) !== undefined && this.fails(each, failureOf(i)));
    busy.forEach((each, i) => failureOf(i) === undefined && this.works(each));
  }

  private works(entry: Busy): void {
    const { trouble } = this;
    if (!this.settle(entry) || entry.isOver || trouble === undefined) return;
    const seconds = Math.round((this.clock.monotonicMs() - trouble.since) / 1000);
    this.options.say(
      `what containers use is written down again, after ${seconds} s in which it was not (${trouble.why})`,
    );
  }

  private fails(entry: Busy, error: unknown): void {
    const { code, message } = error as NodeJS.ErrnoException;
    // A container that was removed meanwhile is no failure, and what is over is not tried again.
    if (code === 'ENOENT' || entry.isOver) {
      this.settle(entry);
      return;
    }
    this.failing.add(entry);
    if (this.trouble !== undefined) return;
    this.trouble = { since: this.clock.monotonicMs(), why: `${entry.directory}: ${message}` };
    this.options.say(`what containers use cannot be written down for now: ${this.trouble.why}`);
  }

  /** @returns whether it was the last that could not be written */
  private settle(entry: Busy): boolean {
    const isLast = this.failing.delete(entry) && this.failing.size === 0;
    if (isLast) this.trouble = undefined;
    return isLast;
  }

  /** Whoever gets the lock writes down the machine until its process ends; then another one does. */
  private async standForHost(): Promise<void> {
    const { hostDirectory } = this.options;
    await mkdir(hostDirectory, { recursive: true, mode: 0o700 });
    this.hostLock ??= await lockFile(join(hostDirectory, 'lock'), { wait: false });
    if (this.hostLock === undefined) return;
    this.host ??= this.newEntry(new HostMeter(this.reader), hostDirectory);
  }
}

async function openRecording(entry: Entry): Promise<void> {
  if (entry.isOver) return;
  entry.recording = await Recording.open(entry.directory, entry.meter.columns);
}

async function closeRecording(entry: Entry): Promise<void> {
  await entry.recording?.close();
  delete entry.recording;
}

/** @returns for each why it could not be written; undefined where it was */
async function writeRecordings(entries: readonly Entry[]): Promise<readonly unknown[]> {
  const taken = entries.map(({ recording }) => recording?.take() ?? []);
  const failures = await writeTogether(taken.flat());
  let end = 0;
  return taken.map(({ length }) => {
    end += length;
    return failures.slice(end - length, end).find((failure) => failure !== undefined);
  });
}

export const createRecorder = (options: RecorderOptions): Recorder => new DiskRecorder(options);
