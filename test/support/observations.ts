// Series of observations made by hand: some containers, a machine, and what each does at each second.
import type { Observation, Sample } from '../../src/metrics/index.js';
import type { DiskRates, OnDisk } from '../../src/metrics/neighbours/observation.js';

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
  /** what it moves on each disk, on top */
  readonly on?: Readonly<Record<string, Partial<OnDisk>>>;
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

const onAll = ({ on = {} }: Doing, name: keyof OnDisk): number =>
  Object.values(on).reduce((sum, moved) => sum + (moved[name] ?? 0), 0);

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
    io: {
      readBytes: reads + onAll(doing, 'readBytes'),
      writeBytes: writes + onAll(doing, 'writeBytes'),
      readOps: operations + onAll(doing, 'operations'),
      writeOps: 0,
    },
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

function disksOf(doings: readonly Doing[]): ReadonlyMap<string, OnDisk> {
  const disks = new Map<string, OnDisk>();
  for (const { on = {} } of doings)
    for (const [disk, { readBytes = 0, writeBytes = 0, operations = 0 }] of Object.entries(on)) {
      const known = disks.get(disk) ?? { readBytes: 0, writeBytes: 0, operations: 0 };
      disks.set(disk, {
        readBytes: known.readBytes + readBytes,
        writeBytes: known.writeBytes + writeBytes,
        operations: known.operations + operations,
      });
    }
  return disks;
}

/** Told apart by disk as far as it is said of anybody. */
function ratesOf(doings: Readonly<Record<string, Doing>>, machine: Machine): DiskRates | undefined {
  const all = [...Object.values(doings), machine];
  if (!all.some(({ on }) => on !== undefined)) return undefined;
  return {
    machine: disksOf(all),
    targets: new Map(Object.entries(doings).map(([id, doing]) => [id, disksOf([doing])])),
  };
}

/** The machine has what its containers have, and what is said of it on top. */
export function observationAt(at: number, doings: Readonly<Record<string, Doing>>, machine: Machine = {}): Observation {
  const sums = Object.fromEntries(
    SUMMED.map((name) => [
      name,
      Object.values(doings).reduce((sum, doing) => sum + (doing[name] ?? 0), machine[name] ?? 0),
    ]),
  );
  const disks = ratesOf(doings, machine);
  const on = disks && { on: Object.fromEntries(disks.machine) };
  return {
    at,
    host: sampleOf(at, { of: 2, ...machine, ...sums, ...on }),
    ...(disks && { disks }),
    samples: new Map(Object.entries(doings).map(([id, doing]) => [id, sampleOf(at, doing)])),
  };
}
