// Limits as writes to cgroup v2 files, and v2 files read back as limits. Pure.
// Files: Documentation/admin-guide/cgroup-v2.rst.
import {
  bytes,
  checkedShares,
  checkedWeight,
  cpuBandwidth,
  memoryTarget,
  present,
  UNLIMITED,
  type DeviceRate,
  type Limits,
} from './limits.js';
import {
  CPUSET,
  FIELDS,
  notSupported,
  PIDS,
  planSections,
  readCpuset,
  throttleChanges,
  THROTTLES,
  type CgroupView,
  type Section,
  type Throttle,
  type Write,
} from './plan.js';
import { blkioToIoWeight, ioToBlkioWeight, sharesToWeight, weightToShares } from './weights.js';

const SECTIONS: readonly Section[] = [
  { controller: 'memory', fields: FIELDS.memory, plan: memory },
  { controller: 'cpu', fields: FIELDS.cpu, plan: cpu },
  CPUSET,
  PIDS,
  { controller: 'io', fields: FIELDS.io, plan: io },
];

/** @throws TscontainError INVALID_VALUE, CONTROLLER_MISSING, NOT_SUPPORTED, NO_SUCH_PATH */
export function planV2(limits: Limits, view: CgroupView): Write[] {
  return planSections(SECTIONS, limits, view);
}

function memory(limits: Limits, view: CgroupView): Write[] {
  const { memoryHigh, memoryReservation, memorySwappiness, oomKillDisable } = limits;
  if (memorySwappiness !== undefined && memorySwappiness !== UNLIMITED)
    throw notSupported('memorySwappiness', 'cgroup v2 has no swappiness of its own for a group');
  if (oomKillDisable === true) throw notSupported('oomKillDisable', 'cgroup v2 always kills when memory runs out');
  const writes = memoryAndSwap(limits, view);
  if (memoryHigh !== undefined)
    writes.push({ controller: 'memory', file: 'memory.high', value: maxOr(bytes('memory-high', memoryHigh)) });
  if (memoryReservation === undefined) return writes;
  const reserved = bytes('memory-reservation', memoryReservation);
  return [...writes, { controller: 'memory', file: 'memory.low', value: reserved === UNLIMITED ? '0' : `${reserved}` }];
}

/** Swap first: while memory is made smaller, what is pushed out may need the new room. */
function memoryAndSwap(limits: Limits, view: CgroupView): Write[] {
  const target = memoryTarget(limits, () => amount(view.read('memory', 'memory.max')));
  if (target === undefined) return [];
  const max = { controller: 'memory', file: 'memory.max', value: maxOr(target.memory) };
  if (view.read('memory', 'memory.swap.max') === undefined) {
    if (target.totalAsked) throw notSupported('memorySwap', 'the kernel does not account swap (no memory.swap.max)');
    return [max];
  }
  const swap = target.total === UNLIMITED ? UNLIMITED : target.total - target.memory;
  return [{ controller: 'memory', file: 'memory.swap.max', value: maxOr(swap) }, max];
}

function maxOr(value: number): string {
  return value === UNLIMITED ? 'max' : String(value);
}

/** A number or "max" (-1). */
function amount(content: string | undefined): number {
  const value = content?.trim() ?? 'max';
  return value === 'max' ? UNLIMITED : Number(value);
}

function cpu(limits: Limits, view: CgroupView): Write[] {
  const { quota, period } = cpuBandwidth(limits);
  const writes: Write[] = [];
  if (limits.cpuShares !== undefined) {
    const weight = sharesToWeight(checkedShares(limits.cpuShares));
    writes.push({ controller: 'cpu', file: 'cpu.weight', value: String(weight) });
  }
  if (quota === undefined && period === undefined) return writes;
  // One file holds both, so the part that is not to change is written as it stands.
  const inForce = bandwidth(view.read('cpu', 'cpu.max'));
  const value = `${maxOr(quota ?? inForce.quota)} ${period ?? inForce.period}`;
  return [...writes, { controller: 'cpu', file: 'cpu.max', value }];
}

function bandwidth(content: string | undefined): { quota: number; period: number } {
  const [quota, period] = (content ?? 'max 100000').trim().split(' ');
  return { quota: amount(quota), period: Number(period) };
}

function io(limits: Limits, view: CgroupView): Write[] {
  const inForce = throttleLines(view.read('io', 'io.max'));
  const throttles = THROTTLES.flatMap((throttle) => {
    const rates = limits[throttle.field];
    if (rates === undefined) return [];
    const devices = inForce.filter(({ rates }) => rates.has(throttle.key)).map(({ device }) => device);
    return throttleChanges(throttle, rates, devices, view).map(({ device, rate }) => ({
      controller: 'io',
      file: 'io.max',
      value: `${device} ${throttle.key}=${rate ?? 'max'}`,
    }));
  });
  return [...ioWeight(limits, view), ...throttles];
}

/** io.weight works where the io.cost model is on, io.bfq.weight where BFQ schedules the disk: both are set. */
function ioWeight({ blkioWeight }: Limits, view: CgroupView): Write[] {
  if (blkioWeight === undefined) return [];
  const weight = checkedWeight(blkioWeight);
  const values = {
    'io.weight': weight === 0 ? 100 : blkioToIoWeight(weight),
    'io.bfq.weight': weight === 0 ? 100 : weight,
  };
  const writes = Object.entries(values)
    .filter(([file]) => view.read('io', file) !== undefined)
    .map(([file, value]) => ({ controller: 'io', file, value: `default ${value}` }));
  if (writes.length === 0 && weight !== 0)
    throw notSupported('blkioWeight', 'the kernel has neither io.weight nor io.bfq.weight');
  return writes;
}

/** "254:0 rbps=max wbps=1048576 riops=max wiops=max" a line: the finite rates of each device. */
function throttleLines(content: string | undefined): { device: string; rates: Map<string, number> }[] {
  return [...(content ?? '').matchAll(/^(\d+:\d+) (.*)$/gm)].map(([, device, keys]) => ({
    device: device!,
    rates: new Map([...keys!.matchAll(/(\w+)=(\d+)/g)].map(([, key, rate]) => [key!, Number(rate)])),
  }));
}

/** What is in force, in the same terms; a field whose controller is not there is absent. */
export function readLimitsV2(view: CgroupView): Limits {
  const read = <T>(controller: string, file: string, parse: (content: string) => T): T | undefined => {
    const content = view.read(controller, file);
    return content === undefined ? undefined : parse(content);
  };
  const memory = read('memory', 'memory.max', amount);
  const swap = read('memory', 'memory.swap.max', amount);
  const unlimited = memory === UNLIMITED || swap === UNLIMITED;
  const cpuMax = read('cpu', 'cpu.max', bandwidth);
  const throttles = read('io', 'io.max', throttleLines);
  return present({
    memory,
    memorySwap: memory === undefined || swap === undefined ? undefined : unlimited ? UNLIMITED : memory + swap,
    memoryHigh: read('memory', 'memory.high', amount),
    memoryReservation: read('memory', 'memory.low', (content) => amount(content) || UNLIMITED),
    cpuShares: read('cpu', 'cpu.weight', (content) => weightToShares(Number(content))),
    cpuQuota: cpuMax?.quota,
    cpuPeriod: cpuMax?.period,
    ...readCpuset(view),
    pidsLimit: read('pids', 'pids.max', amount),
    blkioWeight:
      read('io', 'io.bfq.weight', defaultWeight) ??
      read('io', 'io.weight', (content) => ioToBlkioWeight(defaultWeight(content))),
    ...(throttles === undefined
      ? {}
      : Object.fromEntries(THROTTLES.map((throttle) => [throttle.field, rates(throttle, throttles, view)]))),
  });
}

/** "default 100", or the bare number that older kernels show. */
function defaultWeight(content: string): number {
  return Number(/\d+/.exec(content)?.[0]);
}

function rates({ key }: Throttle, lines: ReturnType<typeof throttleLines>, view: CgroupView): DeviceRate[] {
  return lines
    .filter(({ rates }) => rates.has(key))
    .map(({ device, rates }) => ({ path: view.devicePath(device), rate: rates.get(key)! }));
}
