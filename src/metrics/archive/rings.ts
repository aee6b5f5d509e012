// The ring files of one target, and how long each remembers.
import { rowsShape, type Shape } from './format.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export interface RingPlan {
  readonly file: string;
  readonly stepMs: number;
  readonly spanMs: number;
  readonly peaks: boolean;
}

/** Finest first. The first has a minute more than it promises, for the samples that come between two whole seconds. */
export const RINGS: readonly RingPlan[] = [
  { file: 'seconds.ring', stepMs: 1000, spanMs: 11 * MINUTE_MS, peaks: false },
  { file: 'ten-seconds.ring', stepMs: 10_000, spanMs: 24 * HOUR_MS, peaks: true },
  { file: 'five-minutes.ring', stepMs: 5 * MINUTE_MS, spanMs: 30 * 24 * HOUR_MS, peaks: true },
];

export const shapeOf = ({ stepMs, spanMs, peaks }: RingPlan, columns: readonly string[]): Shape =>
  rowsShape(columns, stepMs, spanMs, peaks);

/** The names of the columns by the ring's: a file of another version of tscontain may have others. */
export const placesOf = (columns: readonly string[]): ReadonlyMap<string, number> =>
  new Map(columns.map((name, place) => [name, place]));
