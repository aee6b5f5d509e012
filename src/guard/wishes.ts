// From an act to limits: what "quiet down" and "halve" mean for the container that is meant, from what it uses now. Pure.
import type { Limits } from '../engine/index.js';
import type { Sample } from '../metrics/index.js';
import type { Act, Heaviest, LimitName } from './model.js';

export interface Means {
  readonly sample: Sample | undefined;
  /** its limits as they are */
  readonly limits: Limits;
  /** what the kernel says it can limit; a field that it cannot is absent, and where it says nothing all can be */
  readonly inForce: Limits;
  /** the whole disk whose rates can be limited */
  readonly disk: string | undefined;
  /** whether weights of that disk do anything */
  readonly ioWeights: boolean;
  readonly cores: number;
}

const NANO = 1e9;
const MiB = 1024 ** 2;
/** Less than this makes a container look dead rather than quiet. */
const LEAST_CORES = 0.05;
const LEAST_RATE = 64 * 1024;
const LEAST_CPU_SHARES = 2;
const LEAST_IO_WEIGHT = 10;

/** @returns the change, or why there is none, as a clause */
export function limitsFor(act: Act, means: Means): Partial<Limits> | string {
  const change = wished(act, means);
  if (typeof change === 'string') return change;
  return Object.keys(change).length === 0 ? 'there is nothing of it that could be limited here' : change;
}

function wished(act: Act, means: Means): Partial<Limits> | string {
  switch (act.kind) {
    case 'pause':
      return {};
    case 'quiet down':
      return quiet(means);
    case 'halve':
      return halved(act.whom.kind === 'heaviest' ? act.whom.of : undefined, means);
    case 'limit':
      return limited(act.limit, act.value, means);
  }
}

/** Softly: weights and memory.high; where the disk knows no weights, half of its rates. */
function quiet(means: Means): Partial<Limits> {
  const { sample, inForce, ioWeights } = means;
  const saysNothing = Object.keys(inForce).length === 0;
  const used = sample?.memory.used ?? 0;
  const memory =
    used < MiB
      ? {}
      : saysNothing || inForce.memoryHigh === undefined
        ? { memoryReservation: Math.max(1, Math.floor(used / 2 / MiB)) * MiB }
        : { memoryHigh: Math.ceil(used / MiB) * MiB };
  const disk =
    ioWeights && (saysNothing || inForce.blkioWeight !== undefined)
      ? { blkioWeight: LEAST_IO_WEIGHT }
      : {
          ...rate('deviceReadBps', sample?.io.readBytes, means),
          ...rate('deviceWriteBps', sample?.io.writeBytes, means),
        };
  return { cpuShares: LEAST_CPU_SHARES, ...memory, ...disk };
}

/** What it is the heaviest of, or CPU and rates where it is nothing in particular. Memory is not halved: that kills. */
function halved(of: Heaviest | undefined, means: Means): Partial<Limits> | string {
  const { sample } = means;
  const reads = (): Partial<Limits> => rate('deviceReadBps', sample?.io.readBytes, means);
  const writes = (): Partial<Limits> => rate('deviceWriteBps', sample?.io.writeBytes, means);
  switch (of) {
    case 'writer':
      return means.disk === undefined ? NO_DISK : writes();
    case 'reader':
      return means.disk === undefined ? NO_DISK : reads();
    case 'cpu user':
      return cpu(means);
    case 'memory user':
      return 'half of its memory would kill it';
    case undefined:
      return { ...cpu(means), ...reads(), ...writes() };
  }
}

const NO_DISK = 'the state directory lies on no disk of its own: rates cannot be limited here';

/** Half of what it uses, or of what it may use where that is less. */
function cpu({ sample, limits: { nanoCpus }, cores }: Means): Partial<Limits> {
  const used = Math.min(sample?.cpu.cores ?? 0, nanoCpus !== undefined && nanoCpus > 0 ? nanoCpus / NANO : cores);
  return { nanoCpus: Math.round(Math.max(LEAST_CORES, used / 2) * 100) * (NANO / 100) };
}

/** Half of a rate, rounded to pages; nothing where it has none worth it. The limits of other disks stay. */
function rate(field: 'deviceReadBps' | 'deviceWriteBps', used: number | undefined, means: Means): Partial<Limits> {
  const { disk } = means;
  if (disk === undefined || used === undefined || used < 2 * LEAST_RATE) return {};
  return withRate(field, Math.round(used / 2 / 4096) * 4096, disk, means);
}

function withRate(
  field: 'deviceReadBps' | 'deviceWriteBps',
  value: number,
  disk: string,
  { limits }: Means,
): Partial<Limits> {
  const others = (limits[field] ?? []).filter(({ path }) => path !== disk);
  return { [field]: [...others, { path: disk, rate: value }] };
}

function limited(limit: LimitName, value: number, means: Means): Partial<Limits> | string {
  switch (limit) {
    case 'cpu':
      return { nanoCpus: Math.round(value * NANO) };
    case 'memory':
      return { memory: value };
    case 'memory high':
      return { memoryHigh: value };
    case 'reads':
      return means.disk === undefined ? NO_DISK : withRate('deviceReadBps', value, means.disk, means);
    case 'writes':
      return means.disk === undefined ? NO_DISK : withRate('deviceWriteBps', value, means.disk, means);
    case 'cpu weight':
      return { cpuShares: value };
    case 'io weight':
      return { blkioWeight: value };
    case 'pids':
      return { pidsLimit: value };
  }
}
