// How much a container suffers at one moment, by kind: % of its time, or of its quota's periods. NaN is not measured.
import type { Sample } from '../model.js';
import type { Closer } from './observation.js';

export interface Pains {
  /** waits for a CPU that others have, by how much it is the worse for it */
  readonly cpu: number;
  /** the same, of its time */
  readonly cpuOfItsTime: number;
  /** waits for its own quota */
  readonly throttled: number;
  /** waits for the disk */
  readonly io: number;
  /** waits for memory: while it is reclaimed, or while what was taken from its page cache is read again */
  readonly memory: number;
  /** 0..1 of its reads that are such re-reads */
  readonly readAgain: number;
  /** bytes a second of them */
  readonly refaultBytes: number;
}

/** Of most machines; where pages are larger, re-reads are taken for less than they are. */
const PAGE_BYTES = 4096;
/** Fewer pages a second than this are the ordinary coming and going. */
const FEW_REFAULTS = 50;

const number = (value: number | undefined): number => value ?? NaN;
/** The greater of what is known. */
const greater = (a: number, b: number): number => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b));
const percent = (value: number): number => Math.min(100, Math.max(0, value));

/** Without pressure files, what the tasks say themselves: how much of the time that they wanted to run they stood waiting. */
function waitsForCpu({ pressure, cpu }: Sample, closer: Closer | undefined): number {
  if (pressure.cpu.some !== undefined) return pressure.cpu.some;
  const waiting = closer?.waitingCores;
  if (waiting === undefined) return NaN;
  const wanted = waiting + (cpu.cores ?? 0);
  return wanted > 0.05 ? (waiting / wanted) * 100 : 0;
}

/** A wait is never worse than so many times the part of its time that it is, however little it wanted to run. */
const WORSE_AT_MOST = 1.6;

/** To wait for 12 % of the time is worse for who runs in half of it than for who runs in all of it: it is that much slower. */
function slowedBy(waits: number, { cpu: { cores = 0 } }: Sample): number {
  if (!(waits > 0)) return waits;
  return Math.max(waits, Math.min(WORSE_AT_MOST * waits, (waits / (waits + cores * 100)) * 100));
}

export function painsOf(sample: Sample, closer: Closer | undefined): Pains {
  const { cpu, memory, io, pressure } = sample;
  const refaults = memory.refaults ?? 0;
  const refaultBytes = refaults > FEW_REFAULTS ? refaults * PAGE_BYTES : 0;
  const readBytes = Math.max(io.readBytes ?? 0, closer?.readBytes ?? 0);
  const readAgain = refaultBytes > 0 ? Math.min(1, readBytes > 0 ? refaultBytes / readBytes : 1) : 0;
  const disk = number(pressure.io.some);
  const throttled = number(cpu.throttledPercent);
  // The kernel counts a throttled task as one that waits for a CPU.
  const waits = waitsForCpu(sample, closer) - (throttled || 0);
  return {
    cpu: percent(slowedBy(waits, sample)),
    cpuOfItsTime: percent(waits),
    throttled: percent(throttled),
    io: percent(disk * (1 - readAgain)),
    memory: percent(greater(number(pressure.memory.some), disk * readAgain)),
    readAgain,
    refaultBytes,
  };
}
