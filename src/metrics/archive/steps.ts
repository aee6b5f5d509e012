// Rows put together to longer ones: the mean of each column weighted by time, and its peak. A step is finished when the first
// row comes whose middle belongs to another; what is not finished yet can be made again from the rows that it came from.

export type Finished = (from: number, to: number, means: Float64Array, peaks: Float64Array) => void;

export class Steps {
  private readonly sums: Float64Array;
  private readonly weights: Float64Array;
  private readonly peaks: Float64Array;
  private step = NaN;
  private from = 0;
  private to = 0;

  constructor(
    private readonly stepMs: number,
    columns: number,
    private readonly finished: Finished,
  ) {
    this.sums = new Float64Array(columns);
    this.weights = new Float64Array(columns);
    this.peaks = new Float64Array(columns).fill(NaN);
  }

  add(from: number, to: number, means: Float64Array, peaks: Float64Array): void {
    const step = Math.floor((from + to) / 2 / this.stepMs);
    if (step !== this.step) {
      this.finish();
      this.step = step;
      this.from = from;
      this.to = to;
    }
    this.from = Math.min(this.from, from);
    this.to = Math.max(this.to, to);
    const weight = to - from;
    for (let column = 0; column < this.sums.length; column++) {
      const mean = means[column]!;
      if (Number.isNaN(mean)) continue;
      this.sums[column]! += mean * weight;
      this.weights[column]! += weight;
      const peak = peaks[column]!;
      if (!(this.peaks[column]! >= peak)) this.peaks[column] = peak;
    }
  }

  private finish(): void {
    if (Number.isNaN(this.step)) return;
    for (let column = 0; column < this.sums.length; column++) this.sums[column]! /= this.weights[column]!;
    this.finished(this.from, this.to, this.sums, this.peaks);
    this.sums.fill(0);
    this.weights.fill(0);
    this.peaks.fill(NaN);
  }
}
