// What is written down of a sample: every series, and beside them the limits and counts that a sample has. One number a
// column; a machine has its load and its CPUs besides.
import { seriesOf } from '../history.js';
import { SERIES, type HostSample, type Pressure, type Sample, type SeriesName } from '../model.js';

const BESIDE: Readonly<Record<string, (sample: Sample) => number | undefined>> = {
  'cpu.limitCores': ({ cpu }) => cpu.limitCores,
  'memory.limit': ({ memory }) => memory.limit,
  'memory.majorFaults': ({ memory }) => memory.majorFaults,
  'memory.reclaimed': ({ memory }) => memory.reclaimed,
  'pids.limit': ({ pids }) => pids.limit,
  oomKills: ({ oomKills }) => oomKills,
};
const LOAD = ['load.1', 'load.5', 'load.15'] as const;
/** More CPUs than these are measured, and not written down one by one. */
const MAX_CPUS = 64;

/** The columns of a container. */
export const COLUMNS: readonly string[] = [...SERIES, ...Object.keys(BESIDE)];
const readers = [...SERIES.map((name) => seriesOf[name]), ...Object.values(BESIDE)];

/** The columns of a machine with so many CPUs. */
export const hostColumns = (cpus: number): readonly string[] => [
  ...COLUMNS,
  ...LOAD,
  ...Array.from({ length: Math.min(cpus, MAX_CPUS) }, (_, cpu) => `cpu.${cpu}`),
];

/** The numbers of a sample in the order of the columns; NaN where it has none. */
export function putSample(sample: Sample, row: Float64Array): void {
  for (let column = 0; column < readers.length; column++) row[column] = readers[column]!(sample) ?? NaN;
}

/** The same of a machine; the row's length says how many CPUs have a column. */
export function putHostSample(sample: HostSample, row: Float64Array): void {
  putSample(sample, row);
  row.set(sample.load, COLUMNS.length);
  for (let at = COLUMNS.length + LOAD.length, cpu = 0; at < row.length; at++, cpu++)
    row[at] = sample.perCpu[cpu] ?? NaN;
}

/** Finds a number by the name of its column; NaN where there is no such column. */
export type Numbers = (column: string) => number;

type Measured<Name extends string> = Partial<Record<Name, number>>;

function measured<Name extends string>(numbers: Numbers, columns: Readonly<Record<Name, string>>): Measured<Name> {
  const known: Measured<Name> = {};
  for (const name in columns) {
    const value = numbers(columns[name]);
    if (!Number.isNaN(value)) known[name] = value;
  }
  return known;
}

/** Where in a sample each series stands: group and name. */
const PLACES = {
  'cpu.cores': ['cpu', 'cores'],
  'cpu.user': ['cpu', 'userCores'],
  'cpu.system': ['cpu', 'systemCores'],
  'cpu.throttledPercent': ['cpu', 'throttledPercent'],
  'cpu.throttledMs': ['cpu', 'throttledMsPerSecond'],
  'memory.used': ['memory', 'used'],
  'memory.anon': ['memory', 'anon'],
  'memory.file': ['memory', 'file'],
  'memory.kernel': ['memory', 'kernel'],
  'memory.swap': ['memory', 'swap'],
  'memory.dirty': ['memory', 'dirty'],
  'memory.refaults': ['memory', 'refaults'],
  'memory.limitHits': ['memory', 'limitHits'],
  'io.readBytes': ['io', 'readBytes'],
  'io.writeBytes': ['io', 'writeBytes'],
  'io.readOps': ['io', 'readOps'],
  'io.writeOps': ['io', 'writeOps'],
  'pids.current': ['pids', 'current'],
  'pressure.cpu.some': ['pressure', 'cpu'],
  'pressure.cpu.full': ['pressure', 'cpu'],
  'pressure.memory.some': ['pressure', 'memory'],
  'pressure.memory.full': ['pressure', 'memory'],
  'pressure.io.some': ['pressure', 'io'],
  'pressure.io.full': ['pressure', 'io'],
  'network.rxBytes': ['network', 'rxBytes'],
  'network.txBytes': ['network', 'txBytes'],
} as const satisfies Readonly<Record<SeriesName, readonly [string, string]>>;

/** The columns of one group of a sample, by the names that they have there. */
function group<Name extends string>(
  name: string,
  more: Readonly<Record<Name, string>>,
): Readonly<Record<string, string>> {
  const places = Object.entries(PLACES).filter(([, [place]]) => place === name);
  return { ...Object.fromEntries(places.map(([series, [, field]]) => [field, series])), ...more };
}

const CPU = group('cpu', { limitCores: 'cpu.limitCores' });
const MEMORY = group('memory', {
  limit: 'memory.limit',
  majorFaults: 'memory.majorFaults',
  reclaimed: 'memory.reclaimed',
});
const IO = group('io', {});
const PIDS = group('pids', { limit: 'pids.limit' });
const NETWORK = group('network', {});

const pressure = (numbers: Numbers, resource: string): Pressure =>
  measured(numbers, { some: `pressure.${resource}.some`, full: `pressure.${resource}.full` });

/** The sample that was written down. */
export function takeSample(at: number, numbers: Numbers): Sample {
  return {
    at,
    cpu: measured(numbers, CPU),
    memory: measured(numbers, MEMORY),
    io: measured(numbers, IO),
    pids: measured(numbers, PIDS),
    pressure: {
      cpu: pressure(numbers, 'cpu'),
      memory: pressure(numbers, 'memory'),
      io: pressure(numbers, 'io'),
    },
    ...measured(numbers, { oomKills: 'oomKills' }),
    network: measured(numbers, NETWORK),
  };
}

export function takeHostSample(at: number, numbers: Numbers, columns: readonly string[]): HostSample {
  const perCpu = columns.filter((name) => /^cpu\.\d+$/.test(name)).map(numbers);
  const [one, five, fifteen] = LOAD.map(numbers) as [number, number, number];
  return { ...takeSample(at, numbers), load: [one, five, fifteen], perCpu };
}
