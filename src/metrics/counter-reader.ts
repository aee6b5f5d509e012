// The counters themselves, as the kernel has them now: for those who divide by time on their own.
import { nothingMeasured, type Counters } from './counters.js';
import { HostFiles } from './host.js';
import type { Target } from './model.js';
import { openReader } from './reader.js';
import { TargetFiles } from './target-files.js';

export interface CounterReader {
  /** What each target has counted; of one that is not there, nothing. */
  read(targets: readonly Target[]): ReadonlyMap<string, Readonly<Counters>>;
  readHost(): Readonly<Counters>;
}

/** It keeps nothing open: whoever asks may ask once a minute, or never again. */
export function createCounterReader(procRoot = '/proc', sysRoot = '/sys'): CounterReader {
  const reader = openReader(procRoot, sysRoot, 0);
  return {
    read: (targets) => {
      const all = new Map<string, Counters>();
      for (const { id, cgroup, netPid } of targets) {
        const files = new TargetFiles(cgroup, netPid, reader);
        const counters = files.read(0);
        files.close();
        if (counters !== undefined) all.set(id, counters);
      }
      return all;
    },
    readHost: () => {
      const files = new HostFiles(reader, sysRoot);
      const counters = { ...nothingMeasured(), ...files.read() };
      files.close();
      return counters;
    },
  };
}
