// What a limit would do to a container if it were put in force now, said before it is: one clause, or nothing where it does
// nothing that is not plain. Pure.
import { parseBytes, parseCpus } from '../../engine/index.js';
import type { Sample } from '../../metrics/index.js';
import type { LimitField } from '../reducers/limits.js';
import { bytes, cores, count, percent, rate } from './units.js';

export interface Consequence {
  readonly text: string;
  /** it hurts at once; otherwise it is something to know */
  readonly hurts: boolean;
}

export interface Circumstances {
  readonly name: string;
  /** the last sample; absent while it does not run */
  readonly sample: Sample | undefined;
  /** the memory limit in bytes that it would have; absent is none */
  readonly memoryLimit: number | undefined;
  /** memory and IO are controlled by cgroup v1 */
  readonly isV1: boolean;
  /** whether a weight of the disk does anything here */
  readonly ioWeights: boolean;
}

const hurts = (text: string): Consequence => ({ text, hurts: true });
const toKnow = (text: string): Consequence => ({ text, hurts: false });

const NANO = 1e9;

/** @param text what stands in the field: a limit, or nothing for "no limit" */
export function consequenceOf(field: LimitField, text: string, facts: Circumstances): Consequence | undefined {
  if (text === '') return undefined;
  try {
    return CONSEQUENCES[field](text, facts);
  } catch {
    // It is no value, which is said beside the field when it is to be put in force.
    return undefined;
  }
}

const CONSEQUENCES: Readonly<Record<LimitField, (text: string, facts: Circumstances) => Consequence | undefined>> = {
  cpu(text, { sample }) {
    const limit = parseCpus(text) / NANO;
    const used = sample?.cpu.cores ?? 0;
    if (limit <= 0 || used <= limit * 1.05) return undefined;
    return hurts(
      `it uses ${cores(used)} now: throttled, it stands still about ${percent((1 - limit / used) * 100)} of that time`,
    );
  },

  memory(text, { name, sample }) {
    const limit = parseBytes(text, 'the memory limit');
    const { used, file = 0 } = sample?.memory ?? {};
    if (used === undefined || limit <= 0 || limit >= used) return undefined;
    const excess = used - limit;
    if (excess <= file)
      return hurts(
        `${bytes(excess)} below what is in use: that much page cache is taken back and read again from the disk`,
      );
    return hurts(`${bytes(excess)} below what is in use: that much is reclaimed, or ${name} is killed`);
  },

  'memory-high'(text, { sample, memoryLimit }) {
    const high = parseBytes(text, 'the memory high mark');
    if (memoryLimit !== undefined && high >= memoryLimit)
      return toKnow(`not below the limit of ${bytes(memoryLimit)}: that is met first`);
    const used = sample?.memory.used;
    if (used === undefined || high >= used)
      return toKnow('above it, it is slowed down and memory is taken back; it is never killed');
    return hurts(`${bytes(used - high)} are taken back, and it is slowed down until they are; nothing is killed`);
  },

  reserved: (_text, { isV1 }) =>
    toKnow(
      isV1
        ? 'when the host runs short, what it has above this is taken first'
        : 'when the host runs short, this much is left to it; until then it does nothing',
    ),

  reads: (text, facts) => ofRate(text, 'reads', facts.sample?.io.readBytes, facts),
  writes: (text, facts) => ofRate(text, 'writes', facts.sample?.io.writeBytes, facts),

  'cpu-weight': () => toKnow('means nothing while nobody else wants the CPU'),
  'io-weight': (_text, { ioWeights }) =>
    ioWeights
      ? toKnow('means nothing while nobody else wants the disk')
      : hurts('means nothing here: the disk has no scheduler that knows weights (bfq, or io.cost)'),

  pids(text, { sample }) {
    const limit = Number(text);
    const current = sample?.pids.current ?? 0;
    if (!Number.isInteger(limit) || limit < 1 || current < limit) return undefined;
    return hurts(
      `it has ${count(current)} now: no new process or thread until ${count(current - limit + 1)} have ended`,
    );
  },
};

function ofRate(
  text: string,
  what: 'reads' | 'writes',
  used: number | undefined,
  { isV1 }: Circumstances,
): Consequence | undefined {
  const limit = parseBytes(text, 'the rate');
  // What goes through the page cache is written later, by the kernel, on nobody's account.
  const aside = isV1 && what === 'writes' ? 'on cgroup v1 only direct and synchronous writes count' : undefined;
  if (used === undefined || limit <= 0 || used <= limit) return aside === undefined ? undefined : toKnow(aside);
  return hurts(`it ${what} ${rate(used)}/s now: the rest waits${aside === undefined ? '' : `; ${aside}`}`);
}
