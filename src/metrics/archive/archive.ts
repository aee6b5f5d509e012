// The past of containers and of the machine, as supervisors wrote it down, read from its ring files. Reading never holds the
// event loop for long, and what it keeps is bounded, whatever lies there.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HOST_ID, type Sample, type Series, type SeriesName } from '../model.js';
import { readRow, RECORD_HEAD_BYTES, type Shape } from './format.js';
import { PROCESSES_FILE, PROCESSES_SHAPE, takeProcesses, type PastProcesses } from './processes.js';
import { RingReader } from './ring-reader.js';
import { placesOf, RINGS } from './rings.js';
import { createStretch, type Columns, type Row, type Stretch } from './stretch.js';

/** Where the past lies. The engine says it (metricsPlaces); metrics knows nothing else of the state directory. */
export interface ArchivePlaces {
  /** the directory with the machine's own ring files */
  readonly host: string;
  /** directories with one directory a container, named by its id, which has its ring files in `metrics` */
  readonly containers: readonly string[];
}

export interface Recorded {
  readonly id: string;
  /** ms since the epoch: how far back it goes, and its newest record */
  readonly from: number;
  readonly until: number;
}

export interface Archive {
  /** Everything that has a past; the machine as HOST_ID. */
  list(): Promise<readonly Recorded[]>;
  /**
   * The past of these ids over a stretch, from the ring files that have it best: the finest where `stepMs` is not given, else
   * the coarsest whose steps are not longer than that. What has no past is not in it.
   */
  load(ids: readonly string[], from: number, until: number, stepMs?: number): Promise<Stretch>;
  /** As Sampler.history, from the ring files. */
  series(id: string, name: SeriesName, spanMs: number, points: number, until: number): Promise<Series>;
  /** What was measured of it then; undefined in a gap. */
  sampleAt(id: string, at: number): Promise<Sample | undefined>;
  /** Those that mattered then: as they were last looked at, which `at` tells; undefined where nobody looked. */
  processesAt(id: string, at: number): Promise<PastProcesses | undefined>;
}

/** Ring files whose index is kept: a few kilobytes each. */
const KEPT_READERS = 1200;
/** A stretch has so many records of one target at most: a day of ten seconds each, and then some. */
const MAX_ROWS = 20_000;
/** How far around a moment a record of it may reach. */
const AROUND_MS = 5 * 60_000;
/** What uses nothing is looked at every five minutes. */
const LOOKED_AT_MS = 6 * 60_000;
/** Names of directories that may be an id. */
const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;

class RingArchive implements Archive {
  /** Used last is last. */
  private readonly readers = new Map<string, RingReader>();

  constructor(private readonly places: ArchivePlaces) {}

  async list(): Promise<readonly Recorded[]> {
    const found: Recorded[] = [];
    for (const id of new Set([HOST_ID, ...(await this.ids())])) {
      let from = Infinity;
      let until = -Infinity;
      for (const reader of this.ringsOf(id)) {
        await reader.read(() => undefined, ignore);
        from = Math.min(from, reader.extent?.from ?? Infinity);
        until = Math.max(until, reader.extent?.to ?? -Infinity);
      }
      if (until > from) found.push({ id, from, until });
    }
    return found;
  }

  async load(ids: readonly string[], from: number, until: number, stepMs = 0): Promise<Stretch> {
    if (!(until > from))
      throw new RangeError(`a stretch from ${from} to ${until} is none: it must end after it begins`);
    const rows = new Map<string, readonly Row[]>();
    for (const id of new Set(ids)) {
      const found = await this.rowsOf(id, from, until, stepMs);
      if (found.length > 0) rows.set(id, found);
    }
    return createStretch(from, until, rows);
  }

  async series(id: string, name: SeriesName, spanMs: number, points: number, until: number): Promise<Series> {
    if (!(spanMs > 0)) throw new RangeError(`a history of ${spanMs} ms is none: ask for more than 0`);
    if (!Number.isInteger(points) || points < 1)
      throw new RangeError(`${points} points: ask for a whole number from 1`);
    const stretch = await this.load([id], until - spanMs, until, spanMs / points);
    return stretch.series(id, name, spanMs, points, until);
  }

  async sampleAt(id: string, at: number): Promise<Sample | undefined> {
    const stretch = await this.load([id], at - AROUND_MS, at + AROUND_MS);
    return stretch.readingsAt(at).latest(id);
  }

  async processesAt(id: string, at: number): Promise<PastProcesses | undefined> {
    let found: PastProcesses | undefined;
    for (const directory of this.directoriesOf(id)) {
      await this.reader(join(directory, PROCESSES_FILE)).read(
        () => [at - LOOKED_AT_MS, at + PROCESSES_SHAPE.stepMs / 2],
        ({ head, bytes, at: place }, shape) => {
          if (shape.holds !== 'processes' || shape.bodyBytes !== PROCESSES_SHAPE.bodyBytes) return;
          if (found === undefined || Math.abs(head.to - at) <= Math.abs(found.at - at))
            found = takeProcesses(head.to, bytes, place + RECORD_HEAD_BYTES);
        },
      );
    }
    return found;
  }

  /**
   * From the coarsest ring to the one that is fine enough, each up to where a finer one begins; then, for what is too new for
   * that, from the finer ones.
   */
  private async rowsOf(id: string, from: number, until: number, stepMs: number): Promise<Row[]> {
    const rings = this.ringsOf(id);
    for (const ring of rings) await ring.read(() => undefined, ignore);
    const there = rings.filter(({ extent }) => extent !== undefined);
    const fit = there.findLast((ring) => ring.stepMs <= stepMs) ?? there[0];
    const rows: Row[] = [];
    let since = from;
    for (const ring of there.toReversed()) {
      const finer = there.slice(0, there.indexOf(ring)).at(-1);
      const isFineEnough = fit !== undefined && ring.stepMs <= fit.stepMs;
      const end = Math.min(until, isFineEnough ? Infinity : (finer?.extent?.from ?? Infinity));
      if (since >= end) continue;
      await takeRows(ring, since, end, rows);
      since = Math.max(since, rows.at(-1)?.to ?? -Infinity);
    }
    return rows;
  }

  private async ids(): Promise<string[]> {
    const lists = await Promise.all(this.places.containers.map((folder) => readdir(folder).catch((): string[] => [])));
    return lists.flat().filter((name) => ID.test(name));
  }

  private ringsOf(id: string): RingReader[] {
    return this.directoriesOf(id).flatMap((directory) => RINGS.map(({ file }) => this.reader(join(directory, file))));
  }

  private directoriesOf(id: string): string[] {
    if (id === HOST_ID) return [this.places.host];
    return ID.test(id) ? this.places.containers.map((folder) => join(folder, id, 'metrics')) : [];
  }

  private reader(path: string): RingReader {
    const reader = this.readers.get(path) ?? new RingReader(path);
    this.readers.delete(path);
    this.readers.set(path, reader);
    if (this.readers.size > KEPT_READERS) this.readers.delete(this.readers.keys().next().value!);
    return reader;
  }
}

const ignore = (): void => undefined;

const isSuperseded = (row: Pick<Row, 'from' | 'to'>, by: Pick<Row, 'from' | 'to'>): boolean =>
  row.from >= by.from || row.to > by.to;

async function takeRows(ring: RingReader, from: number, until: number, rows: Row[]): Promise<void> {
  let columns: Columns | undefined;
  const begin = rows.length;
  await ring.read(
    () => [from, until],
    ({ head, bytes, at }, shape: Shape) => {
      if (shape.holds !== 'rows' || rows.length >= MAX_ROWS) return;
      columns ??= { names: shape.columns, places: placesOf(shape.columns), peaks: shape.peaks };
      const numbers = new Float32Array(shape.bodyBytes / 4);
      readRow(bytes, at, shape, numbers);
      // Where the clock was set back, what was written later counts.
      while (rows.length > begin && isSuperseded(rows.at(-1)!, head)) rows.pop();
      const cut = { from: Math.max(head.from, from, rows.at(-1)?.to ?? -Infinity), to: Math.min(head.to, until) };
      if (cut.from < cut.to) rows.push({ ...cut, numbers, columns });
    },
  );
}

export const openArchive = (places: ArchivePlaces): Archive => new RingArchive(places);
