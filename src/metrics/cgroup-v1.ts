// The files of a cgroup v1 container and what they count. Source: Documentation/admin-guide/cgroup-v1/ and, where that is
// silent, the kernel itself:
// - Everything chosen here counts sub-cgroups too (total_*, *_recursive), except oom_kill, which v1 keeps for the very
//   cgroup of the victim. memory.failcnt counts where the limit is that was met, as "max" of memory.events does in v2.
// - blkio.throttle.* counts every bio that the container's own tasks submit, whatever the disk's scheduler; blkio.bfq.*
//   counts only under bfq. v1 charges what the kernel's flusher writes back later to the root cgroup: a buffered write is
//   seen when the writer syncs it (or truncates over it), not when it leaves that to the kernel. v2 sees both.
import { limit, whole, type Parse } from './counters.js';
import {
  deviceAt,
  keyed,
  keys,
  nextLine,
  nextWord,
  numberAt,
  orNoLimit,
  type DeviceFilter,
  type Text,
} from './proc.js';

/** A file below the directory of a v1 controller. */
export interface FileV1 {
  readonly controller: string;
  readonly file: string;
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
  /** Not read on a hybrid host: cpu.stat in the cgroup2 mount says the same in one file, and in µs, not ticks. */
  readonly onlyWithoutV2?: true;
}

/** cpuacct.stat counts in USER_HZ, which is 100 on every architecture that Node runs on. */
const TICK_US = 10_000;
const CPUACCT_STAT = keys('user', 'system');
const CPU_STAT = keys('nr_periods', 'nr_throttled', 'throttled_time');
/** The limit is the lowest of the cgroup's own and those above it. */
const MEMORY_STAT = keys(
  'total_rss',
  'total_cache',
  'total_swap',
  'hierarchical_memory_limit',
  'total_dirty',
  'total_writeback',
  'total_workingset_refault_anon',
  'total_workingset_refault_file',
  'total_pgmajfault',
);
const OOM_CONTROL = keys('oom_kill');
const READ = 'R'.charCodeAt(0);
const WRITE = 'W'.charCodeAt(0);

/** Lines "major:minor Read 94208", the same for Write, Sync, Async, Discard and Total, then one "Total 5". */
export function eachReadAndWrite(
  text: Text,
  counts: DeviceFilter,
  see: (major: number, minor: number, isWrite: boolean, value: number) => void,
): void {
  for (let line = 0; line < text.length; line = nextLine(text, line)) {
    const word = nextWord(text, line);
    const kind = text.bytes[word];
    if (word >= text.length || (kind !== READ && kind !== WRITE)) continue;
    const { major, minor } = deviceAt(text, line);
    if (counts(major, minor)) see(major, minor, kind === WRITE, numberAt(text, nextWord(text, word)));
  }
}

function readsAndWrites(text: Text, counts: DeviceFilter): { reads: number; writes: number } {
  let reads = 0;
  let writes = 0;
  eachReadAndWrite(text, counts, (_major, _minor, isWrite, value) => {
    if (isWrite) writes += value;
    else reads += value;
  });
  return { reads, writes };
}

const cpuTime: Parse = (text, into) => {
  into.cpuUs = numberAt(text, 0) / 1000;
};

const cpuModes: Parse = (text, into) => {
  const [user, system] = keyed(text, CPUACCT_STAT);
  into.userUs = user! * TICK_US;
  into.systemUs = system! * TICK_US;
};

const throttling: Parse = (text, into) => {
  const [periods, throttled, throttledNs] = keyed(text, CPU_STAT);
  into.periods = periods!;
  into.throttledPeriods = throttled!;
  into.throttledUs = throttledNs! / 1000;
};

const memoryStat: Parse = (text, into) => {
  const [anon, file, swap, limitBytes, dirty, writeback, refaultAnon, refaultFile, majorFaults] = keyed(
    text,
    MEMORY_STAT,
  );
  into.memoryAnon = anon!;
  into.memoryFile = file!;
  into.memorySwap = swap!;
  into.memoryLimit = orNoLimit(limitBytes!);
  into.memoryDirty = dirty! + writeback!;
  into.refaults = refaultAnon! + refaultFile!;
  into.majorFaults = majorFaults!;
};

const oomKills: Parse = (text, into) => {
  into.oomKills = keyed(text, OOM_CONTROL)[0]!;
};

const ioBytes: Parse = (text, into, counts) => {
  const { reads, writes } = readsAndWrites(text, counts);
  into.readBytes = reads;
  into.writeBytes = writes;
};

const ioOps: Parse = (text, into, counts) => {
  const { reads, writes } = readsAndWrites(text, counts);
  into.readOps = reads;
  into.writeOps = writes;
};

export const FILES_V1: readonly FileV1[] = [
  { controller: 'cpuacct', file: 'cpuacct.usage', parse: cpuTime, tellsUse: true, onlyWithoutV2: true },
  { controller: 'cpuacct', file: 'cpuacct.stat', parse: cpuModes, onlyWithoutV2: true },
  { controller: 'cpu', file: 'cpu.stat', parse: throttling, follows: true },
  { controller: 'cpu', file: 'cpu.cfs_quota_us', parse: limit('quotaUs'), isSetting: true },
  { controller: 'cpu', file: 'cpu.cfs_period_us', parse: whole('periodUs'), isSetting: true },
  { controller: 'memory', file: 'memory.usage_in_bytes', parse: whole('memoryUsed'), tellsMemory: true },
  { controller: 'memory', file: 'memory.kmem.usage_in_bytes', parse: whole('memoryKernel'), follows: true },
  { controller: 'memory', file: 'memory.stat', parse: memoryStat, follows: true },
  { controller: 'memory', file: 'memory.oom_control', parse: oomKills, follows: true },
  { controller: 'memory', file: 'memory.failcnt', parse: whole('limitHits'), follows: true },
  { controller: 'blkio', file: 'blkio.throttle.io_service_bytes_recursive', parse: ioBytes },
  { controller: 'blkio', file: 'blkio.throttle.io_serviced_recursive', parse: ioOps },
  { controller: 'pids', file: 'pids.current', parse: whole('pids') },
  { controller: 'pids', file: 'pids.max', parse: limit('pidsLimit'), isSetting: true },
];
