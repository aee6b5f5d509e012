// A transfer as lines of a terminal: one a layer, as wide as the terminal and no longer than it is high; and, where there is no
// terminal, a line for what begins and ends. Pure: progress-writer.ts writes them. Tests: test/pure/cli/progress.test.ts.
import {
  isOver,
  MOVING,
  phaseWords,
  shareOf,
  type TransferEvent,
  type TransferPhase,
  type TransferProgress,
  type TransferRow,
  type TransferVerb,
} from '../engine/index.js';
import { bytes } from './output.js';

/** A stretch of a line with what it is; the writer gives it its colour. */
export interface Piece {
  readonly text: string;
  readonly tone?: 'dim' | 'lit' | 'good' | 'bad';
}
export type ProgressLine = readonly Piece[];

export interface Room {
  readonly columns: number;
  readonly rows: number;
  /** plain ASCII only */
  readonly ascii: boolean;
  /** ms since the epoch */
  readonly now: number;
}

const ID_CELLS = 12;
const PHASE_CELLS = 11;
const SIZE_CELLS = 17;
const SPEED_CELLS = 10;
const TIME_CELLS = 6;
/** Wider bars tell no more. */
const BAR_CELLS = { least: 8, most: 40 } as const;
/** Below these widths the speed and the time go, then the phase in words, then the bar. */
const ROOMY_COLUMNS = 78;
const NARROW_COLUMNS = 50;
/** Rows of the terminal that are left alone: the command itself, and where the cursor stands. */
const LEFT_ROWS = 2;
const LEAST_ROWS = 3;

const idOf = ({ digest }: { readonly digest: string }): string =>
  digest.slice(digest.indexOf(':') + 1, digest.indexOf(':') + 1 + ID_CELLS);

/** What others wrote, one cell a character: a line that is wider than it is thought to be could not be written again in place. */
const plain = (text: string): string => text.replace(/[^ -~]/gu, '?');

const nameOf = (blob: Pick<TransferRow, 'digest' | 'what'>): string =>
  blob.what === 'layer' ? idOf(blob) : blob.what.slice(0, ID_CELLS);

/** "3s", "2m05s", "1h20m" */
export function timeLeft(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${String(seconds % 60).padStart(2, '0')}s`;
  return minutes < 6000 ? `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m` : '';
}

/** A share of a whole in so many cells, half a cell exact. */
export function bar(share: number, cells: number, ascii: boolean): ProgressLine {
  const halves = Math.round(Math.max(0, Math.min(1, Number.isNaN(share) ? 0 : share)) * cells * 2);
  const full = Math.floor(halves / 2);
  const half = halves % 2 === 1;
  const lit = (ascii ? '=' : '━').repeat(full) + (half ? (ascii ? '-' : '╸') : '');
  const track = (ascii ? '.' : '─').repeat(cells - full - (half ? 1 : 0));
  const pieces: ProgressLine = [
    { text: lit, tone: 'lit' },
    { text: track, tone: 'dim' },
  ];
  return pieces.filter(({ text }) => text !== '');
}

const sizes = (current: number, total: number | undefined): string =>
  total === undefined ? bytes(current) : `${bytes(current)}/${bytes(total)}`;

const IS_AT_WORK: ReadonlySet<TransferPhase> = new Set(['compressing', 'moving', 'verifying', 'unpacking', 'retrying']);

function rowLine(row: TransferRow, verb: TransferVerb, room: Room): ProgressLine {
  const { phase, current, total, speed, leftMs } = row;
  const name: Piece = { text: nameOf(row).padEnd(ID_CELLS) };
  const words = plain(phaseWords(row, verb, room.now));
  const over = isOver(row);
  const hasBar = phase === 'compressing' || phase === 'moving' || phase === 'unpacking';
  if (!hasBar) {
    const tone = phase === 'retrying' ? 'bad' : over ? 'good' : 'dim';
    const size = over && total !== undefined ? `  ${bytes(total)}` : '';
    return cut([name, { text: '  ' }, { text: words, tone }, { text: size, tone: 'dim' }], room.columns);
  }
  return progressLine(name, words, { current, total, speed, leftMs }, room);
}

/** "a1b2c3d4e5f6  downloading  ━━━━━━╸─────  12.3MiB/31.0MiB  6.20MiB/s  3s" */
function progressLine(
  name: Piece,
  words: string,
  { current, total, speed, leftMs }: Pick<TransferRow, 'current' | 'total' | 'speed' | 'leftMs'>,
  room: Room,
): ProgressLine {
  const percent = total === undefined ? '' : `${String(Math.floor(shareOf({ current, total }) * 100)).padStart(3)}%`;
  if (room.columns < NARROW_COLUMNS) {
    const cells = room.columns - 1 - ID_CELLS - 2 - percent.length - 1;
    const middle = cells < BAR_CELLS.least ? [] : bar(shareOf({ current, total }), cells, room.ascii);
    return cut(
      [name, { text: '  ' }, ...middle, { text: ` ${percent === '' ? bytes(current) : percent}` }],
      room.columns,
    );
  }
  const isRoomy = room.columns >= ROOMY_COLUMNS;
  const ends = isRoomy ? SIZE_CELLS + SPEED_CELLS + TIME_CELLS + 5 : SIZE_CELLS + 1;
  const cells = Math.min(BAR_CELLS.most, room.columns - 1 - ID_CELLS - 2 - PHASE_CELLS - 2 - ends);
  const rate = speed === undefined ? '' : `${bytes(speed)}/s`;
  const left = leftMs === undefined ? '' : timeLeft(leftMs);
  return cut(
    [
      name,
      { text: '  ' },
      { text: words.padEnd(PHASE_CELLS), tone: 'dim' },
      { text: '  ' },
      ...(cells >= BAR_CELLS.least ? bar(shareOf({ current, total }), cells, room.ascii) : []),
      { text: ` ${sizes(current, total).padStart(SIZE_CELLS)}` },
      ...(isRoomy
        ? [
            { text: `  ${rate.padStart(SPEED_CELLS)}` },
            { text: `  ${left.padStart(TIME_CELLS)}`, tone: 'dim' as const },
          ]
        : []),
    ],
    room.columns,
  );
}

/** A line never reaches the last column: there a terminal would begin the next one by itself. */
function cut(line: ProgressLine, columns: number): ProgressLine {
  let left = Math.max(1, columns - 1);
  return line.flatMap((piece): Piece[] => {
    const text = piece.text.slice(0, left);
    left -= text.length;
    return text === '' ? [] : [{ ...piece, text }];
  });
}

/** Those at work first, then those that wait; of what is over only as many as there is room for. */
function chosen(rows: readonly TransferRow[], room: number): readonly TransferRow[] {
  if (rows.length <= room) return rows;
  const rank = (row: TransferRow): number => (IS_AT_WORK.has(row.phase) ? 0 : isOver(row) ? 2 : 1);
  const kept = new Set(
    rows
      .map((row, i) => ({ row, i }))
      .sort((a, b) => rank(a.row) - rank(b.row) || a.i - b.i)
      .slice(0, room)
      .map(({ row }) => row),
  );
  return rows.filter((row) => kept.has(row));
}

/** All of it as lines: a line a layer, what has no room as one, the sum. Configuration and manifest are named while they are at work. */
export function progressLines(progress: TransferProgress, verb: TransferVerb, room: Room): readonly ProgressLine[] {
  const rows = progress.rows.filter(({ what, phase }) => what === 'layer' || IS_AT_WORK.has(phase));
  if (rows.length === 0) return [];
  const most = Math.max(1, Math.max(LEAST_ROWS, room.rows - LEFT_ROWS) - 2);
  const shown = chosen(rows, most);
  const hidden = rows.length - shown.length;
  const hiddenOver = rows.filter((row) => isOver(row) && !shown.includes(row)).length;
  const layers = rows.filter(({ what }) => what === 'layer');
  const over = layers.filter(isOver).length;
  const more: ProgressLine[] =
    hidden === 0
      ? []
      : [
          cut(
            [{ text: `${' '.repeat(ID_CELLS)}  and ${hidden} more, ${hiddenOver} of them done`, tone: 'dim' }],
            room.columns,
          ),
        ];
  const sum =
    layers.length < 2
      ? []
      : [progressLine({ text: 'all'.padEnd(ID_CELLS) }, `${over} of ${layers.length}`, progress, room)];
  return [...shown.map((row) => rowLine(row, verb, room)), ...more, ...sum];
}

export const lineText = (line: ProgressLine): string => line.map(({ text }) => text).join('');

/**
 * Where there is no terminal: what is new is a line. Bytes that come are not: a log of them would be no use to anybody.
 *
 * @param before the phase that the same blob was told to be in last
 */
export function plainLine(
  event: TransferEvent,
  before: TransferPhase | undefined,
  verb: TransferVerb,
): string | undefined {
  const { phase, total, why, retryInMs } = event;
  if (event.what !== 'layer' && phase !== 'retrying') return undefined;
  if (phase === before && phase !== 'retrying') return undefined;
  const size = total === undefined ? '' : ` ${bytes(total)}`;
  const name = nameOf(event);
  switch (phase) {
    case 'waiting':
    case 'verifying':
      return undefined;
    case 'moving':
      return before === 'unpacking' ? undefined : `${name}: ${MOVING[verb]}${size}`;
    case 'retrying': {
      const wait = retryInMs === undefined ? '' : ` in ${Math.ceil(retryInMs / 1000)} s`;
      return `${name}: retrying${wait}${why === undefined ? '' : `: ${plain(why)}`}`;
    }
    case 'compressing':
      return `${name}: compressing${size}`;
    case 'unpacking':
      return `${name}: unpacking`;
    case 'there':
      return `${name}: already there`;
    case 'done':
      return `${name}: done`;
  }
}
