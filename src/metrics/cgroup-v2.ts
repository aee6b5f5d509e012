// The files of a cgroup v2 directory and what they count, sub-cgroups included. Source:
// Documentation/admin-guide/cgroup-v2.rst. On a hybrid host a container has such a directory as well: CPU time and pressure
// are read there (both are counted without any controller), and every file whose v1 controller the container does not have.
import { limit, whole, type Counters, type Parse } from './counters.js';
import {
  addTotals,
  assigned,
  deviceAt,
  keyed,
  keys,
  limitAt,
  nextLine,
  nextWord,
  noTotals,
  pressure,
  type DeviceFilter,
  type DiskTotals,
  type Key,
  type Text,
} from './proc.js';

/** A file of the directory in the cgroup2 mount. */
export interface FileV2 {
  readonly file: string;
  /** The v1 controller that counts the same: where a container has it, this file is not read. */
  readonly v1Controller?: string;
  readonly parse: Parse;
  /** Changes only when somebody sets it. */
  readonly isSetting?: true;
  /** Hardly changes while the cgroup does nothing (see target-files.ts). */
  readonly follows?: true;
  /** Tells by itself whether the cgroup does anything. */
  readonly tellsUse?: true;
  /** Tells by itself whether memory was taken from it. */
  readonly tellsMemory?: true;
  /** Moves also while nothing in it runs. */
  readonly evenAsleep?: true;
}

const CPU_STAT = keys('usage_usec', 'user_usec', 'system_usec', 'nr_periods', 'nr_throttled', 'throttled_usec');
const WORKING_SET = [
  'file_dirty',
  'file_writeback',
  'workingset_refault_anon',
  'workingset_refault_file',
  'pgmajfault',
] as const;
/** "kernel" came with Linux 5.18; before it, the parts that follow are what there is of it. */
const MEMORY_STAT = keys('anon', 'file', 'kernel', 'kernel_stack', 'pagetables', 'percpu', 'slab', ...WORKING_SET);
const MEMORY_EVENTS = keys('oom_kill', 'max');
const [READ_BYTES, WRITE_BYTES, READ_OPS, WRITE_OPS] = keys('rbytes', 'wbytes', 'rios', 'wios') as [Key, Key, Key, Key];

const cpuStat: Parse = (text, into) => {
  const [usage, user, system, periods, throttled, throttledUs] = keyed(text, CPU_STAT);
  into.cpuUs = usage!;
  into.userUs = user!;
  into.systemUs = system!;
  // Without the cpu controller these three are missing here; on a hybrid host the v1 file has said them already.
  if (Number.isNaN(periods)) return;
  into.periods = periods!;
  into.throttledPeriods = throttled!;
  into.throttledUs = throttledUs!;
};

/** "max 100000" or "20000 100000": the quota and its period, both µs. */
const cpuMax: Parse = (text, into) => {
  into.quotaUs = limitAt(text, 0);
  into.periodUs = limitAt(text, nextWord(text, 0));
};

const memoryStat: Parse = (text, into) => {
  const [anon, file, kernel, stacks, tables, percpu, slab, ...workingSet] = keyed(text, MEMORY_STAT);
  const [dirty, writeback, refaultAnon, refaultFile, majorFaults] = workingSet;
  const known = [stacks!, tables!, percpu!, slab!].filter((part) => !Number.isNaN(part));
  into.memoryAnon = anon!;
  into.memoryFile = file!;
  into.memoryDirty = dirty! + writeback!;
  into.refaults = refaultAnon! + refaultFile!;
  into.majorFaults = majorFaults!;
  into.memoryKernel = Number.isNaN(kernel) && known.length > 0 ? known.reduce((sum, part) => sum + part) : kernel!;
};

const memoryEvents: Parse = (text, into) => {
  const [oomKills, limitHits] = keyed(text, MEMORY_EVENTS);
  into.oomKills = oomKills!;
  into.limitHits = limitHits!;
};

/** Lines "major:minor rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6"; a device appears with its first operation. */
export function eachIoStat(
  text: Text,
  counts: DeviceFilter,
  see: (major: number, minor: number, totals: DiskTotals) => void,
): void {
  // A device that a limit names but nothing has used stands there without numbers.
  const value = (line: number, key: Key): number => assigned(text, line, key) || 0;
  for (let line = 0; line < text.length; line = nextLine(text, line)) {
    const { major, minor } = deviceAt(text, line);
    if (Number.isNaN(major) || !counts(major, minor)) continue;
    see(major, minor, {
      readBytes: value(line, READ_BYTES),
      writeBytes: value(line, WRITE_BYTES),
      readOps: value(line, READ_OPS),
      writeOps: value(line, WRITE_OPS),
    });
  }
}

const ioStat: Parse = (text, into, counts) => {
  const totals = noTotals();
  eachIoStat(text, counts, (_major, _minor, one) => addTotals(totals, one));
  Object.assign(into, totals);
};

const pressureOf =
  (some: keyof Counters, full: keyof Counters): Parse =>
  (text, into) => {
    const { someUs, fullUs } = pressure(text);
    into[some] = someUs;
    into[full] = fullUs;
  };

/** The same in a cgroup and, with another name, in /proc/pressure. */
export const parseCpuPressure = pressureOf('cpuSomeUs', 'cpuFullUs');
export const parseMemoryPressure = pressureOf('memorySomeUs', 'memoryFullUs');
export const parseIoPressure = pressureOf('ioSomeUs', 'ioFullUs');

export const FILES_V2: readonly FileV2[] = [
  { file: 'cpu.stat', parse: cpuStat, tellsUse: true },
  { file: 'cpu.max', v1Controller: 'cpu', parse: cpuMax, isSetting: true },
  { file: 'memory.current', v1Controller: 'memory', parse: whole('memoryUsed'), tellsMemory: true },
  { file: 'memory.max', v1Controller: 'memory', parse: limit('memoryLimit'), isSetting: true },
  { file: 'memory.stat', v1Controller: 'memory', parse: memoryStat, follows: true },
  { file: 'memory.swap.current', v1Controller: 'memory', parse: whole('memorySwap'), follows: true },
  { file: 'memory.events', v1Controller: 'memory', parse: memoryEvents, follows: true },
  // What was written into the page cache is charged when the kernel writes it back.
  { file: 'io.stat', v1Controller: 'blkio', parse: ioStat, evenAsleep: true },
  { file: 'pids.current', v1Controller: 'pids', parse: whole('pids') },
  { file: 'pids.max', v1Controller: 'pids', parse: limit('pidsLimit'), isSetting: true },
  { file: 'cpu.pressure', parse: parseCpuPressure },
  { file: 'memory.pressure', parse: parseMemoryPressure },
  { file: 'io.pressure', parse: parseIoPressure },
];
