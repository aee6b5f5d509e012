// A Sampler of a made-up machine: every number is a pure function of seed, container and time, so that a screen looks the
// same each time, at any moment, without a kernel below it.
import {
  HOST_ID,
  type Finding,
  type HostFacts,
  type HostSample,
  type InterfaceSample,
  type Sample,
  type Sampler,
  type Series,
  type SeriesName,
  type Target,
} from '../../src/metrics/index.js';
import { demoFindings } from './demo-findings.js';

const MiB = 1024 ** 2;
/** of a packet of the made-up machine, on the mean */
const PACKET_BYTES = 900;
/** Samples of an interface that are remembered. */
const INTERFACE_SAMPLES = 300;
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
  /** over interfaces of its own; without them nothing is measured */
  readonly received?: number;
  readonly sent?: number;
  /** one where absent; the first has most of it */
  readonly interfaces?: number;
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
  private judged: readonly Finding[] = [];
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
    this.judged = demoFindings(this.everybody());
  }

  findings(): readonly Finding[] {
    return this.judged;
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
    const at = this.clock.now();
    const project = projectOf(id);
    if (project === undefined) return this.at(id, at);
    return sum(
      at,
      this.membersOf(project).flatMap((member) => this.at(member, at) ?? []),
    );
  }

  latestHost(): HostSample {
    const at = this.clock.now();
    const total = sum(
      at,
      this.everybody().flatMap((id) => this.at(id, at) ?? []),
    );
    return {
      ...total,
      cpu: { ...total.cpu, limitCores: 2 },
      memory: { ...total.memory, used: (total.memory.used ?? 0) + 4.1 * GiB, limit: 23.4 * GiB },
      pressure: { cpu: { some: 4, full: 0 }, memory: { some: 0, full: 0 }, io: { some: 23, full: 9 } },
      load: [1.42, 1.18, 0.93],
      perCpu: [0.81, 0.5],
    };
  }

  /** They have counted since their beginning of an hour ago. */
  interfaces(id: string): readonly InterfaceSample[] {
    if (this.latest(id)?.network.rxBytes === undefined) return [];
    const { interfaces: count = 1 } = this.habitOf(id)!;
    return Array.from({ length: count }, (_, i) => this.interfaceOf(id, i, shareOf(i, count)));
  }

  private interfaceOf(id: string, index: number, share: number): InterfaceSample {
    const at = this.clock.now();
    const rate = (name: SeriesName): number => this.value(id, name, at) * share;
    const rates = {
      rxBytes: rate('network.rxBytes'),
      txBytes: rate('network.txBytes'),
      rxPackets: rate('network.rxPackets'),
      txPackets: rate('network.txPackets'),
      rxDrops: 0,
      txDrops: 0,
      rxErrors: 0,
      txErrors: 0,
    };
    const past = (name: SeriesName): Float64Array =>
      this.history(id, name, INTERFACE_SAMPLES * 1000, INTERFACE_SAMPLES).values.map((value) => value * share);
    const ever = (value: number): number => Math.round(value * 3600);
    const totals = {
      ...rates,
      rxBytes: ever(rates.rxBytes),
      txBytes: ever(rates.txBytes),
      rxPackets: ever(rates.rxPackets),
      txPackets: ever(rates.txPackets),
    };
    return { name: `eth${index}`, rates, totals, received: past('network.rxBytes'), sent: past('network.txBytes') };
  }

  history(id: string, name: SeriesName, spanMs: number, points: number, until = this.clock.now()): Series {
    const stepMs = spanMs / points;
    const project = projectOf(id);
    const members = id === HOST_ID ? this.everybody() : project === undefined ? [id] : this.membersOf(project);
    const values = new Float64Array(points);
    for (let i = 0; i < points; i++) {
      const at = until - spanMs + (i + 1) * stepMs;
      let total = NaN;
      for (const member of members) {
        const value = this.value(member, name, at);
        if (!Number.isNaN(value)) total = Number.isNaN(total) ? value : total + value;
      }
      values[i] = total;
    }
    return { name, from: until - spanMs, stepMs, values, peaks: values };
  }

  private everybody(): readonly string[] {
    return this.targets.flatMap(({ id }) => (projectOf(id) === undefined ? [id] : []));
  }

  /** One number of one container at one moment; NaN where it does not run. */
  private value(id: string, name: SeriesName, at: number): number {
    const habit = this.habitOf(id);
    if (!habit) return NaN;
    const idle = habit.paused === true ? 0 : 1;
    const wave = (what: string): number =>
      1 + habit.swing * (2 * smooth(this.seed, `${id.slice(0, 8)}${what}`, at, 9000) - 1);
    const wanted = (): number => habit.cores * wave('cpu') * idle;
    const cores = (): number => Math.min(wanted(), habit.limitCores ?? Infinity);
    const throttled = (): number =>
      habit.limitCores !== undefined && wanted() > habit.limitCores
        ? Math.min(95, (wanted() / habit.limitCores - 1) * 40)
        : 0;
    const memory = (): number =>
      habit.memory * (1 + 0.04 * habit.swing * (smooth(this.seed, `${id.slice(0, 8)}memory`, at, 40_000) - 0.5));
    const waits = (mean: number | undefined): number => Math.max(0, (mean ?? 0) * wave('wait') * idle);
    switch (name) {
      case 'cpu.cores':
        return cores();
      case 'cpu.user':
        return cores() * 0.8;
      case 'cpu.system':
        return cores() * 0.2;
      case 'cpu.throttledPercent':
        return throttled();
      case 'cpu.throttledMs':
        return throttled() * 4;
      case 'memory.used':
        return memory();
      case 'memory.anon':
        return memory() * 0.62;
      case 'memory.file':
        return memory() * 0.31;
      case 'memory.kernel':
        return memory() * 0.07;
      case 'memory.dirty':
        return (habit.writes / 4) * idle;
      case 'memory.refaults':
      case 'memory.limitHits':
      case 'memory.swap':
      case 'pressure.cpu.full':
        return 0;
      case 'io.readBytes':
        return habit.reads * wave('read') * idle;
      case 'io.writeBytes':
        return habit.writes * wave('write') * idle;
      case 'io.readOps':
        return (habit.reads / 16_384) * idle;
      case 'io.writeOps':
        return (habit.writes / 16_384) * idle;
      case 'pids.current':
        return habit.pids;
      case 'pressure.cpu.some':
        return throttled() / 4;
      case 'pressure.memory.some':
        return waits(habit.memoryPressure);
      case 'pressure.memory.full':
        return waits(habit.memoryPressure) / 3;
      case 'pressure.io.some':
        return waits(habit.ioPressure);
      case 'pressure.io.full':
        return waits(habit.ioPressure) / 5;
      case 'network.rxBytes':
        return (habit.received ?? NaN) * wave('received') * idle;
      case 'network.txBytes':
        return (habit.sent ?? NaN) * wave('sent') * idle;
      case 'network.rxPackets':
        return this.value(id, 'network.rxBytes', at) / PACKET_BYTES;
      case 'network.txPackets':
        return this.value(id, 'network.txBytes', at) / PACKET_BYTES;
      case 'network.drops':
      case 'network.errors':
        return habit.received === undefined ? NaN : 0;
    }
  }

  private at(id: string, at: number): Sample | undefined {
    const habit = this.habitOf(id);
    if (!habit) return undefined;
    const value = (name: SeriesName): number => this.value(id, name, at);
    return {
      at,
      cpu: {
        cores: value('cpu.cores'),
        userCores: value('cpu.user'),
        systemCores: value('cpu.system'),
        ...(habit.limitCores === undefined ? {} : { limitCores: habit.limitCores }),
        throttledPercent: value('cpu.throttledPercent'),
        throttledMsPerSecond: value('cpu.throttledMs'),
      },
      memory: {
        used: value('memory.used'),
        anon: value('memory.anon'),
        file: value('memory.file'),
        kernel: value('memory.kernel'),
        swap: 0,
        ...(habit.memoryLimit === undefined ? {} : { limit: habit.memoryLimit }),
      },
      io: {
        readBytes: value('io.readBytes'),
        writeBytes: value('io.writeBytes'),
        readOps: value('io.readOps'),
        writeOps: value('io.writeOps'),
      },
      pids: { current: habit.pids },
      pressure: {
        cpu: { some: value('pressure.cpu.some'), full: 0 },
        memory: { some: value('pressure.memory.some'), full: value('pressure.memory.full') },
        io: { some: value('pressure.io.some'), full: value('pressure.io.full') },
      },
      oomKills: 0,
      network:
        habit.received === undefined
          ? {}
          : {
              rxBytes: value('network.rxBytes'),
              txBytes: value('network.txBytes'),
              rxPackets: value('network.rxPackets'),
              txPackets: value('network.txPackets'),
              drops: 0,
              errors: 0,
            },
    };
  }
}

/** Of all that goes over the interfaces of a container. */
const shareOf = (index: number, count: number): number => (count === 1 ? 1 : index === 0 ? 0.8 : 0.2 / (count - 1));

const projectOf = (id: string): string | undefined =>
  id.startsWith('project:') ? id.slice('project:'.length) : undefined;

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
    network: { rxBytes: add((s) => s.network.rxBytes), txBytes: add((s) => s.network.txBytes) },
  };
}
