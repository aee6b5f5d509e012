// A stretch of the past in memory: what the presenters ask of the present, they can ask of it, without waiting.
import { HOST_ID, type HostSample, type Sample, type Sampler, type Series, type SeriesName } from '../model.js';
import type { Observation } from '../neighbours/observation.js';
import { nothingSeries, Points } from '../points.js';
import { takeHostSample, takeSample, type Numbers } from './columns.js';

/** A record as it was read: means, then peaks if it has any. */
export interface Row {
  readonly from: number;
  readonly to: number;
  readonly numbers: Float32Array;
  readonly columns: Columns;
}

/** What the numbers of a row are; one for all rows of a file. */
export interface Columns {
  readonly names: readonly string[];
  readonly places: ReadonlyMap<string, number>;
  readonly peaks: boolean;
}

/** The reading half of a Sampler, as it was. */
export type PastReadings = Pick<Sampler, 'latest' | 'latestHost' | 'history'>;

export interface Stretch {
  /** ms since the epoch */
  readonly from: number;
  readonly until: number;
  /** whose past was found in it */
  readonly ids: readonly string[];
  /** As Sampler.history. */
  series(id: string, name: SeriesName, spanMs: number, points: number, until: number): Series;
  /** What was measured then, a mean where it is long ago; undefined in a gap. */
  sampleAt(id: string, at: number): Sample | undefined;
  hostAt(at: number): HostSample | undefined;
  /** What a sampler would have said at that moment; its histories end there. */
  readingsAt(at: number): PastReadings;
  /** What a judge is told, one a step from the beginning on; moments at which nothing was measured are left out. */
  observations(stepMs: number): Iterable<Observation>;
}

/** What rows are laid over here, one series after the other. */
const laid = new Points();

/** @param rows of each id, in the order of time, none over another */
export function createStretch(from: number, until: number, rows: ReadonlyMap<string, readonly Row[]>): Stretch {
  const rowAt = (id: string, at: number): Row | undefined => {
    const all = rows.get(id) ?? [];
    const next = firstEndingAfter(all, at);
    const row = all[next - 1];
    if (row?.to === at) return row;
    if (all[next] !== undefined && all[next].from < at) return all[next];
    // The next one may be a moment late; what is longer ago is a gap.
    return row !== undefined && at - row.to <= (row.to - row.from) / 2 ? row : undefined;
  };
  const series: Stretch['series'] = (id, name, spanMs, points, end) => {
    const all = rows.get(id);
    if (all === undefined) return nothingSeries(name, spanMs, points, end);
    const begin = end - spanMs;
    laid.begin(begin, spanMs / points, points);
    // The same for all rows of a file, and asked of thousands of them.
    let columns: Columns | undefined;
    let place: number | undefined;
    for (let i = firstEndingAfter(all, begin); i < all.length && all[i]!.from < end; i++) {
      const row = all[i]!;
      if (row.columns !== columns) {
        columns = row.columns;
        place = columns.places.get(name);
      }
      if (place === undefined) continue;
      const mean = row.numbers[place]!;
      laid.lay(row.from, row.to, mean, row.columns.peaks ? row.numbers[row.columns.names.length + place]! : mean);
    }
    return laid.series(name);
  };
  const sampleAt: Stretch['sampleAt'] = (id, at) => {
    const row = rowAt(id, at);
    return row === undefined ? undefined : takeSample(row.to, numbersOf(row));
  };
  const hostAt: Stretch['hostAt'] = (at) => {
    const row = rowAt(HOST_ID, at);
    return row === undefined ? undefined : takeHostSample(row.to, numbersOf(row), row.columns.names);
  };
  const ids = [...rows.keys()];
  return {
    from,
    until,
    ids,
    series,
    sampleAt,
    hostAt,
    readingsAt: (at) => ({
      latest: (id) => (id === HOST_ID ? hostAt(at) : sampleAt(id, at)),
      latestHost: () => hostAt(at),
      history: (id, name, spanMs, points, end = at) => series(id, name, spanMs, points, end),
    }),
    *observations(stepMs) {
      for (let at = from + stepMs; at <= until; at += stepMs) {
        const samples = new Map<string, Sample>();
        for (const id of ids) {
          const sample = id === HOST_ID ? undefined : sampleAt(id, at);
          if (sample !== undefined) samples.set(id, sample);
        }
        const host = hostAt(at);
        if (samples.size > 0 || host !== undefined) yield { at, host, samples };
      }
    },
  };
}

const numbersOf =
  ({ numbers, columns }: Row): Numbers =>
  (name) =>
    numbers[columns.places.get(name) ?? -1] ?? NaN;

/** Index of the first row that ends after `time`; the length where none does. */
function firstEndingAfter(rows: readonly Row[], time: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle]!.to > time) high = middle;
    else low = middle + 1;
  }
  return low;
}
