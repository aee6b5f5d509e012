// Who uses how much of what, at one moment: every container, and as HOST_ID the programs outside of all containers, which
// have what the machine counted and no container did.
import { HOST_ID, type Sample } from '../model.js';
import { isSum, type Observation } from './observation.js';

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
/** Anonymous memory and the kernel's: what nothing but its owner gives back. */
const held = ({ memory }: Sample): number => known(memory.anon) + known(memory.kernel);

/** How fast what is held grew; 0 where it is not known, or shrank. */
function growthOf(before: Sample | undefined, now: Sample, seconds: number): number {
  if (before?.memory.anon === undefined || now.memory.anon === undefined || !(seconds > 0)) return 0;
  return Math.max(0, held(now) - held(before)) / seconds;
}

/** A container while it is found out who makes the writes. */
interface Writer {
  readonly id: string;
  readonly sample: Sample;
  readonly charged: number;
  /** whether the closer look tells what it changed */
  readonly isSeen: boolean;
  readonly changed: number;
  readonly dirty: number;
}

const operationsOf = ({ io }: Sample): number => known(io.readOps) + known(io.writeOps);

function writersOf({ samples, closer }: Observation): Writer[] {
  const writers: Writer[] = [];
  for (const [id, sample] of samples) {
    if (isSum(id) || id === HOST_ID) continue;
    const charged = known(sample.io.writeBytes);
    const changed = closer?.get(id)?.writeBytes;
    writers.push({
      id,
      sample,
      charged,
      isSeen: changed !== undefined,
      changed: Math.max(charged, known(changed)),
      dirty: known(sample.memory.dirty),
    });
  }
  return writers;
}

/**
 * Who makes the writes. cgroup v1 charges nobody with what the kernel writes back: then who changed the pages has it, as the
 * closer look says; what is left goes to those it did not look at, by their share of the pages that wait for the disk.
 */
function writesOf(
  writers: readonly Writer[],
  host: Sample | undefined,
): { readonly of: (writer: Writer) => number; readonly outside: number } {
  let changed = 0;
  let dirtyInside = 0;
  let dirtyOfAll = 0;
  for (const writer of writers) {
    changed += writer.changed;
    dirtyOfAll += writer.dirty;
    if (!writer.isSeen) dirtyInside += writer.dirty;
  }
  const hidden = Math.max(0, known(host?.io.writeBytes) - changed);
  const dirty = Math.max(dirtyInside, known(host?.memory.dirty) - (dirtyOfAll - dirtyInside));
  return {
    of: (writer) => (writer.isSeen || dirty === 0 ? writer.changed : writer.changed + (hidden * writer.dirty) / dirty),
    outside: dirty > 0 ? (hidden * (dirty - dirtyInside)) / dirty : hidden,
  };
}

export function usesOf(observation: Observation, before: Observation | undefined, seconds: number): Uses {
  const { host, closer } = observation;
  const writers = writersOf(observation);
  const writes = writesOf(writers, host);
  let uncharged = 0;
  let operations = 0;
  for (const writer of writers) {
    uncharged += writes.of(writer) - writer.charged;
    operations += operationsOf(writer.sample);
  }
  uncharged += writes.outside;
  const hiddenOperations = host ? Math.max(0, operationsOf(host) - operations) : 0;
  const uses = new Map<string, Use>();
  const inside = { cores: 0, reads: 0, operations: 0, growth: 0 };
  for (const writer of writers) {
    const { id, sample, charged } = writer;
    const written = writes.of(writer);
    const use = {
      cores: known(sample.cpu.cores),
      reads: Math.max(known(sample.io.readBytes), known(closer?.get(id)?.readBytes)),
      writes: written,
      operations: operationsOf(sample) + (uncharged > 0 ? (hiddenOperations * (written - charged)) / uncharged : 0),
      growth: growthOf(before?.samples.get(id), sample, seconds),
    };
    uses.set(id, use);
    inside.cores += use.cores;
    inside.reads += use.reads;
    inside.operations += use.operations;
    inside.growth += use.growth;
  }
  if (host !== undefined)
    uses.set(HOST_ID, {
      cores: Math.max(0, known(host.cpu.cores) - inside.cores),
      reads: Math.max(0, known(host.io.readBytes) - inside.reads),
      writes: writes.outside,
      operations: Math.max(0, operationsOf(host) - inside.operations),
      growth: Math.max(0, growthOf(before?.host, host, seconds) - inside.growth),
    });
  return uses;
}
