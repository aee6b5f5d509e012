// `tscontain stats --since --until`: what supervisors wrote down, as a table, CSV or JSON.
import { TscontainError, type Container, type Engine } from '../engine/index.js';
import { SERIES, type Archive, type Series, type SeriesName } from '../metrics/index.js';
import { bytes, table, type Row } from './output.js';

export interface PastStats {
  /** ms since the epoch */
  readonly since: number;
  readonly until: number;
  /** ms of a row; absent is what makes about sixty rows */
  readonly stepMs?: number;
  readonly format: 'table' | 'json' | 'csv';
}

/** Rows of one container: more than these are asked for by mistake. */
const MAX_ROWS = 20_000;
/** Steps that people think in, ms. */
const STEPS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400].map((seconds) => seconds * 1000);
const USUAL_ROWS = 60;

/** @throws TscontainError for a stretch that is none */
export function stepOf({ since, until, stepMs }: Omit<PastStats, 'format'>): number {
  if (!(until > since)) {
    const shown = (at: number): string => new Date(at).toISOString();
    throw new TscontainError('INVALID_VALUE', `--until ${shown(until)} is not after --since ${shown(since)}`, {
      hint: 'give a --since that is before --until',
    });
  }
  const step = stepMs ?? STEPS.find((one) => (until - since) / one <= USUAL_ROWS) ?? STEPS.at(-1)!;
  if (!(step >= 1000) || (until - since) / step > MAX_ROWS) {
    throw new TscontainError(
      'INVALID_VALUE',
      `--step of ${step / 1000} s makes ${Math.ceil((until - since) / step)} rows`,
      {
        hint: `give one of a second at least, and ${MAX_ROWS} rows at most`,
      },
    );
  }
  return step;
}

/** Those that were named, or all that have a past. */
async function wanted(engine: Engine, archive: Archive, refs: readonly string[]): Promise<Container[]> {
  if (refs.length > 0) return Promise.all(refs.map((ref) => engine.get(ref)));
  const recorded = new Set((await archive.list()).map(({ id }) => id));
  return (await engine.list()).filter(({ id }) => recorded.has(id));
}

type Columns = ReadonlyMap<SeriesName, Series>;

const rounded = (value: number): number => Number(value.toPrecision(7));

const TITLES = {
  Time: 'TIME',
  CPU: 'CORES',
  CPUPeak: 'PEAK',
  Mem: 'MEM',
  BlockIO: 'READ / WRITE PER S',
  NetIO: 'RX / TX PER S',
  PIDs: 'TASKS',
};
const COLUMNS = ['Time', 'Name', 'CPU', 'CPUPeak', 'Mem', 'BlockIO', 'NetIO', 'Pressure', 'PIDs'];

function tableRow(name: string, at: number, columns: Columns, point: number): Row {
  const value = (series: SeriesName): number | undefined => {
    const mean = columns.get(series)!.values[point]!;
    return Number.isNaN(mean) ? undefined : mean;
  };
  const cores = (number: number | undefined): string =>
    number === undefined || Number.isNaN(number) ? '–' : number.toFixed(2);
  const percent = (series: SeriesName): string => {
    const number = value(series);
    return number === undefined ? '–' : `${number.toFixed(number < 10 ? 1 : 0)}%`;
  };
  const pair = (left: SeriesName, right: SeriesName): string => `${bytes(value(left))} / ${bytes(value(right))}`;
  return {
    Time: new Date(at).toISOString(),
    Name: name,
    CPU: cores(value('cpu.cores')),
    CPUPeak: cores(columns.get('cpu.cores')!.peaks[point]),
    Mem: bytes(value('memory.used')),
    BlockIO: pair('io.readBytes', 'io.writeBytes'),
    NetIO: pair('network.rxBytes', 'network.txBytes'),
    Pressure: `c ${percent('pressure.cpu.some')} m ${percent('pressure.memory.some')} i ${percent('pressure.io.some')}`,
    PIDs: value('pids.current')?.toFixed(0) ?? '–',
  };
}

/** Means, and peaks with .peak behind their name; null where nothing was measured. */
function jsonRow({ id, config }: Container, at: number, columns: Columns, point: number): string {
  const number = (value: number): number | null => (Number.isNaN(value) ? null : rounded(value));
  const series = [...columns].flatMap(([name, { values, peaks }]): [string, number | null][] => [
    [name, number(values[point]!)],
    [`${name}.peak`, number(peaks[point]!)],
  ]);
  return JSON.stringify({ time: new Date(at).toISOString(), id, name: config.name, ...Object.fromEntries(series) });
}

const CSV_HEAD = ['time', 'id', 'name', ...SERIES.flatMap((name) => [name, `${name}.peak`])].join(',');

/** Names of containers have neither commas nor quotes in them, so nothing needs quoting. */
function csvRow({ id, config }: Container, at: number, columns: Columns, point: number): string {
  const number = (value: number): string => (Number.isNaN(value) ? '' : String(rounded(value)));
  const cells = [...columns].flatMap(([, { values, peaks }]) => [number(values[point]!), number(peaks[point]!)]);
  return [new Date(at).toISOString(), id, config.name, ...cells].join(',');
}

/** Rows at which nothing at all was measured are left out; a row is told by its end. */
export async function printPast(
  {
    engine,
    archive,
    print,
  }: { readonly engine: Engine; readonly archive: Archive; readonly print: (line: string) => void },
  refs: readonly string[],
  asked: PastStats,
): Promise<void> {
  const stepMs = stepOf(asked);
  const points = Math.ceil((asked.until - asked.since) / stepMs);
  const rows: Row[] = [];
  if (asked.format === 'csv') print(CSV_HEAD);
  for (const container of await wanted(engine, archive, refs)) {
    const { id, config } = container;
    const until = asked.since + points * stepMs;
    const stretch = await archive.load([id], asked.since, Math.min(until, asked.until), stepMs);
    const columns = new Map(SERIES.map((name) => [name, stretch.series(id, name, points * stepMs, points, until)]));
    for (let point = 0; point < points; point++) {
      if ([...columns.values()].every(({ values }) => Number.isNaN(values[point]))) continue;
      const at = Math.min(asked.since + (point + 1) * stepMs, asked.until);
      if (asked.format === 'json') print(jsonRow(container, at, columns, point));
      else if (asked.format === 'csv') print(csvRow(container, at, columns, point));
      else rows.push(tableRow(config.name, at, columns, point));
    }
  }
  if (asked.format === 'table') print(table(COLUMNS, rows, TITLES));
}

/** @throws TscontainError */
export function parsePastFormat(format: string | undefined): PastStats['format'] {
  if (format === undefined) return 'table';
  if (format === 'table' || format === 'json' || format === 'csv') return format;
  throw new TscontainError('INVALID_VALUE', `--format "${format}" is none of the past`, {
    hint: 'give table, json or csv',
  });
}
