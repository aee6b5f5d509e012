// The machine's own counters, from /proc: the same numbers as a target's, and those that only a machine has.
import { parseCpuPressure, parseIoPressure, parseMemoryPressure } from './cgroup-v2.js';
import { nothingMeasured, type Counters, type Parse } from './counters.js';
import { virtualInterfaces } from './devices.js';
import { KeptFile } from './kept-file.js';
import type { HostSample } from './model.js';
import {
  cpuTimes,
  diskstats,
  isNotLoopback,
  keyed,
  keys,
  loadAverages,
  networkBytes,
  wholeNumber,
  type CpuTicks,
  type InterfaceFilter,
  type Text,
} from './proc.js';
import { busyShare, sampleOf, type Moment } from './rates.js';
import type { Reader } from './target-files.js';

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

/** Processes and threads are numbered from one space, so the largest id is the limit of both. */
const pidMax: HostParse = (text, into) => {
  into.pidsLimit = wholeNumber(text);
};

/** "full" means nothing for the CPU of a whole machine; the kernel writes 0 there to please old readers (psi.rst). */
const cpuPressure: HostParse = (text, into) => {
  parseCpuPressure(text, into, () => true);
  into.cpuFullUs = NaN;
};

export class HostFiles {
  private readonly files: readonly { readonly kept: KeptFile; readonly parse: HostParse }[];
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
      'sys/kernel/pid_max': pidMax,
      'pressure/cpu': cpuPressure,
      'pressure/memory': of(parseMemoryPressure),
      'pressure/io': of(parseIoPressure),
      diskstats: (text, into) => void Object.assign(into, diskstats(text, reader.isDisk)),
      'net/dev': (text, into) => void Object.assign(into, this.network(text)),
    };
    this.files = Object.entries(parsers).map(([file, parse]) => ({
      kept: new KeptFile(`${reader.procRoot}/${file}`, reader.budget),
      parse,
    }));
  }

  read(): HostCounters {
    const counters: HostCounters = { ...nothingMeasured(), load: [NaN, NaN, NaN], eachCpu: [] };
    for (const { kept, parse } of this.files)
      if (kept.read(this.reader.buffer) === 'read') parse(this.reader.buffer, counters);
    return counters;
  }

  /** Interfaces and files that came since. */
  lookAgain(): void {
    this.virtual = virtualInterfaces(this.sysRoot);
    for (const { kept } of this.files) kept.lookAgain();
  }

  close(): void {
    for (const { kept } of this.files) kept.close();
  }

  /** What goes over a container's veth and a bridge goes over the card too; where there is no card, all but lo count. */
  private network(text: Text): { rxBytes: number; txBytes: number } {
    const isCard: InterfaceFilter = (line, from, to) =>
      !this.virtual.has(String.fromCharCode(...line.bytes.subarray(from, to)));
    const cards = networkBytes(text, isCard);
    return Number.isNaN(cards.rxBytes) ? networkBytes(text, isNotLoopback) : cards;
  }
}

/** `oomKills` since the machine booted. */
export function hostSampleOf(before: Moment<HostCounters> | undefined, now: Moment<HostCounters>): HostSample {
  const { counters } = now;
  return {
    ...sampleOf(before, now, counters.oomKills),
    load: counters.load,
    perCpu: Array.from(counters.eachCpu, (cpu, index) => busyShare(before?.counters.eachCpu[index], cpu)),
  };
}
