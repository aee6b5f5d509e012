// What was measured of one target: every sample of the last 10 minutes, then steps of 10 s for 2 hours and of 60 s for a day,
// each with its mean and its peak. Bounded: after a day at 1 Hz it is 0.56 MB a target, at 10 Hz 1.22 MB.
import { SERIES, type Series, type SeriesName } from './model.js';
import { Ring } from './ring.js';

const MINUTE_MS = 60_000;
const FINE_MS = 10 * MINUTE_MS;
const COARSE = [
  { stepMs: 10_000, spanMs: 120 * MINUTE_MS },
  { stepMs: MINUTE_MS, spanMs: 24 * 60 * MINUTE_MS },
] as const;

const columnOf: ReadonlyMap<SeriesName, number> = new Map(SERIES.map((name, column) => [name, column]));

/** The mean and the peak of each series over the rows from `begin` on; means are weighted by the time of each row. */
function summary(ring: Ring, begin: number): { means: Float64Array; peaks: Float64Array } {
  const means = new Float64Array(SERIES.length);
  const weights = new Float64Array(SERIES.length);
  const peaks = new Float64Array(SERIES.length).fill(NaN);
  for (let i = begin; i < ring.length; i++) {
    const weight = ring.to(i) - ring.from(i);
    for (let column = 0; column < SERIES.length; column++) {
      const value = ring.value(i, column);
      if (Number.isNaN(value)) continue;
      means[column]! += value * weight;
      weights[column]! += weight;
      if (!(peaks[column]! >= value)) peaks[column] = value;
    }
  }
  for (let column = 0; column < SERIES.length; column++) means[column]! /= weights[column]!;
  return { means, peaks };
}

/** The end of what a ring holds. */
const endOf = (ring: Ring): number => (ring.length === 0 ? -Infinity : ring.to(ring.length - 1));

/** Rows laid over equal points in time: a point is the mean of what lies over it, weighted by how much of it does. */
export class Points {
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
  private readonly coarse = COARSE.map(({ stepMs, spanMs }) => ({
    stepMs,
    ring: new Ring(SERIES.length, spanMs / stepMs, true),
  }));

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

  /**
   * @param to when the sample was taken, and from when on it speaks for the time
   * @param row its numbers, those of the series first (see row.ts)
   */
  add(from: number, to: number, row: Float64Array): void {
    this.fine.dropAfter(to);
    for (const { ring } of this.coarse) ring.dropAfter(to);
    this.finishSteps((from + to) / 2);
    this.fine.push(from, to, row);
  }

  /** A step is finished when the first sample comes that belongs to another: its samples are summed up then. */
  private finishSteps(middle: number): void {
    const last = this.fine.length - 1;
    if (last < 0) return;
    const lastMiddle = (this.fine.from(last) + this.fine.to(last)) / 2;
    for (const { ring, stepMs } of this.coarse) {
      if (Math.floor(middle / stepMs) === Math.floor(lastMiddle / stepMs)) continue;
      const begin = this.fine.firstEndingAfter(endOf(ring));
      if (begin > last) continue;
      const { means, peaks } = summary(this.fine, begin);
      ring.push(this.fine.from(begin), this.fine.to(last), means, peaks);
    }
  }

  /** `points` equal steps over the `spanMs` before `until`, from the finest ring that still has all of it. */
  series(name: SeriesName, spanMs: number, points: number, until: number): Series {
    const from = until - spanMs;
    const laid = new Points(from, spanMs / points, points);
    const column = columnOf.get(name)!;
    const lay = (ring: Ring, since: number): void => {
      for (let i = ring.firstEndingAfter(since); i < ring.length && ring.from(i) < until; i++)
        laid.lay(ring.from(i), ring.to(i), ring.value(i, column), ring.peak(i, column));
    };
    if (this.fine.covers(from)) lay(this.fine, from);
    else {
      const { ring } = this.coarse.find((coarse) => coarse.ring.covers(from)) ?? this.coarse.at(-1)!;
      lay(ring, from);
      // The step that is not finished yet.
      lay(this.fine, Math.max(from, endOf(ring)));
    }
    return laid.series(name);
  }
}

/** What is asked of an id that was never measured. */
export function nothingSeries(name: SeriesName, spanMs: number, points: number, until: number): Series {
  return new Points(until - spanMs, spanMs / points, points).series(name);
}
