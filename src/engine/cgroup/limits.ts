// What a container may use, as data, and the arithmetic between Docker's terms and the kernel's. Pure.
// plan-v1.ts and plan-v2.ts plan the writes that put limits in force. Tests: test/pure/engine/cgroup/.
import { TscontainError } from '../errors.js';

/** A rate for one block device. */
export interface DeviceRate {
  /** a whole disk on the host, such as /dev/sda */
  readonly path: string;
  /** bytes or operations a second, above 0 */
  readonly rate: number;
}

/**
 * The limits of one container; the names are those of Docker's HostConfig in camelCase.
 * An absent field is "leave it as it is", which at creation is "no limit".
 */
export interface Limits {
  /** bytes; -1 or 0 is unlimited */
  readonly memory?: number;
  /** bytes the container keeps when the host runs short; -1 or 0 is none */
  readonly memoryReservation?: number;
  /**
   * Bytes above which the kernel takes memory back and slows the container down, and kills nothing; -1 or 0 is none.
   * Docker has no such field: the name is that of the kernel's file. cgroup v2 only.
   */
  readonly memoryHigh?: number;
  /** bytes of memory and swap together; -1 is unlimited, absent or 0 is twice `memory` */
  readonly memorySwap?: number;
  /** 0..100, -1 is the host's own; cgroup v1 only */
  readonly memorySwappiness?: number;
  /** 1e9 is one core; 0 is none. Excludes cpuPeriod and cpuQuota. */
  readonly nanoCpus?: number;
  /** µs, 1,000..1,000,000; 0 is the kernel's 100,000 */
  readonly cpuPeriod?: number;
  /** µs of CPU in each period, 1,000 and more; -1 or 0 is unlimited */
  readonly cpuQuota?: number;
  /** share of the CPU under contention, 2..262144; 0 is the default, 1024 */
  readonly cpuShares?: number;
  /** such as "0-2,5"; "" is every CPU */
  readonly cpusetCpus?: string;
  /** memory nodes; "" is every node */
  readonly cpusetMems?: string;
  /** processes and threads; -1 or 0 is unlimited */
  readonly pidsLimit?: number;
  /** share of a contended disk, 10..1000; 0 is the default */
  readonly blkioWeight?: number;
  /** The whole list at once: a device that is not in it loses its limit. */
  readonly deviceReadBps?: readonly DeviceRate[];
  readonly deviceWriteBps?: readonly DeviceRate[];
  readonly deviceReadIOps?: readonly DeviceRate[];
  readonly deviceWriteIOps?: readonly DeviceRate[];
  /** out of memory, processes wait and are not killed; cgroup v1 only */
  readonly oomKillDisable?: boolean;
}

export const UNLIMITED = -1;

/** The kernel's own period, and the range that it takes: µs (kernel/sched/core.c). */
const CPU_PERIOD = { default: 100_000, min: 1_000, max: 1_000_000 };
const CPU_QUOTA_MIN = 1_000;
const CPU_SHARES_DEFAULT = 1024;

export function invalid(name: string, value: number | string, right: string): TscontainError {
  return new TscontainError('INVALID_VALUE', `${name} ${value === '' ? '""' : value} cannot be: ${right}`);
}

/** A later wish laid over an earlier one, so that what excludes or follows from each other stays consistent. */
export function mergeLimits(limits: Limits, change: Limits): Limits {
  const base: { -readonly [K in keyof Limits]: Limits[K] } = { ...limits };
  if (change.nanoCpus !== undefined) {
    delete base.cpuQuota;
    delete base.cpuPeriod;
  }
  if (change.cpuQuota !== undefined || change.cpuPeriod !== undefined) delete base.nanoCpus;
  // Without memory there is nothing that a total of memory and swap could be a total of.
  if (change.memory !== undefined && bytes('memory', change.memory) === UNLIMITED) delete base.memorySwap;
  return { ...base, ...change };
}

/** Bytes, with every spelling of "unlimited" made one. */
export function bytes(name: string, value: number): number {
  if (value === 0 || value === UNLIMITED) return UNLIMITED;
  if (!Number.isSafeInteger(value) || value < 0) throw invalid(name, value, 'give a whole number of bytes, or -1');
  return value;
}

/** A memory limit with the total of memory and swap that goes with it. */
export interface MemoryTarget {
  /** bytes or -1 */
  readonly memory: number;
  /** bytes of memory and swap together, or -1 */
  readonly total: number;
  /** the total was asked for, so a kernel that cannot account swap is an error */
  readonly totalAsked: boolean;
}

/**
 * Docker's rules for memory and memorySwap.
 * @param inForce the memory limit as it stands (bytes or -1), for a change of memorySwap alone
 * @returns undefined when neither is to change
 */
export function memoryTarget(limits: Limits, inForce: () => number): MemoryTarget | undefined {
  if (limits.memory === undefined && limits.memorySwap === undefined) return undefined;
  const memory = limits.memory === undefined ? inForce() : bytes('memory', limits.memory);
  const asked = limits.memorySwap !== undefined && limits.memorySwap !== 0;
  if (!asked) return { memory, total: memory === UNLIMITED ? UNLIMITED : memory * 2, totalAsked: false };
  const total = bytes('memory-swap', limits.memorySwap);
  if (total !== UNLIMITED && memory === UNLIMITED)
    throw invalid('memory-swap', total, 'it is the total of memory and swap, so give a memory limit with it');
  if (total !== UNLIMITED && total < memory)
    throw invalid('memory-swap', total, `it is the total of memory and swap, so it is at least the memory, ${memory}`);
  return { memory, total, totalAsked: total !== UNLIMITED };
}

/** µs; quota -1 is unlimited. An absent part stays as it is. */
export interface CpuBandwidth {
  readonly quota?: number;
  readonly period?: number;
}

/** The quota and period that nanoCpus, cpuQuota and cpuPeriod ask for. */
export function cpuBandwidth(limits: Limits): CpuBandwidth {
  const { nanoCpus, cpuQuota, cpuPeriod } = limits;
  if (nanoCpus !== undefined) {
    if (cpuQuota || cpuPeriod)
      throw invalid('cpus', nanoCpus / 1e9, 'it excludes cpu-quota and cpu-period, which say the same in µs');
    if (nanoCpus === 0) return { quota: UNLIMITED, period: CPU_PERIOD.default };
    const quota = Math.round((nanoCpus / 1e9) * CPU_PERIOD.default);
    if (!(quota >= CPU_QUOTA_MIN)) throw invalid('cpus', nanoCpus / 1e9, 'the least is 0.01');
    return { quota, period: CPU_PERIOD.default };
  }
  return {
    ...(cpuQuota === undefined ? {} : { quota: checkedQuota(cpuQuota) }),
    ...(cpuPeriod === undefined ? {} : { period: checkedPeriod(cpuPeriod) }),
  };
}

function checkedQuota(quota: number): number {
  if (quota === 0 || quota === UNLIMITED) return UNLIMITED;
  if (!Number.isSafeInteger(quota) || quota < CPU_QUOTA_MIN)
    throw invalid('cpu-quota', quota, 'give 1000 µs or more, or -1');
  return quota;
}

function checkedPeriod(period: number): number {
  if (period === 0) return CPU_PERIOD.default;
  if (!Number.isInteger(period) || period < CPU_PERIOD.min || period > CPU_PERIOD.max)
    throw invalid('cpu-period', period, 'give 1000 to 1000000 µs, or 0');
  return period;
}

export function checkedShares(shares: number): number {
  if (shares === 0) return CPU_SHARES_DEFAULT;
  if (!Number.isInteger(shares) || shares < 2 || shares > 262_144)
    throw invalid('cpu-shares', shares, 'give 2 to 262144, or 0');
  return shares;
}

/** Of blkioWeight: 10..1000, or 0 for the default. */
export function checkedWeight(weight: number): number {
  if (weight !== 0 && (!Number.isInteger(weight) || weight < 10 || weight > 1000))
    throw invalid('blkio-weight', weight, 'give 10 to 1000, or 0');
  return weight;
}

/** The value of pids.max. */
export function pidsMax(limit: number): string {
  if (limit === 0 || limit === UNLIMITED) return 'max';
  if (!Number.isSafeInteger(limit) || limit < 0) throw invalid('pids-limit', limit, 'give a whole number, or -1');
  return String(limit);
}

/** A list of CPUs or nodes as the kernel reads it ("0-2,5"), checked against what the host has ("0-3"). */
export function checkedList(name: string, list: string, available: string): string {
  const has = new Set(expandList(available) ?? []);
  const wanted = expandList(list);
  if (wanted === undefined || wanted.length === 0)
    throw invalid(name, list, `give numbers such as 0-2,5, of which this host has ${available}`);
  const absent = wanted.filter((number) => !has.has(number));
  if (absent.length > 0) throw invalid(name, list, `this host has ${available}`);
  return list;
}

/** "0-2,5" as [0, 1, 2, 5]; undefined where it is no such list. */
function expandList(list: string): number[] | undefined {
  const numbers: number[] = [];
  for (const part of list.trim().split(',')) {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part);
    if (!match) return undefined;
    const [from, to] = [Number(match[1]), Number(match[2] ?? match[1])];
    if (to < from) return undefined;
    for (let number = from; number <= to; number++) numbers.push(number);
  }
  return numbers;
}

/** The fields that have a value. */
export function present(fields: { [K in keyof Limits]: Limits[K] | undefined }): Limits {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
