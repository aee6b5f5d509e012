// Limits as writes to cgroup v1 files, and v1 files read back as limits. Pure.
// Files: Documentation/admin-guide/cgroup-v1/{memory,cpusets,blkio-controller,pids}.rst, scheduler/sched-bwc.rst.
import { TscontainError } from '../errors.js';
import {
  bytes,
  checkedShares,
  checkedWeight,
  cpuBandwidth,
  invalid,
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
  type Write,
} from './plan.js';

const LIMIT = 'memory.limit_in_bytes';
const LIMIT_WITH_SWAP = 'memory.memsw.limit_in_bytes';
const RESERVATION = 'memory.soft_limit_in_bytes';
const SWAPPINESS = 'memory.swappiness';

/** Weights of a contended disk: BFQ's file on current kernels, CFQ's before Linux 5.0, each with its default. */
const WEIGHT_FILES = [
  { file: 'blkio.bfq.weight', default: 100 },
  { file: 'blkio.weight', default: 500 },
];

const SECTIONS: readonly Section[] = [
  { controller: 'memory', fields: FIELDS.memory, plan: memory },
  { controller: 'cpu', fields: FIELDS.cpu, plan: cpu },
  CPUSET,
  PIDS,
  { controller: 'blkio', fields: FIELDS.io, plan: blkio },
];

/** @throws TscontainError INVALID_VALUE, CONTROLLER_MISSING, NOT_SUPPORTED, NO_SUCH_PATH */
export function planV1(limits: Limits, view: CgroupView): Write[] {
  return planSections(SECTIONS, limits, view);
}

/** What is softest in v1 is another thing: memory that is kept for it, not memory that it is held to. */
function noHigh(): TscontainError {
  return new TscontainError(
    'CONTROLLER_MISSING',
    'memory-high needs the cgroup controller memory in cgroup v2: on this host it is in v1, which has no memory.high',
    { hint: 'Leave memory-high out, or give memory, which v1 has.' },
  );
}

function memory(limits: Limits, view: CgroupView): Write[] {
  const { memoryHigh, memoryReservation, memorySwappiness, oomKillDisable } = limits;
  if (memoryHigh !== undefined && bytes('memory-high', memoryHigh) !== UNLIMITED) throw noHigh();
  const writes = memoryAndSwap(limits, view);
  const add = (file: string, value: string | number) =>
    writes.push({ controller: 'memory', file, value: String(value) });
  if (memoryReservation !== undefined) add(RESERVATION, bytes('memory-reservation', memoryReservation));
  if (memorySwappiness !== undefined) add(SWAPPINESS, swappiness(memorySwappiness, view));
  if (oomKillDisable !== undefined) add('memory.oom_control', oomKillDisable ? 1 : 0);
  return writes;
}

/** The kernel refuses a moment in which memory is above memory and swap together, so the order depends on what stands. */
function memoryAndSwap(limits: Limits, view: CgroupView): Write[] {
  const target = memoryTarget(limits, () => amount(view.read('memory', LIMIT)));
  if (target === undefined) return [];
  const limit = { controller: 'memory', file: LIMIT, value: String(target.memory) };
  const inForce = view.read('memory', LIMIT_WITH_SWAP);
  if (inForce === undefined) {
    if (target.totalAsked) throw notSupported('memorySwap', `the kernel does not account swap (no ${LIMIT_WITH_SWAP})`);
    return [limit];
  }
  const total = { controller: 'memory', file: LIMIT_WITH_SWAP, value: String(target.total) };
  return unlimitedLast(target.memory) > unlimitedLast(amount(inForce)) ? [total, limit] : [limit, total];
}

function unlimitedLast(value: number): number {
  return value === UNLIMITED ? Infinity : value;
}

/** A cgroup is born with its parent's swappiness, so that is what "the host's own" means. */
function swappiness(value: number, view: CgroupView): string {
  if (value === UNLIMITED) return view.read('memory', `../${SWAPPINESS}`)?.trim() ?? '60';
  if (!Number.isInteger(value) || value < 0 || value > 100)
    throw invalid('memory-swappiness', value, 'give 0 to 100, or -1');
  return String(value);
}

function cpu(limits: Limits): Write[] {
  const { quota, period } = cpuBandwidth(limits);
  const writes: Write[] = [];
  const add = (file: string, value: number) => writes.push({ controller: 'cpu', file, value: String(value) });
  if (limits.cpuShares !== undefined) add('cpu.shares', checkedShares(limits.cpuShares));
  if (period !== undefined) add('cpu.cfs_period_us', period);
  if (quota !== undefined) add('cpu.cfs_quota_us', quota);
  return writes;
}

function blkio(limits: Limits, view: CgroupView): Write[] {
  const throttles = THROTTLES.flatMap((throttle) => {
    const rates = limits[throttle.field];
    if (rates === undefined) return [];
    const inForce = throttleLines(view.read('blkio', throttle.file)).map(({ device }) => device);
    return throttleChanges(throttle, rates, inForce, view).map(({ device, rate }) => ({
      controller: 'blkio',
      file: throttle.file,
      value: `${device} ${rate ?? 0}`,
    }));
  });
  return [...blkioWeight(limits, view), ...throttles];
}

function blkioWeight({ blkioWeight }: Limits, view: CgroupView): Write[] {
  if (blkioWeight === undefined) return [];
  const weight = checkedWeight(blkioWeight);
  const kind = WEIGHT_FILES.find(({ file }) => view.read('blkio', file) !== undefined);
  if (kind !== undefined)
    return [{ controller: 'blkio', file: kind.file, value: String(weight === 0 ? kind.default : weight) }];
  if (weight === 0) return [];
  throw notSupported('blkioWeight', 'the kernel has no IO scheduler with weights (no blkio.bfq.weight)');
}

/** "254:0 1048576" a line. */
function throttleLines(content: string | undefined): { device: string; rate: number }[] {
  return [...(content ?? '').matchAll(/^(\d+:\d+) (\d+)$/gm)].map(([, device, rate]) => ({
    device: device!,
    rate: Number(rate),
  }));
}

/** A limit file's bytes; what v1 shows for unlimited is the largest page-aligned number. */
function amount(content: string | undefined): number {
  const value = Number(content?.trim() ?? UNLIMITED);
  return value > Number.MAX_SAFE_INTEGER ? UNLIMITED : value;
}

/** What is in force, in the same terms; a field whose controller is not there is absent. */
export function readLimitsV1(view: CgroupView): Limits {
  const number = (controller: string, file: string) => {
    const content = view.read(controller, file);
    return content === undefined ? undefined : amount(content);
  };
  const pidsMaximum = view.read('pids', 'pids.max')?.trim();
  const quota = number('cpu', 'cpu.cfs_quota_us');
  const period = number('cpu', 'cpu.cfs_period_us');
  const oomControl = view.read('memory', 'memory.oom_control');
  const weightFile = WEIGHT_FILES.find(({ file }) => view.read('blkio', file) !== undefined)?.file;
  const found: { [K in keyof Limits]: Limits[K] | undefined } = {
    memory: number('memory', LIMIT),
    memorySwap: number('memory', LIMIT_WITH_SWAP),
    memoryReservation: number('memory', RESERVATION),
    memorySwappiness: number('memory', SWAPPINESS),
    oomKillDisable: oomControl === undefined ? undefined : /^oom_kill_disable 1$/m.test(oomControl),
    cpuShares: number('cpu', 'cpu.shares'),
    cpuQuota: quota,
    cpuPeriod: period,
    ...readCpuset(view),
    pidsLimit: pidsMaximum === 'max' ? UNLIMITED : pidsMaximum === undefined ? undefined : Number(pidsMaximum),
    blkioWeight: weightFile === undefined ? undefined : number('blkio', weightFile),
    ...Object.fromEntries(THROTTLES.map(({ field, file }) => [field, rates(view, file)])),
  };
  return present(found);
}

function rates(view: CgroupView, file: string): DeviceRate[] | undefined {
  const content = view.read('blkio', file);
  if (content === undefined) return undefined;
  return throttleLines(content).map(({ device, rate }) => ({ path: view.devicePath(device), rate }));
}
