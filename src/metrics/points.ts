// Rows laid over equal points in time: a point is the mean of what lies over it, weighted by how much of it does.
import type { Series, SeriesName } from './model.js';

/** One graph after the other is laid in the same arrays: hundreds are, for one frame. */
export class Points {
  private sums = new Float64Array(0);
  private weights = new Float64Array(0);
  private peaks = new Float64Array(0);
  private from = 0;
  private stepMs = 1;
  private count = 0;

  /** From here on points from such a time on, with nothing on them. */
  begin(from: number, stepMs: number, count: number): void {
    this.from = from;
    this.stepMs = stepMs;
    this.count = count;
    if (this.sums.length < count) {
      this.sums = new Float64Array(count);
      this.weights = new Float64Array(count);
      this.peaks = new Float64Array(count);
    }
    this.sums.fill(0, 0, count);
    this.weights.fill(0, 0, count);
    this.peaks.fill(NaN, 0, count);
  }

  lay(from: number, to: number, mean: number, peak: number): void {
    if (Number.isNaN(mean)) return;
    const { sums, weights, peaks, stepMs } = this;
    for (let point = Math.max(0, Math.floor((from - this.from) / stepMs)); point < this.count; point++) {
      const begin = this.from + point * stepMs;
      if (begin >= to) break;
      const overlap = Math.min(to, begin + stepMs) - Math.max(from, begin);
      if (overlap <= 0) continue;
      sums[point]! += mean * overlap;
      weights[point]! += overlap;
      // A row that only touches a point, because timers tremble, does not lend it its peak. (Half, less what rounding takes.)
      const belongs = overlap > 0.49 * Math.min(stepMs, to - from);
      if (belongs && !(peaks[point]! >= peak)) peaks[point] = peak;
    }
  }

  series(name: SeriesName): Series {
    const { count, sums, weights, peaks: highest } = this;
    const values = new Float64Array(count);
    const peaks = new Float64Array(count);
    for (let point = 0; point < count; point++) {
      const value = sums[point]! / weights[point]!;
      values[point] = value;
      peaks[point] = highest[point]! > value ? highest[point]! : value;
    }
    return { name, from: this.from, stepMs: this.stepMs, values, peaks };
  }
}

/** What is asked of an id that was never measured. */
export function nothingSeries(name: SeriesName, spanMs: number, points: number, until: number): Series {
  const nothing = new Points();
  nothing.begin(until - spanMs, spanMs / points, points);
  return nothing.series(name);
}
