// Measures every target and the machine on one timer, and keeps what was measured.
import { performance } from 'node:perf_hooks';
import { readFacts } from './facts.js';
import { History } from './history.js';
import { busyCpus, fillHostRow, HostFiles, type HostCounters } from './host.js';
import {
  HOST_ID,
  type HostFacts,
  type HostSample,
  type InterfaceSample,
  type Sample,
  type Sampler,
  type Series,
  type SeriesName,
  type Target,
} from './model.js';
import { spokenFor, type Instant } from './meter.js';
import type { Finding } from './neighbours/model.js';
import { NeighbourWatch } from './neighbours/watch.js';
import { nothingSeries } from './points.js';
import type { Moment } from './rates.js';
import { newRow, sampleOf } from './row.js';
import { openReader, type Reader } from './reader.js';
import { Ticker } from './ticker.js';
import { Tracked } from './tracked.js';

/** Time as the sampler needs it. */
export interface Clock {
  /** ms since the epoch */
  now(): number;
  /** ms on a clock that is never set and stands still while the machine sleeps (CLOCK_MONOTONIC) */
  monotonicMs(): number;
}

export interface SamplerOptions {
  /** 100..5000, default 1000 */
  readonly intervalMs?: number;
  readonly clock?: Clock;
  /** Where proc and sysfs are mounted, default /proc and /sys */
  readonly procRoot?: string;
  readonly sysRoot?: string;
  /** Files kept open at most, default half of what the process may open; what is beyond is opened for each sample */
  readonly maxDescriptors?: number;
  /** dist/facts.cjs, which asks systeminformation; without it facts() tells what Node knows */
  readonly factsProgram?: string;
}

const MIN_INTERVAL_MS = 100;
const MAX_INTERVAL_MS = 5000;
/** A sample of many is taken in slices, so that a key which comes meanwhile waits for one of them at most. */
const SLICE_MS = 3;
/** How often missing files and new interfaces are looked for. */
const LOOK_AGAIN_MS = 10_000;
/** How long, and of how many at most, the history of what is no longer measured is kept. */
const REMEMBER_MS = 600_000;
const REMEMBER_MAX = 128;

const systemClock: Clock = { now: () => Date.now(), monotonicMs: () => performance.now() };

function checkInterval(intervalMs: number): number {
  if (intervalMs >= MIN_INTERVAL_MS && intervalMs <= MAX_INTERVAL_MS) return intervalMs;
  throw new RangeError(
    `an interval of ${intervalMs} ms is outside ${MIN_INTERVAL_MS}..${MAX_INTERVAL_MS}: choose 10 to 0.2 samples a second`,
  );
}

/** CPU time of this very process over the last interval. */
class SelfCost {
  private before = { cpuUs: 0, monotonicMs: NaN };
  cores = NaN;

  measure(monotonicMs: number): void {
    const { user, system } = process.cpuUsage();
    const cpuUs = user + system;
    this.cores = (cpuUs - this.before.cpuUs) / 1000 / (monotonicMs - this.before.monotonicMs);
    this.before = { cpuUs, monotonicMs };
  }
}

/** One sample of everything, while it is taken. */
interface Sampling {
  readonly now: Instant;
  /** who is still to be measured */
  readonly rest: IterableIterator<Tracked>;
  costMs: number;
}

class ProcSampler implements Sampler {
  lastCostUs = 0;
  private readonly clock: Clock;
  private readonly ticker: Ticker;
  private readonly reader: Reader;
  private readonly tracked = new Map<string, Tracked>();
  /** What is no longer measured, the longest gone first, and when (monotonic ms) it went. */
  private readonly gone = new Map<string, { readonly tracked: Tracked; readonly since: number }>();
  private readonly listeners = new Set<(at: number) => void>();
  private readonly cost = new SelfCost();
  private readonly neighbours: NeighbourWatch;
  private readonly hostFiles: HostFiles;
  private readonly hostHistory: History;
  private readonly hostRow = newRow();
  private underWay: Sampling | undefined;
  private hostBefore: Moment<HostCounters> | undefined;
  private hostLatest: HostSample | undefined;
  private readonly factsProgram: string | undefined;
  private factsOnce: Promise<HostFacts> | undefined;
  private lookedAgain: number;
  private interval: number;

  constructor(options: SamplerOptions) {
    const { intervalMs = 1000, clock = systemClock, procRoot = '/proc', sysRoot = '/sys' } = options;
    this.interval = checkInterval(intervalMs);
    this.clock = clock;
    this.factsProgram = options.factsProgram;
    this.ticker = new Ticker(
      intervalMs,
      () => clock.monotonicMs(),
      () => this.sampleInSlices(),
    );
    this.reader = openReader(procRoot, sysRoot, options.maxDescriptors);
    this.neighbours = new NeighbourWatch(this.reader);
    this.hostFiles = new HostFiles(this.reader, sysRoot);
    this.hostHistory = new History(intervalMs);
    this.lookedAgain = clock.monotonicMs();
  }

  get intervalMs(): number {
    return this.interval;
  }

  start(): void {
    this.ticker.start();
  }

  stop(): void {
    this.ticker.stop();
    this.underWay = undefined;
  }

  setInterval(intervalMs: number): void {
    this.interval = checkInterval(intervalMs);
    this.hostHistory.setInterval(intervalMs);
    for (const { history } of this.tracked.values()) history.setInterval(intervalMs);
    this.ticker.setInterval(intervalMs);
  }

  setTargets(targets: readonly Target[]): void {
    const ids = new Set(targets.map(({ id }) => id));
    for (const [id, tracked] of this.tracked) if (!ids.has(id)) this.leave(id, tracked);
    for (const target of targets) this.follow(target);
  }

  private follow(target: Target): void {
    const known = this.tracked.get(target.id) ?? this.gone.get(target.id)?.tracked;
    this.gone.delete(target.id);
    known?.history.setInterval(this.interval);
    known?.aim(target);
    this.tracked.set(target.id, known ?? new Tracked(target, this.reader, this.interval));
  }

  private leave(id: string, tracked: Tracked): void {
    tracked.leave();
    this.tracked.delete(id);
    this.gone.set(id, { tracked, since: this.clock.monotonicMs() });
    this.forgetGone();
  }

  private forgetGone(): void {
    const now = this.clock.monotonicMs();
    for (const [id, { since }] of this.gone) {
      if (this.gone.size <= REMEMBER_MAX && now - since < REMEMBER_MS) return;
      this.gone.delete(id);
    }
  }

  /** One that is under way is finished, and is the one that was asked for. */
  sample(): void {
    const sampling = this.underWay ?? this.begin();
    this.measure(sampling, Infinity);
    this.finish(sampling);
  }

  /** One that is not done by the time of the next is gone on with: the next is dropped. */
  private sampleInSlices(): void {
    if (this.underWay !== undefined) return;
    const sampling = this.begin();
    if (this.measure(sampling, SLICE_MS)) this.finish(sampling);
    else setImmediate(() => this.goOn(sampling));
  }

  private goOn(sampling: Sampling): void {
    if (this.underWay !== sampling) return;
    const isMeasured = this.measure(sampling, SLICE_MS);
    // What follows from it takes a turn of its own.
    if (isMeasured) setImmediate(() => this.underWay === sampling && this.finish(sampling));
    else setImmediate(() => this.goOn(sampling));
  }

  private begin(): Sampling {
    const began = performance.now();
    const now = { at: this.clock.now(), monotonicMs: this.clock.monotonicMs() };
    this.forgetGone();
    this.lookAgain(now.monotonicMs);
    this.sampleHost(now);
    return (this.underWay = { now, rest: this.tracked.values(), costMs: performance.now() - began });
  }

  /** @returns whether all are measured; who leaves meanwhile is not come to */
  private measure(sampling: Sampling, mostMs: number): boolean {
    const began = performance.now();
    // All have the time of the one sample, and their rates are over the time that has really passed.
    const now = { at: sampling.now.at, monotonicMs: this.clock.monotonicMs() };
    let isAll = true;
    for (const tracked of sampling.rest) {
      tracked.sample(now, this.interval);
      isAll = performance.now() - began < mostMs;
      if (!isAll) break;
    }
    sampling.costMs += performance.now() - began;
    return isAll;
  }

  private finish({ now, costMs }: Sampling): void {
    const began = performance.now();
    this.underWay = undefined;
    this.judge(now);
    this.cost.measure(now.monotonicMs);
    this.lastCostUs = (costMs + performance.now() - began) * 1000;
    for (const listener of this.listeners) listener(now.at);
  }

  private judge({ at, monotonicMs }: Instant): void {
    const measured = Array.from(this.tracked.values(), ({ target, latest }) => ({ target, sample: latest }));
    this.neighbours.observe(at, monotonicMs, this.hostLatest, measured);
  }

  private lookAgain(monotonicMs: number): void {
    if (monotonicMs - this.lookedAgain < LOOK_AGAIN_MS) return;
    this.lookedAgain = monotonicMs;
    this.hostFiles.lookAgain();
    for (const tracked of this.tracked.values()) tracked.lookAgain();
  }

  private sampleHost(now: Instant): void {
    const before = this.hostBefore;
    const counters = this.hostFiles.read();
    const moment = { ...now, counters };
    fillHostRow(this.hostRow, before, moment);
    const perCpu = busyCpus(before?.counters, counters);
    this.hostLatest = { ...sampleOf(now.at, this.hostRow), load: counters.load, perCpu };
    this.hostHistory.add(now.at - spokenFor(before, now, this.interval), now.at, this.hostRow);
    this.hostBefore = moment;
  }

  latest(id: string): Sample | undefined {
    return id === HOST_ID ? this.hostLatest : this.tracked.get(id)?.latest;
  }

  latestHost(): HostSample | undefined {
    return this.hostLatest;
  }

  interfaces(id: string): readonly InterfaceSample[] {
    return this.tracked.get(id)?.interfaceSamples ?? [];
  }

  history(id: string, name: SeriesName, spanMs: number, points: number, until = this.clock.now()): Series {
    if (!(spanMs > 0)) throw new RangeError(`a history of ${spanMs} ms is none: ask for more than 0`);
    if (!Number.isInteger(points) || points < 1)
      throw new RangeError(`${points} points: ask for a whole number from 1`);
    const history = id === HOST_ID ? this.hostHistory : (this.tracked.get(id) ?? this.gone.get(id)?.tracked)?.history;
    return history?.series(name, spanMs, points, until) ?? nothingSeries(name, spanMs, points, until);
  }

  findings(): readonly Finding[] {
    return this.neighbours.findings;
  }

  onSample(listener: (at: number) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  facts(): Promise<HostFacts> {
    return (this.factsOnce ??= readFacts(this.factsProgram));
  }

  self(): { readonly cores: number; readonly rssBytes: number } {
    return { cores: this.cost.cores, rssBytes: process.memoryUsage.rss() };
  }

  close(): void {
    this.stop();
    this.listeners.clear();
    this.hostFiles.close();
    this.neighbours.close();
    for (const tracked of this.tracked.values()) tracked.leave();
    this.tracked.clear();
    this.gone.clear();
  }
}

export const createSampler = (options: SamplerOptions = {}): Sampler => new ProcSampler(options);
