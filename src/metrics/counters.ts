// What the kernel's files say at one moment, before anything is divided by time. NaN is "not measured", for a limit "none".
import { limitAt, wholeNumber, type DeviceFilter, type Text } from './proc.js';

export interface Counters {
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
  /** bytes since the network namespace began */
  rxBytes: number;
  txBytes: number;
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
  rxBytes: NaN,
  txBytes: NaN,
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
