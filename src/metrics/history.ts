// What was measured of one target: every sample of the last 10 minutes, then steps of 10 s for 2 hours and of 60 s for a day,
// each with its mean and its peak. Bounded: after a day at 1 Hz it is 0.64 MB a target, at 10 Hz 1.4 MB.
import { SERIES, type Series, type SeriesName } from './model.js';
import { Points } from './points.js';
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

/** Ten minutes of samples, and a few more for those taken between the timer's. */
const fineRows = (intervalMs: number): number => Math.ceil(FINE_MS / intervalMs) + 10;

/** What rows are laid over here, one series after the other. */
const laid = new Points();

export class History {
  private readonly fine: Ring;
  /** the last answer of each series, until the next sample: frames are painted between two */
  private answers: ({ readonly spanMs: number; readonly until: number; readonly series: Series } | undefined)[] = [];
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
    if (this.answers.length > 0) this.answers = [];
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
    const column = columnOf.get(name)!;
    const known = this.answers[column];
    if (known?.spanMs === spanMs && known.until === until && known.series.values.length === points) return known.series;
    const series = this.lay(name, column, spanMs, points, until);
    this.answers[column] = { spanMs, until, series };
    return series;
  }

  private lay(name: SeriesName, column: number, spanMs: number, points: number, until: number): Series {
    const from = until - spanMs;
    laid.begin(from, spanMs / points, points);
    if (this.fine.covers(from)) this.fine.layOver(laid, column, from, until);
    else {
      const { ring } = this.coarse.find((coarse) => coarse.ring.covers(from)) ?? this.coarse.at(-1)!;
      ring.layOver(laid, column, from, until);
      // The step that is not finished yet.
      this.fine.layOver(laid, column, Math.max(from, endOf(ring)), until);
    }
    return laid.series(name);
  }
}
