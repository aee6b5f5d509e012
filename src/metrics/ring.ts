// A bounded history of rows: each covers a stretch of time and holds a number a series, with its highest where it stands for
// several samples. Numbers are kept in 32 bits: half the memory, and seven digits are more than a graph can show. The arrays
// begin small and double up to their bound, so what lives for a minute costs a minute.
import type { Points } from './points.js';

export class Ring {
  private froms: Float64Array;
  private tos: Float64Array;
  private values: Float32Array;
  private highs: Float32Array | undefined;
  private first = 0;
  private count = 0;
  private forgotten = false;

  /**
   * @param columns numbers in a row
   * @param capacity rows kept
   * @param withPeaks whether a row has highest values of its own; otherwise its values are
   */
  constructor(
    private readonly columns: number,
    private capacity: number,
    withPeaks: boolean,
  ) {
    const rows = Math.min(capacity, 16);
    this.froms = new Float64Array(rows);
    this.tos = new Float64Array(rows);
    this.values = new Float32Array(rows * columns);
    if (withPeaks) this.highs = new Float32Array(rows * columns);
  }

  get length(): number {
    return this.count;
  }

  get bytes(): number {
    return this.froms.byteLength + this.tos.byteLength + this.values.byteLength + (this.highs?.byteLength ?? 0);
  }

  /** Whether everything since `from` (ms since the epoch) that was ever pushed is still here. */
  covers(from: number): boolean {
    return !this.forgotten || (this.count > 0 && this.from(0) <= from);
  }

  /** Beginning, ms since the epoch, of row `index`; 0 is the oldest. */
  from(index: number): number {
    return this.froms[this.slot(index)]!;
  }

  /** End of row `index`. */
  to(index: number): number {
    return this.tos[this.slot(index)]!;
  }

  value(index: number, column: number): number {
    return this.values[this.slot(index) * this.columns + column]!;
  }

  peak(index: number, column: number): number {
    return (this.highs ?? this.values)[this.slot(index) * this.columns + column]!;
  }

  /** Adds a row, of which the first columns count; it must not end before the newest one does (see dropAfter). */
  push(from: number, to: number, values: Float64Array, peaks: Float64Array = values): void {
    const isFull = this.count === this.froms.length;
    if (isFull && this.count < this.capacity) this.grow(Math.min(this.count * 2, this.capacity));
    else if (isFull) {
      this.first = (this.first + 1) % this.count;
      this.count--;
      this.forgotten = true;
    }
    const slot = this.slot(this.count++);
    this.froms[slot] = from;
    this.tos[slot] = to;
    const begin = slot * this.columns;
    for (let column = 0; column < this.columns; column++) this.values[begin + column] = values[column]!;
    if (this.highs === undefined) return;
    for (let column = 0; column < this.columns; column++) this.highs[begin + column] = peaks[column]!;
  }

  /** Forgets the rows that end after `time`: the clock was set back, and they would be in the future. */
  dropAfter(time: number): void {
    while (this.count > 0 && this.to(this.count - 1) > time) this.count--;
  }

  /** Index of the first row that ends after `time`; `length` when none does. */
  firstEndingAfter(time: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.to(middle) > time) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Lays a column of the rows that end after `since`, and begin before `until`, over points in time. */
  layOver(points: Points, column: number, since: number, until: number): void {
    const highs = this.highs ?? this.values;
    for (let i = this.firstEndingAfter(since); i < this.count; i++) {
      const slot = this.slot(i);
      const from = this.froms[slot]!;
      if (from >= until) return;
      const at = slot * this.columns + column;
      points.lay(from, this.tos[slot]!, this.values[at]!, highs[at]!);
    }
  }

  /** Makes room for more rows; never forgets any. */
  extend(capacity: number): void {
    this.capacity = Math.max(this.capacity, capacity);
  }

  private slot(index: number): number {
    return (this.first + index) % this.froms.length;
  }

  /** Only a full ring grows: its rows lie from `first` to the end, then from the beginning. */
  private grow(rows: number): void {
    const moved = <A extends Float32Array | Float64Array>(larger: A, old: A, width: number): A => {
      const seam = this.first * width;
      larger.set(old.subarray(seam));
      larger.set(old.subarray(0, seam), old.length - seam);
      return larger;
    };
    this.froms = moved(new Float64Array(rows), this.froms, 1);
    this.tos = moved(new Float64Array(rows), this.tos, 1);
    this.values = moved(new Float32Array(rows * this.columns), this.values, this.columns);
    if (this.highs) this.highs = moved(new Float32Array(rows * this.columns), this.highs, this.columns);
    this.first = 0;
  }
}
