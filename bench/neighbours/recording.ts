// A run as it is kept: JSON lines, the first saying what it was and what was the matter, each further one an observation with
// its numbers in a fixed order. Small enough to be a fixture; read again it is exactly what the judge was given.
import type { HostSample, Sample } from '../../src/metrics/model.js';
import type { Closer, DiskRates, Observation, OnDisk } from '../../src/metrics/neighbours/observation.js';

/** What a run was made to show. */
export interface Label {
  /** who is hurt; empty when nobody is */
  readonly victims: readonly string[];
  /** who may be hurt as well, or not: neither counts */
  readonly maybe: readonly string[];
  /** who does it; the victim itself where its own limit does */
  readonly culprit?: string;
  readonly resource?: 'cpu' | 'memory' | 'io';
  /** ms since the epoch: when the matter began, and when the signal was given that led to it */
  readonly began?: number;
  readonly signalled?: number;
  /** how much of its work a service got done after it began, of what it did before: what suffering is, measured by itself */
  readonly got?: Readonly<Record<string, number>>;
}

export interface Heading {
  readonly scenario: string;
  readonly seed: number;
  /** hybrid, v1 or v2 */
  readonly host: string;
  readonly intervalMs: number;
  readonly groups: Readonly<Record<string, string>>;
  readonly label: Label;
}

export interface Recording extends Heading {
  readonly observations: readonly Observation[];
}

/** The numbers of a sample that judging uses, in the order in which they are kept. */
const FIELDS = [
  'cpu.cores',
  'cpu.limitCores',
  'cpu.throttledPercent',
  'memory.used',
  'memory.anon',
  'memory.file',
  'memory.limit',
  'memory.dirty',
  'memory.refaults',
  'memory.majorFaults',
  'memory.limitHits',
  'memory.reclaimed',
  'io.readBytes',
  'io.writeBytes',
  'io.readOps',
  'io.writeOps',
  'pids.current',
  'pressure.cpu.some',
  'pressure.cpu.full',
  'pressure.memory.some',
  'pressure.memory.full',
  'pressure.io.some',
  'pressure.io.full',
  'oomKills',
] as const;
const CLOSER = ['readBytes', 'writeBytes', 'waitingCores'] as const;
const ON_DISK = ['readBytes', 'writeBytes', 'operations'] as const;

type Kept = readonly (number | null)[];
type KeptDisks = Readonly<Record<string, Kept>>;
interface Line {
  readonly at: number;
  readonly host?: Kept;
  readonly perCpu?: Kept;
  readonly targets: Readonly<Record<string, Kept>>;
  readonly closer?: Readonly<Record<string, Kept>>;
  /** by the disk's name, of the machine and of each target; left out where there is one disk, of which the sums say all */
  readonly disks?: { readonly machine: KeptDisks; readonly targets: Readonly<Record<string, KeptDisks>> };
}

/** Four digits are more than the judge can tell apart. */
const kept = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? Number(value.toPrecision(4)) : null;

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], value);

const keep = (sample: Sample): Kept => FIELDS.map((field) => kept(at(sample, field)));

function sampleOf(time: number, numbers: Kept): Sample {
  const sample = { cpu: {}, memory: {}, io: {}, pids: {}, pressure: { cpu: {}, memory: {}, io: {} }, network: {} };
  FIELDS.forEach((field, i) => {
    const value = numbers[i];
    if (value === null || value === undefined) return;
    const names = field.split('.');
    const last = names.pop()!;
    ((at(sample, names.join('.')) as Record<string, number> | undefined) ?? (sample as Record<string, unknown>))[last] =
      value;
  });
  return { at: time, ...sample };
}

const keepDisks = (disks: ReadonlyMap<string, OnDisk>): KeptDisks =>
  Object.fromEntries([...disks].map(([disk, moved]) => [disk, ON_DISK.map((name) => kept(moved[name]))]));

const disksOf = (disks: KeptDisks): ReadonlyMap<string, OnDisk> =>
  new Map(
    Object.entries(disks).map(([disk, [readBytes, writeBytes, operations]]) => [
      disk,
      { readBytes: readBytes ?? 0, writeBytes: writeBytes ?? 0, operations: operations ?? 0 },
    ]),
  );

const ratesOf = ({ machine, targets }: NonNullable<Line['disks']>): DiskRates => ({
  machine: disksOf(machine),
  targets: new Map(Object.entries(targets).map(([id, disks]) => [id, disksOf(disks)])),
});

export function lineOf({ at: time, host, samples, closer, disks }: Observation): string {
  const line: Line = {
    at: time,
    ...(host && { host: keep(host), perCpu: ((host as Partial<HostSample>).perCpu ?? []).map(kept) }),
    targets: Object.fromEntries([...samples].map(([id, sample]) => [id, keep(sample)])),
    ...(closer && {
      closer: Object.fromEntries([...closer].map(([id, each]) => [id, CLOSER.map((name) => kept(each[name]))])),
    }),
    ...(disks &&
      disks.machine.size > 1 && {
        disks: {
          machine: keepDisks(disks.machine),
          targets: Object.fromEntries([...disks.targets].map(([id, each]) => [id, keepDisks(each)])),
        },
      }),
  };
  return JSON.stringify(line);
}

function observationOf(text: string, groups: ReadonlyMap<string, string>): Observation {
  const { at: time, host, perCpu, targets, closer, disks } = JSON.parse(text) as Line;
  const closerOf = (numbers: Kept): Closer =>
    Object.fromEntries(CLOSER.flatMap((name, i) => (typeof numbers[i] === 'number' ? [[name, numbers[i]]] : [])));
  return {
    at: time,
    host: host && ({ ...sampleOf(time, host), perCpu: perCpu ?? [] } as Sample),
    samples: new Map(Object.entries(targets).map(([id, numbers]) => [id, sampleOf(time, numbers)])),
    ...(closer && { closer: new Map(Object.entries(closer).map(([id, numbers]) => [id, closerOf(numbers)])) }),
    ...(disks && { disks: ratesOf(disks) }),
    groups,
  };
}

export const written = ({ observations, ...heading }: Recording): string =>
  [JSON.stringify(heading), ...observations.map(lineOf), ''].join('\n');

export function readRecording(text: string): Recording {
  const [first, ...rest] = text.split('\n').filter((line) => line !== '');
  const heading = JSON.parse(first ?? '') as Heading;
  const groups = new Map(Object.entries(heading.groups));
  return { ...heading, observations: rest.map((line) => observationOf(line, groups)) };
}
