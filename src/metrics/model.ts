// What is measured, as plain data. "Not measured" is undefined in a sample and NaN in a series, never 0.
import type { Finding } from './neighbours/model.js';
import type { NetworkCounters } from './net-dev.js';

export type { NetworkCounters } from './net-dev.js';

/** Where a thing's counters are. An engine container satisfies it; metrics knows nothing else of containers. */
export interface CgroupPaths {
  /** cgroup v1 controller (cpu, cpuacct, memory, blkio, pids, cpuset, …) → absolute directory. Empty on a v2 host. */
  readonly controllers: Readonly<Record<string, string>>;
  /** Absolute directory in the cgroup2 mount; absent on a pure v1 host. On a hybrid host both are there. */
  readonly unified?: string;
}

/** Something that can be measured. */
export interface Target {
  readonly id: string;
  readonly cgroup: CgroupPaths;
  /** A process in the target's network namespace; absent where there is none or where it is the host's. */
  readonly netPid?: number;
}

/** The shares of the last interval spent waiting, 0..100 % (Documentation/accounting/psi.rst), from the total= counters. */
export interface Pressure {
  readonly some?: number;
  readonly full?: number;
}

/** Everything measured of one target (or of the host) at one moment; rates are over the interval before it. */
export interface Sample {
  /** ms since the epoch */
  readonly at: number;
  readonly cpu: {
    /** cores in use, 1.0 is one core the whole interval */
    readonly cores?: number;
    readonly userCores?: number;
    readonly systemCores?: number;
    /** cores allowed by the quota; absent without one (for the host: the number of cores) */
    readonly limitCores?: number;
    /** of the periods in the interval, the % that were throttled */
    readonly throttledPercent?: number;
    /** ms a second that tasks stood throttled */
    readonly throttledMsPerSecond?: number;
  };
  /** bytes, where nothing else is said */
  readonly memory: {
    /** what counts against the limit */
    readonly used?: number;
    readonly anon?: number;
    readonly file?: number;
    readonly kernel?: number;
    readonly swap?: number;
    readonly limit?: number;
    /** written to files and not on the disk yet */
    readonly dirty?: number;
    /** pages a second that were read again because they had been taken away */
    readonly refaults?: number;
    /** faults a second that waited for a read */
    readonly majorFaults?: number;
    /** allocations a second that met the target's own limit */
    readonly limitHits?: number;
    /** pages a second that the kernel took back for want of free memory; of the machine alone */
    readonly reclaimed?: number;
  };
  /** bytes and operations a second */
  readonly io: {
    readonly readBytes?: number;
    readonly writeBytes?: number;
    readonly readOps?: number;
    readonly writeOps?: number;
  };
  readonly pids: { readonly current?: number; readonly limit?: number };
  readonly pressure: { readonly cpu: Pressure; readonly memory: Pressure; readonly io: Pressure };
  /** processes killed for memory since the target began, whatever resets of counters lay between */
  readonly oomKills?: number;
  /** bytes and packets a second over every interface but lo; of both ways together those that were dropped or damaged */
  readonly network: {
    readonly rxBytes?: number;
    readonly txBytes?: number;
    readonly rxPackets?: number;
    readonly txPackets?: number;
    readonly drops?: number;
    readonly errors?: number;
  };
}

/** The series kept for each target; one name a number of Sample. */
export const SERIES = [
  'cpu.cores',
  'cpu.user',
  'cpu.system',
  'cpu.throttledPercent',
  'cpu.throttledMs',
  'memory.used',
  'memory.anon',
  'memory.file',
  'memory.kernel',
  'memory.swap',
  'memory.dirty',
  'memory.refaults',
  'memory.limitHits',
  'io.readBytes',
  'io.writeBytes',
  'io.readOps',
  'io.writeOps',
  'pids.current',
  'pressure.cpu.some',
  'pressure.cpu.full',
  'pressure.memory.some',
  'pressure.memory.full',
  'pressure.io.some',
  'pressure.io.full',
  'network.rxBytes',
  'network.txBytes',
  'network.rxPackets',
  'network.txPackets',
  'network.drops',
  'network.errors',
] as const;
export type SeriesName = (typeof SERIES)[number];

/** One network interface of a target, as of the last sample; NaN is not measured. */
export interface InterfaceSample {
  readonly name: string;
  /** a second */
  readonly rates: Readonly<NetworkCounters>;
  /** since the network namespace began */
  readonly totals: Readonly<NetworkCounters>;
  /** bytes a second of the last samples, oldest first; NaN before there were any */
  readonly received: Float64Array;
  readonly sent: Float64Array;
}

/** A stretch of history brought to a number of points; NaN where nothing was measured. */
export interface Series {
  readonly name: SeriesName;
  /** ms since the epoch of the first point's beginning */
  readonly from: number;
  /** ms that one point covers */
  readonly stepMs: number;
  /** mean over the point */
  readonly values: Float64Array;
  /** highest sample in the point: what a mean would hide */
  readonly peaks: Float64Array;
}

/** Facts about the machine that hardly change (from systeminformation), each absent where unknown. */
export interface HostFacts {
  readonly hostname: string;
  readonly cpuModel?: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly kernel: string;
  readonly distribution?: string;
  readonly virtualization?: string;
}

export interface HostSample extends Sample {
  /** 1, 5 and 15 minute load averages */
  readonly load: readonly [number, number, number];
  /** cores in use, one a logical CPU, each 0..1 */
  readonly perCpu: readonly number[];
}

/**
 * Samples every target on one timer. All reads are synchronous on kept-open descriptors, of many targets in slices of a few ms with
 * turns of the event loop between; a late tick is dropped, not queued.
 */
export interface Sampler {
  /** Begins sampling every `intervalMs` (100..5000 ms, that is 10..0.2 Hz; outside throws RangeError). */
  start(): void;
  stop(): void;
  setInterval(intervalMs: number): void;
  readonly intervalMs: number;
  /** The complete set to measure from now on: new ids are opened, missing ones closed; history of a closed id is kept for 10 minutes. */
  setTargets(targets: readonly Target[]): void;
  /** Takes one sample of everything now (also what the timer calls). */
  sample(): void;
  latest(id: string): Sample | undefined;
  latestHost(): HostSample | undefined;
  /** The network interfaces of a target that has a network of its own, lo left out. */
  interfaces(id: string): readonly InterfaceSample[];
  /** History of one series of a target, or of the host with id HOST_ID; `points` equal steps ending at `until` (default now). */
  history(id: string, name: SeriesName, spanMs: number, points: number, until?: number): Series;
  /** Who suffers as of the last sample, worst first; the same array as long as nothing changed. */
  findings(): readonly Finding[];
  /** Called after each sample; returns the way to stop being called. */
  onSample(listener: (at: number) => void): () => void;
  facts(): Promise<HostFacts>;
  /** What this process itself costs over the last interval. */
  self(): { readonly cores: number; readonly rssBytes: number };
  /** µs that the last sample took, all targets together */
  readonly lastCostUs: number;
  close(): void;
}
export const HOST_ID = 'host';
