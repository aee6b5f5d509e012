// A Sampler of a made-up machine: every number is a pure function of seed, container and time, so that a screen looks the
// same each time, at any moment, without a kernel below it.
import {
  HOST_ID,
  type HostFacts,
  type HostSample,
  type Sample,
  type Sampler,
  type Series,
  type SeriesName,
  type Target,
} from '../../src/metrics/index.js';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

/** What a made-up container does all day; cores, bytes and bytes a second. */
export interface Habit {
  readonly cores: number;
  /** 0 is steady, 1 goes from nothing to twice the mean */
  readonly swing: number;
  readonly limitCores?: number;
  readonly memory: number;
  readonly memoryLimit?: number;
  readonly reads: number;
  readonly writes: number;
  readonly pids: number;
  /** % of time waiting for the disk */
  readonly ioPressure?: number;
  readonly memoryPressure?: number;
  readonly paused?: boolean;
}

/** A number in 0..1 that belongs to these words for good (FNV-1a, then a final mix). */
function noise(seed: number, name: string, step: number): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ step, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

/** Noise that has no jumps: values every `period` ms, joined. */
function smooth(seed: number, name: string, at: number, period: number): number {
  const step = Math.floor(at / period);
  const share = at / period - step;
  const ease = share * share * (3 - 2 * share);
  return noise(seed, name, step) * (1 - ease) + noise(seed, name, step + 1) * ease;
}

export class DemoSampler implements Sampler {
  readonly lastCostUs = 180;
  intervalMs = 1000;
  private targets: readonly Target[] = [];
  private readonly listeners = new Set<(at: number) => void>();

  constructor(
    private readonly seed: number,
    private readonly clock: { now(): number },
    private readonly habitOf: (id: string) => Habit | undefined,
    private readonly membersOf: (project: string) => readonly string[],
  ) {}

  start(): void {}
  stop(): void {}
  close(): void {}

  setInterval(intervalMs: number): void {
    this.intervalMs = intervalMs;
  }

  setTargets(targets: readonly Target[]): void {
    this.targets = targets;
  }

  sample(): void {
    for (const listener of this.listeners) listener(this.clock.now());
  }

  onSample(listener: (at: number) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  facts(): Promise<HostFacts> {
    return Promise.resolve({ hostname: 'pine', cores: 2, memoryBytes: 23.4 * GiB, kernel: '6.18.2' });
  }

  self(): { cores: number; rssBytes: number } {
    return { cores: 0.007, rssBytes: 62 * MiB };
  }

  latest(id: string): Sample | undefined {
    if (!this.targets.some((target) => target.id === id)) return undefined;
    const project = /^project:(.*)$/.exec(id)?.[1];
    if (project !== undefined)
      return sum(
        this.clock.now(),
        this.membersOf(project).flatMap((member) => this.at(member, this.clock.now()) ?? []),
      );
    return this.at(id, this.clock.now());
  }

  latestHost(): HostSample {
    return { ...this.hostAt(this.clock.now()), load: [1.42, 1.18, 0.93], perCpu: [0.81, 0.5] };
  }

  history(id: string, name: SeriesName, spanMs: number, points: number, until = this.clock.now()): Series {
    const stepMs = spanMs / points;
    const values = new Float64Array(points);
    for (let i = 0; i < points; i++) {
      const at = until - spanMs + (i + 1) * stepMs;
      values[i] = valueOf(this.any(id, at), name);
    }
    return { name, from: until - spanMs, stepMs, values, peaks: values };
  }

  private any(id: string, at: number): Sample | undefined {
    if (id === HOST_ID) return this.hostAt(at);
    const project = /^project:(.*)$/.exec(id)?.[1];
    if (project === undefined) return this.at(id, at);
    return sum(
      at,
      this.membersOf(project).flatMap((member) => this.at(member, at) ?? []),
    );
  }

  private hostAt(at: number): Sample {
    const everybody = this.targets.filter(({ id }) => !id.startsWith('project:'));
    const total = sum(
      at,
      everybody.flatMap(({ id }) => this.at(id, at) ?? []),
    );
    return {
      ...total,
      cpu: { ...total.cpu, limitCores: 2 },
      memory: { ...total.memory, used: (total.memory.used ?? 0) + 4.1 * GiB, limit: 23.4 * GiB },
      pressure: { cpu: { some: 4, full: 0 }, memory: { some: 0, full: 0 }, io: { some: 23, full: 9 } },
    };
  }

  private at(id: string, at: number): Sample | undefined {
    const habit = this.habitOf(id);
    if (!habit) return undefined;
    const wave = (name: string): number => 1 + habit.swing * (2 * smooth(this.seed, `${id}${name}`, at, 9000) - 1);
    const idle = habit.paused === true ? 0 : 1;
    const wanted = habit.cores * wave('cpu') * idle;
    const cores = Math.min(wanted, habit.limitCores ?? Infinity);
    const throttled =
      habit.limitCores !== undefined && wanted > habit.limitCores
        ? Math.min(95, (wanted / habit.limitCores - 1) * 40)
        : 0;
    const memory = habit.memory * (1 + 0.04 * habit.swing * (smooth(this.seed, `${id}memory`, at, 40_000) - 0.5));
    const waits = (mean: number | undefined): number => Math.max(0, (mean ?? 0) * wave('wait') * idle);
    return {
      at,
      cpu: {
        cores,
        userCores: cores * 0.8,
        systemCores: cores * 0.2,
        ...(habit.limitCores === undefined ? {} : { limitCores: habit.limitCores }),
        throttledPercent: throttled,
        throttledMsPerSecond: throttled * 4,
      },
      memory: {
        used: memory,
        anon: memory * 0.62,
        file: memory * 0.31,
        kernel: memory * 0.07,
        swap: 0,
        ...(habit.memoryLimit === undefined ? {} : { limit: habit.memoryLimit }),
      },
      io: {
        readBytes: habit.reads * wave('read') * idle,
        writeBytes: habit.writes * wave('write') * idle,
        readOps: (habit.reads / 16384) * idle,
        writeOps: (habit.writes / 16384) * idle,
      },
      pids: { current: habit.pids },
      pressure: {
        cpu: { some: throttled / 4, full: 0 },
        memory: { some: waits(habit.memoryPressure), full: waits(habit.memoryPressure) / 3 },
        io: { some: waits(habit.ioPressure), full: waits(habit.ioPressure) / 5 },
      },
      oomKills: 0,
      network: {},
    };
  }
}

function sum(at: number, samples: readonly Sample[]): Sample {
  const add = (pick: (sample: Sample) => number | undefined): number =>
    samples.reduce((total, sample) => total + (pick(sample) ?? 0), 0);
  return {
    at,
    cpu: {
      cores: add((s) => s.cpu.cores),
      userCores: add((s) => s.cpu.userCores),
      systemCores: add((s) => s.cpu.systemCores),
    },
    memory: { used: add((s) => s.memory.used), anon: add((s) => s.memory.anon), file: add((s) => s.memory.file) },
    io: { readBytes: add((s) => s.io.readBytes), writeBytes: add((s) => s.io.writeBytes) },
    pids: { current: add((s) => s.pids.current) },
    pressure: { cpu: {}, memory: {}, io: {} },
    network: {},
  };
}

function valueOf(sample: Sample | undefined, name: SeriesName): number {
  if (!sample) return NaN;
  const { cpu, memory, io, pids, pressure, network } = sample;
  const values: Readonly<Record<SeriesName, number | undefined>> = {
    'cpu.cores': cpu.cores,
    'cpu.user': cpu.userCores,
    'cpu.system': cpu.systemCores,
    'cpu.throttledPercent': cpu.throttledPercent,
    'cpu.throttledMs': cpu.throttledMsPerSecond,
    'memory.used': memory.used,
    'memory.anon': memory.anon,
    'memory.file': memory.file,
    'memory.kernel': memory.kernel,
    'memory.swap': memory.swap,
    'io.readBytes': io.readBytes,
    'io.writeBytes': io.writeBytes,
    'io.readOps': io.readOps,
    'io.writeOps': io.writeOps,
    'pids.current': pids.current,
    'pressure.cpu.some': pressure.cpu.some,
    'pressure.cpu.full': pressure.cpu.full,
    'pressure.memory.some': pressure.memory.some,
    'pressure.memory.full': pressure.memory.full,
    'pressure.io.some': pressure.io.some,
    'pressure.io.full': pressure.io.full,
    'network.rxBytes': network.rxBytes,
    'network.txBytes': network.txBytes,
  };
  return values[name] ?? NaN;
}
