// Series of observations made by hand: some containers, a machine, and what each does at each second.
import type { Observation, Sample } from '../../src/metrics/index.js';

export const T0 = Date.UTC(2026, 10, 3, 14, 2);
export const MiB = 1024 * 1024;

/** What one container does, flat; what is left out is 0, and undefined is not measured. */
export interface Doing {
  readonly cores?: number;
  readonly cpuWait?: number | undefined;
  readonly memoryWait?: number;
  readonly ioWait?: number;
  readonly throttled?: number;
  readonly reads?: number;
  readonly writes?: number;
  readonly operations?: number;
  readonly anon?: number;
  readonly dirty?: number;
  readonly refaults?: number;
  readonly limitHits?: number;
  readonly oomKills?: number;
}

export interface Machine extends Doing {
  readonly of?: number;
  readonly reclaimed?: number;
}

export function sampleOf(at: number, doing: Machine): Sample {
  const { cores = 0, memoryWait = 0, ioWait = 0, reads = 0, writes = 0, operations = 0, anon = 0 } = doing;
  const cpuWait = 'cpuWait' in doing ? doing.cpuWait : 0;
  return {
    at,
    cpu: { cores, throttledPercent: doing.throttled ?? 0, ...(doing.of !== undefined && { limitCores: doing.of }) },
    memory: {
      used: anon,
      anon,
      dirty: doing.dirty ?? 0,
      refaults: doing.refaults ?? 0,
      limitHits: doing.limitHits ?? 0,
      reclaimed: doing.reclaimed ?? 0,
    },
    io: { readBytes: reads, writeBytes: writes, readOps: operations, writeOps: 0 },
    pids: {},
    pressure: {
      cpu: cpuWait === undefined ? {} : { some: cpuWait },
      memory: { some: memoryWait },
      io: { some: ioWait },
    },
    network: {},
    oomKills: doing.oomKills ?? 0,
  };
}

const SUMMED = ['cores', 'reads', 'writes', 'operations', 'anon', 'dirty'] as const;

/** The machine has what its containers have, and what is said of it on top. */
export function observationAt(at: number, doings: Readonly<Record<string, Doing>>, machine: Machine = {}): Observation {
  const sums = Object.fromEntries(
    SUMMED.map((name) => [
      name,
      Object.values(doings).reduce((sum, doing) => sum + (doing[name] ?? 0), machine[name] ?? 0),
    ]),
  );
  return {
    at,
    host: sampleOf(at, { of: 2, ...machine, ...sums }),
    samples: new Map(Object.entries(doings).map(([id, doing]) => [id, sampleOf(at, doing)])),
  };
}
