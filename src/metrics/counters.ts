// What the kernel's files say at one moment, before anything is divided by time. NaN is "not measured", for a limit "none".
import { noNetwork, type NetworkCounters } from './net-dev.js';
import { limitAt, wholeNumber, type DeviceFilter, type Text } from './proc.js';

/** Those of the network are over every interface but lo. */
export interface Counters extends NetworkCounters {
  /** µs of CPU time since the cgroup began: all of it, in user mode, in the kernel */
  cpuUs: number;
  userUs: number;
  systemUs: number;
  /** periods of the quota in which something ran, those that ended throttled, and µs that tasks stood throttled */
  periods: number;
  throttledPeriods: number;
  throttledUs: number;
  /** µs of CPU time allowed in each period of that many µs */
  quotaUs: number;
  periodUs: number;
  /** bytes */
  memoryUsed: number;
  memoryAnon: number;
  memoryFile: number;
  memoryKernel: number;
  memorySwap: number;
  memoryLimit: number;
  /** bytes written to files that are not on the disk yet, those on their way included */
  memoryDirty: number;
  /** since the cgroup began: pages read again after they were taken from it, faults that waited for a read, allocations that
   * met its own limit */
  refaults: number;
  majorFaults: number;
  limitHits: number;
  /** pages that the kernel took back because the machine, not a cgroup, had too few free; counted of a machine alone */
  reclaimed: number;
  /** bytes and operations since the cgroup began */
  readBytes: number;
  writeBytes: number;
  readOps: number;
  writeOps: number;
  /** tasks: threads count too, as they do against the limit */
  pids: number;
  pidsLimit: number;
  /** µs that some or all tasks have waited since the cgroup began */
  cpuSomeUs: number;
  cpuFullUs: number;
  memorySomeUs: number;
  memoryFullUs: number;
  ioSomeUs: number;
  ioFullUs: number;
  /** processes killed for memory since the cgroup began */
  oomKills: number;
}

export const nothingMeasured = (): Counters => ({
  cpuUs: NaN,
  userUs: NaN,
  systemUs: NaN,
  periods: NaN,
  throttledPeriods: NaN,
  throttledUs: NaN,
  quotaUs: NaN,
  periodUs: NaN,
  memoryUsed: NaN,
  memoryAnon: NaN,
  memoryFile: NaN,
  memoryKernel: NaN,
  memorySwap: NaN,
  memoryLimit: NaN,
  memoryDirty: NaN,
  refaults: NaN,
  majorFaults: NaN,
  limitHits: NaN,
  reclaimed: NaN,
  readBytes: NaN,
  writeBytes: NaN,
  readOps: NaN,
  writeOps: NaN,
  pids: NaN,
  pidsLimit: NaN,
  cpuSomeUs: NaN,
  cpuFullUs: NaN,
  memorySomeUs: NaN,
  memoryFullUs: NaN,
  ioSomeUs: NaN,
  ioFullUs: NaN,
  oomKills: NaN,
  ...noNetwork(),
});

/** Reads one file's text into the counters; `counts` tells which block devices are disks. */
export type Parse = (text: Text, into: Counters, counts: DeviceFilter) => void;

/** A file that is one number. */
export const whole =
  (name: keyof Counters): Parse =>
  (text, into) => {
    into[name] = wholeNumber(text);
  };

/** A file that is one number or says that there is no limit. */
export const limit =
  (name: keyof Counters): Parse =>
  (text, into) => {
    into[name] = limitAt(text, 0);
  };
