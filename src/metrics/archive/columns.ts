// What is written down of a sample: all of its numbers, one a column; of a machine its load and its CPUs besides.
import { sampleOf, COLUMNS } from '../row.js';
import type { HostSample, Sample } from '../model.js';

const LOAD = ['load.1', 'load.5', 'load.15'] as const;
/** More CPUs than these are measured, and not written down one by one. */
const MAX_CPUS = 64;

/** The columns of a machine with so many CPUs. */
export const hostColumns = (cpus: number): readonly string[] => [
  ...COLUMNS,
  ...LOAD,
  ...Array.from({ length: Math.min(cpus, MAX_CPUS) }, (_, cpu) => `cpu.${cpu}`),
];

/** What only a machine has, behind the numbers of its sample; the row's length says how many CPUs have a column. */
export function putLoad(row: Float64Array, load: readonly number[], perCpu: readonly number[]): void {
  row.set(load, COLUMNS.length);
  for (let at = COLUMNS.length + LOAD.length, cpu = 0; at < row.length; at++, cpu++) row[at] = perCpu[cpu] ?? NaN;
}

/** Finds a number by the name of its column; NaN where there is no such column. */
export type Numbers = (column: string) => number;

/** The sample that was written down, whatever the order of its columns was then. */
export const takeSample = (at: number, numbers: Numbers): Sample => sampleOf(at, Float64Array.from(COLUMNS, numbers));

export function takeHostSample(at: number, numbers: Numbers, columns: readonly string[]): HostSample {
  const perCpu = columns.filter((name) => /^cpu\.\d+$/.test(name)).map(numbers);
  const [one, five, fifteen] = LOAD.map(numbers) as [number, number, number];
  return { ...takeSample(at, numbers), load: [one, five, fifteen], perCpu };
}
