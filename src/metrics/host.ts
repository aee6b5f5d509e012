// The machine's own counters, from /proc: the same numbers as a target's, and those that only a machine has.
import { parseCpuPressure, parseIoPressure, parseMemoryPressure } from './cgroup-v2.js';
import { nothingMeasured, type Counters, type Parse } from './counters.js';
import { virtualInterfaces } from './devices.js';
import { KeptFile } from './kept-file.js';
import { isNotLoopback, networkCounters, type InterfaceFilter, type NetworkCounters } from './net-dev.js';
import { cpuTimes, diskstats, keyed, keys, loadAverages, wholeNumber, type CpuTicks, type Text } from './proc.js';
import { busyShare, fillRow, type Moment } from './rates.js';
import { readTogether, type Reader } from './reader.js';

export interface HostCounters extends Counters {
  load: [number, number, number];
  eachCpu: (CpuTicks | undefined)[];
}

type HostParse = (text: Text, into: HostCounters) => void;

/** /proc/stat counts in USER_HZ, 100 a second. */
const TICK_US = 10_000;
const KIB = 1024;
const MEMINFO = keys(
  'MemTotal:',
  'MemAvailable:',
  'Buffers:',
  'Cached:',
  'SwapTotal:',
  'SwapFree:',
  'AnonPages:',
  'Slab:',
  'KernelStack:',
  'PageTables:',
  'Percpu:',
  'Dirty:',
  'Writeback:',
);
const VMSTAT = keys('workingset_refault_anon', 'workingset_refault_file', 'pgmajfault', 'pgsteal_kswapd', 'oom_kill');

const stat: HostParse = (text, into) => {
  const { total, each } = cpuTimes(text);
  into.eachCpu = each;
  if (total === undefined) return;
  into.userUs = total.user * TICK_US;
  into.systemUs = total.system * TICK_US;
  into.cpuUs = into.userUs + into.systemUs;
  // What the machine may use is what it has.
  into.quotaUs = each.filter((cpu) => cpu !== undefined).length;
  into.periodUs = 1;
};

const meminfo: HostParse = (text, into) => {
  const kib = keyed(text, MEMINFO).map((value) => value * KIB);
  const [total, available, buffers, cached, swapTotal, swapFree, anon, slab, stacks, tables, percpu, dirty, writeback] =
    kib;
  into.memoryLimit = total!;
  into.memoryUsed = total! - available!;
  into.memoryAnon = anon!;
  into.memoryFile = buffers! + cached!;
  into.memoryKernel = slab! + stacks! + tables! + percpu!;
  into.memoryDirty = dirty! + writeback!;
  into.memorySwap = swapTotal! - swapFree!;
};

const loadavg: HostParse = (text, into) => {
  const { load, threads } = loadAverages(text);
  into.load = load;
  into.pids = threads;
};

const vmstat: HostParse = (text, into) => {
  const [refaultAnon, refaultFile, majorFaults, reclaimed, oomKills] = keyed(text, VMSTAT);
  into.refaults = refaultAnon! + refaultFile!;
  into.majorFaults = majorFaults!;
  into.reclaimed = reclaimed!;
  into.oomKills = oomKills!;
};

/** "full" means nothing for the CPU of a whole machine; the kernel writes 0 there to please old readers (psi.rst). */
const cpuPressure: HostParse = (text, into) => {
  parseCpuPressure(text, into, () => true);
  into.cpuFullUs = NaN;
};

/** Longer than a page where there are many devices. */
const BY_RECORD: ReadonlySet<string> = new Set(['diskstats', 'net/dev']);

export class HostFiles {
  private readonly files: readonly KeptFile[];
  private readonly parsers: readonly HostParse[];
  private readonly vmstat: KeptFile;
  /** The one that tells of CPU time, and so whether the machine does anything. */
  readonly use: { readonly kept: KeptFile; readonly parse: HostParse };
  private readonly pidMax: KeptFile;
  /** as it was last looked at; NaN until then */
  private pidsLimit = NaN;
  private virtual: ReadonlySet<string>;

  constructor(
    private readonly reader: Reader,
    private readonly sysRoot: string,
  ) {
    this.virtual = virtualInterfaces(sysRoot);
    const of =
      (parse: Parse): HostParse =>
      (text, into) =>
        parse(text, into, reader.isDisk);
    const parsers: Readonly<Record<string, HostParse>> = {
      stat,
      meminfo,
      loadavg,
      vmstat,
      'pressure/cpu': cpuPressure,
      'pressure/memory': of(parseMemoryPressure),
      'pressure/io': of(parseIoPressure),
      diskstats: (text, into) => void Object.assign(into, diskstats(text, reader.isDisk)),
      'net/dev': (text, into) => this.network(text, into),
    };
    this.files = Object.keys(parsers).map(
      (file) => new KeptFile(`${reader.procRoot}/${file}`, reader.budget, !BY_RECORD.has(file)),
    );
    this.parsers = Object.values(parsers);
    this.pidMax = new KeptFile(`${reader.procRoot}/sys/kernel/pid_max`, reader.budget);
    const keptAs = (file: string): KeptFile => this.files[Object.keys(parsers).indexOf(file)]!;
    this.vmstat = keptAs('vmstat');
    this.use = { kept: keptAs('stat'), parse: stat };
  }

  read(): HostCounters {
    const counters: HostCounters = { ...nothingMeasured(), load: [NaN, NaN, NaN], eachCpu: [] };
    const { buffer } = this.reader;
    readTogether(this.reader, this.files, (index, text) => {
      if (typeof text !== 'string') this.parsers[index]!(text, counters);
    });
    // Its first page nearly always has what is asked for; asking for the rest makes the kernel add it all up once more.
    if (Number.isNaN(counters.oomKills) && this.vmstat.read(buffer) === 'read') vmstat(buffer, counters);
    counters.pidsLimit = this.limitOfPids();
    return counters;
  }

  /** Processes and threads are numbered from one space, so the largest id is the limit of both. It hardly ever changes. */
  private limitOfPids(): number {
    const { buffer } = this.reader;
    if (Number.isNaN(this.pidsLimit) && this.pidMax.read(buffer) === 'read') this.pidsLimit = wholeNumber(buffer);
    return this.pidsLimit;
  }

  /** Interfaces and files that came since, and what is looked at seldom. */
  lookAgain(): void {
    this.pidsLimit = NaN;
    this.pidMax.lookAgain();
    this.virtual = virtualInterfaces(this.sysRoot);
    for (const file of this.files) file.lookAgain();
  }

  close(): void {
    for (const file of [...this.files, this.pidMax]) file.close();
  }

  /** What goes over a container's veth and a bridge goes over the card too; where there is no card, all but lo count. */
  private network(text: Text, into: NetworkCounters): void {
    const isCard: InterfaceFilter = (line, from, to) =>
      !this.virtual.has(String.fromCharCode(...line.bytes.subarray(from, to)));
    networkCounters(text, isCard, into);
    if (Number.isNaN(into.rxBytes)) networkCounters(text, isNotLoopback, into);
  }
}

/** Cores in use, one a logical CPU. */
export const busyCpus = (before: HostCounters | undefined, { eachCpu }: HostCounters): number[] =>
  Array.from(eachCpu, (cpu, index) => busyShare(before?.eachCpu[index], cpu));

/** Fills a row with what the machine did between two readings; OOM kills are counted since it was booted. */
export const fillHostRow = (row: Float64Array, before: Moment | undefined, now: Moment): void =>
  fillRow(row, before, now, now.counters.oomKills);
