// Who uses how much of what, at one moment: every container, and as HOST_ID the programs outside of all containers, which
// have what the machine counted and no container did.
import { HOST_ID, type Sample } from '../model.js';
import { isSum, type Closer, type Observation } from './observation.js';

/** Cores; bytes and operations a second. */
export interface Use {
  readonly cores: number;
  readonly reads: number;
  readonly writes: number;
  readonly operations: number;
  /** memory that is not page cache: how fast it grows */
  readonly growth: number;
}

export type Uses = ReadonlyMap<string, Use>;

/** What was not measured adds nothing. */
const known = (value: number | undefined): number => (value !== undefined && value > 0 ? value : 0);
const total = (values: Iterable<number>): number => {
  let all = 0;
  for (const value of values) all += value;
  return all;
};

/** Anonymous memory and the kernel's: what nothing but its owner gives back. */
const held = ({ memory }: Sample): number => known(memory.anon) + known(memory.kernel);

/** How fast what is held grew; 0 where it is not known, or shrank. */
function growthOf(before: Sample | undefined, now: Sample, seconds: number): number {
  if (before?.memory.anon === undefined || now.memory.anon === undefined || !(seconds > 0)) return 0;
  return Math.max(0, held(now) - held(before)) / seconds;
}

interface Written {
  readonly id: string;
  readonly charged: number;
  readonly writes: number;
}

const sumOf = (each: readonly { readonly dirty: number }[]): number => total(each.map(({ dirty }) => dirty));

/**
 * Who makes the writes. cgroup v1 charges nobody with what the kernel writes back: then who changed the pages has it, as the
 * closer look says; what is left goes to those it did not look at, by their share of the pages that wait for the disk.
 */
function writesOf(
  samples: ReadonlyMap<string, Sample>,
  host: Sample | undefined,
  closer: ReadonlyMap<string, Closer> | undefined,
): { readonly each: readonly Written[]; readonly outside: number } {
  const targets = [...samples].map(([id, { io, memory }]) => {
    const charged = known(io.writeBytes);
    const changed = closer?.get(id)?.writeBytes;
    return {
      id,
      charged,
      isSeen: changed !== undefined,
      changed: Math.max(charged, known(changed)),
      dirty: known(memory.dirty),
    };
  });
  const hidden = Math.max(0, known(host?.io.writeBytes) - total(targets.map(({ changed }) => changed)));
  const unseen = targets.filter(({ isSeen }) => !isSeen);
  const dirtyInside = sumOf(unseen);
  const dirtySeen = sumOf(targets) - dirtyInside;
  const dirty = Math.max(dirtyInside, known(host?.memory.dirty) - dirtySeen);
  const each = targets.map(({ id, charged, isSeen, changed, dirty: waits }) => ({
    id,
    charged,
    writes: isSeen || dirty === 0 ? changed : changed + (hidden * waits) / dirty,
  }));
  return { each, outside: dirty > 0 ? (hidden * (dirty - dirtyInside)) / dirty : hidden };
}

export function usesOf(
  { host, samples: measured, closer }: Observation,
  before: Observation | undefined,
  seconds: number,
): Uses {
  const samples = new Map([...measured].filter(([id]) => !isSum(id) && id !== HOST_ID));
  const writes = writesOf(samples, host, closer);
  const uncharged = total(writes.each.map((each) => each.writes - each.charged)) + writes.outside;
  const operations = ({ io }: Sample): number => known(io.readOps) + known(io.writeOps);
  const hiddenOperations = host ? Math.max(0, operations(host) - total([...samples.values()].map(operations))) : 0;
  const uses = new Map<string, Use>();
  for (const { id, charged, writes: written } of writes.each) {
    const sample = samples.get(id)!;
    uses.set(id, {
      cores: known(sample.cpu.cores),
      reads: Math.max(known(sample.io.readBytes), known(closer?.get(id)?.readBytes)),
      writes: written,
      operations: operations(sample) + (uncharged > 0 ? (hiddenOperations * (written - charged)) / uncharged : 0),
      growth: growthOf(before?.samples.get(id), sample, seconds),
    });
  }
  if (host !== undefined) {
    const inside = (name: keyof Use): number => total([...uses.values()].map((use) => use[name]));
    uses.set(HOST_ID, {
      cores: Math.max(0, known(host.cpu.cores) - inside('cores')),
      reads: Math.max(0, known(host.io.readBytes) - inside('reads')),
      writes: writes.outside,
      operations: Math.max(0, operations(host) - inside('operations')),
      growth: Math.max(0, growthOf(before?.host, host, seconds) - inside('growth')),
    });
  }
  return uses;
}
