// What was measured of one target: every sample of the last 10 minutes, then steps of 10 s for 2 hours and of 60 s for a day,
// each with its mean and its peak. Bounded: after a day at 1 Hz it is 0.50 MB a target, at 10 Hz 1.08 MB.
import { SERIES, type Sample, type Series, type SeriesName } from './model.js';
import { Ring } from './ring.js';

const MINUTE_MS = 60_000;
const FINE_MS = 10 * MINUTE_MS;
const COARSE = [
  { stepMs: 10_000, spanMs: 120 * MINUTE_MS },
  { stepMs: MINUTE_MS, spanMs: 24 * 60 * MINUTE_MS },
] as const;

const read: Readonly<Record<SeriesName, (sample: Sample) => number | undefined>> = {
  'cpu.cores': ({ cpu }) => cpu.cores,
  'cpu.user': ({ cpu }) => cpu.userCores,
  'cpu.system': ({ cpu }) => cpu.systemCores,
  'cpu.throttledPercent': ({ cpu }) => cpu.throttledPercent,
  'cpu.throttledMs': ({ cpu }) => cpu.throttledMsPerSecond,
  'memory.used': ({ memory }) => memory.used,
  'memory.anon': ({ memory }) => memory.anon,
  'memory.file': ({ memory }) => memory.file,
  'memory.kernel': ({ memory }) => memory.kernel,
  'memory.swap': ({ memory }) => memory.swap,
  'io.readBytes': ({ io }) => io.readBytes,
  'io.writeBytes': ({ io }) => io.writeBytes,
  'io.readOps': ({ io }) => io.readOps,
  'io.writeOps': ({ io }) => io.writeOps,
  'pids.current': ({ pids }) => pids.current,
  'pressure.cpu.some': ({ pressure }) => pressure.cpu.some,
  'pressure.cpu.full': ({ pressure }) => pressure.cpu.full,
  'pressure.memory.some': ({ pressure }) => pressure.memory.some,
  'pressure.memory.full': ({ pressure }) => pressure.memory.full,
  'pressure.io.some': ({ pressure }) => pressure.io.some,
  'pressure.io.full': ({ pressure }) => pressure.io.full,
  'network.rxBytes': ({ network }) => network.rxBytes,
  'network.txBytes': ({ network }) => network.txBytes,
};
const readers = SERIES.map((name) => read[name]);
const columnOf: ReadonlyMap<SeriesName, number> = new Map(SERIES.map((name, column) => [name, column]));

/** One step of a coarse ring while it is gathered. Means are weighted by the time that each sample stands for. */
class Step {
  private readonly sums = new Float64Array(SERIES.length);
  private readonly weights = new Float64Array(SERIES.length);
  readonly peaks = new Float64Array(SERIES.length).fill(NaN);

  constructor(
    readonly number: number,
    readonly from: number,
    public to: number,
  ) {}

  add(to: number, weight: number, row: Float64Array): void {
    this.to = Math.max(this.to, to);
    for (let column = 0; column < row.length; column++) {
      const value = row[column]!;
      if (Number.isNaN(value)) continue;
      this.sums[column]! += value * weight;
      this.weights[column]! += weight;
      if (!(this.peaks[column]! >= value)) this.peaks[column] = value;
    }
  }

  mean(column: number): number {
    return this.sums[column]! / this.weights[column]!;
  }

  means(): Float64Array {
    return this.sums.map((_, column) => this.mean(column));
  }
}

/** A ring of steps, and the step that the newest samples belong to. */
class CoarseRing {
  readonly ring: Ring;
  step: Step | undefined;

  constructor(
    private readonly stepMs: number,
    spanMs: number,
  ) {
    this.ring = new Ring(SERIES.length, spanMs / stepMs, true);
  }

  add(from: number, to: number, row: Float64Array): void {
    const number = Math.floor((from + to) / 2 / this.stepMs);
    this.ring.dropAfter(to);
    const { step } = this;
    if (step?.number !== number) {
      if (step !== undefined && step.number < number) this.ring.push(step.from, step.to, step.means(), step.peaks);
      this.step = new Step(number, from, to);
    }
    this.step?.add(to, to - from, row);
  }
}

/** Rows laid over equal points in time: a point is the mean of what lies over it, weighted by how much of it does. */
class Points {
  private readonly sums: Float64Array;
  private readonly weights: Float64Array;
  private readonly peaks: Float64Array;

  constructor(
    private readonly from: number,
    private readonly stepMs: number,
    private readonly count: number,
  ) {
    this.sums = new Float64Array(count);
    this.weights = new Float64Array(count);
    this.peaks = new Float64Array(count).fill(NaN);
  }

  lay(from: number, to: number, mean: number, peak: number): void {
    if (Number.isNaN(mean)) return;
    for (let point = Math.max(0, Math.floor((from - this.from) / this.stepMs)); point < this.count; point++) {
      const begin = this.from + point * this.stepMs;
      if (begin >= to) break;
      const overlap = Math.min(to, begin + this.stepMs) - Math.max(from, begin);
      if (overlap <= 0) continue;
      this.sums[point]! += mean * overlap;
      this.weights[point]! += overlap;
      // A row that only touches a point, because timers tremble, does not lend it its peak. (Half, less what rounding takes.)
      const belongs = overlap > 0.49 * Math.min(this.stepMs, to - from);
      if (belongs && !(this.peaks[point]! >= peak)) this.peaks[point] = peak;
    }
  }

  series(name: SeriesName): Series {
    const values = this.sums.map((sum, point) => sum / this.weights[point]!);
    const peaks = this.peaks.map((peak, point) => (peak > values[point]! ? peak : values[point]!));
    return { name, from: this.from, stepMs: this.stepMs, values, peaks };
  }
}

/** Ten minutes of samples, and a few more for those taken between the timer's. */
const fineRows = (intervalMs: number): number => Math.ceil(FINE_MS / intervalMs) + 10;

export class History {
  private readonly fine: Ring;
  private readonly coarse = COARSE.map(({ stepMs, spanMs }) => new CoarseRing(stepMs, spanMs));
  private readonly row = new Float64Array(SERIES.length);

  constructor(intervalMs: number) {
    this.fine = new Ring(SERIES.length, fineRows(intervalMs), false);
  }

  /** Samples come at another interval from now on; room for more of them once made stays. */
  setInterval(intervalMs: number): void {
    this.fine.extend(fineRows(intervalMs));
  }

  get bytes(): number {
    return this.coarse.reduce((sum, { ring }) => sum + ring.bytes, this.fine.bytes);
  }

  /** @param spanMs the time up to `sample.at` that the sample speaks for */
  add(sample: Sample, spanMs: number): void {
    for (let column = 0; column < readers.length; column++) this.row[column] = readers[column]!(sample) ?? NaN;
    const to = sample.at;
    this.fine.dropAfter(to);
    this.fine.push(to - spanMs, to, this.row);
    for (const coarse of this.coarse) coarse.add(to - spanMs, to, this.row);
  }

  /** `points` equal steps over the `spanMs` before `until`, from the finest ring that still has all of it. */
  series(name: SeriesName, spanMs: number, points: number, until: number): Series {
    const from = until - spanMs;
    const laid = new Points(from, spanMs / points, points);
    const column = columnOf.get(name)!;
    const coarse = this.fine.covers(from)
      ? undefined
      : (this.coarse.find(({ ring }) => ring.covers(from)) ?? this.coarse.at(-1));
    const ring = coarse?.ring ?? this.fine;
    for (let i = ring.firstEndingAfter(from); i < ring.length && ring.from(i) < until; i++)
      laid.lay(ring.from(i), ring.to(i), ring.value(i, column), ring.peak(i, column));
    const step = coarse?.step;
    if (step !== undefined) laid.lay(step.from, step.to, step.mean(column), step.peaks[column]!);
    return laid.series(name);
  }
}

/** What is asked of an id that was never measured. */
export function nothingSeries(name: SeriesName, spanMs: number, points: number, until: number): Series {
  return new Points(until - spanMs, spanMs / points, points).series(name);
}
