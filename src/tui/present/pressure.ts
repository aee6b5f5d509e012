// Badges: what a container suffers from, worst first. "io 23% ▲" is a share of time spent waiting (PSI, some), "thr 78%" the
// share of periods in which its CPU quota ran out.
import type { Finding, Resource, Sample } from '../../metrics/index.js';
import { percent } from './units.js';

export interface Badge {
  readonly text: string;
  /** 0..1: how bad; the theme's stops say the colour */
  readonly level: number;
  /** worth the mark of one who suffers */
  readonly suffers: boolean;
}

/** Under this share a wait is noise, % of time. */
const WORTH_SAYING = 5;

/** Pressure that is hot at 50 %: half of the time lost is as bad as it needs to get. */
export const HALF_PRESSURE = 50;

/** @param findings what is judged of this very container: only who is judged to suffer gets the mark */
export function badgesOf(sample: Sample | undefined, findings: readonly Finding[]): readonly Badge[] {
  if (!sample) return [];
  const badges: Badge[] = [];
  const suffers = (resource: Resource, throttled: boolean): boolean =>
    findings.some((one) => one.resource === resource && (one.symptom === 'throttled') === throttled);
  const add = (name: string, value: number | undefined, marked: boolean, scale: number): void => {
    if (value === undefined || value < WORTH_SAYING) return;
    badges.push({ text: `${name} ${percent(value)}`, level: value / scale, suffers: marked });
  };
  add('thr', sample.cpu.throttledPercent, suffers('cpu', true), 100);
  add('io', sample.pressure.io.some, suffers('io', false), HALF_PRESSURE);
  add('mem', sample.pressure.memory.some, suffers('memory', false), HALF_PRESSURE);
  // A throttled container waits for the CPU by definition: saying both would say one thing twice.
  if (!badges.some(({ text }) => text.startsWith('thr')))
    add('cpu', sample.pressure.cpu.some, suffers('cpu', false), HALF_PRESSURE);
  return badges.sort((a, b) => Number(b.suffers) - Number(a.suffers) || b.level - a.level);
}

/** One number to sort by: the worst wait, % of time. */
export function pressureOf(sample: Sample | undefined): number {
  if (!sample) return 0;
  const { cpu, memory, io } = sample.pressure;
  return Math.max(cpu.some ?? 0, memory.some ?? 0, io.some ?? 0, (sample.cpu.throttledPercent ?? 0) / 2);
}
