// Pulls, pushes and archives: each with its sum, and below it a bar a layer, with bytes, speed and time left.
import { phaseWords, shareOf, type TransferRow } from '../../../engine/index.js';
import { isAtWork, subjectOf, type Job, type JobKind } from '../../images/jobs.js';
import { shortId } from '../../images/sharing.js';
import { layersWords, leftWords, transferLines, wasThere } from '../../present/transfer.js';
import { age, bytes, bytesOf, rate } from '../../present/units.js';
import { panePosition } from '../../reducers/images.js';
import { pad, truncate, type Attr, type Canvas, type Rect, type Theme } from '../../screen/index.js';
import type { State } from '../../state.js';
import { paintProgress } from '../../widgets/index.js';
import { paintChoices } from '../empty.js';

const WIDE_COLUMNS = 96;
/** Cells of the columns: what it is, then the bar, then numbers. */
const NAME_CELLS = { narrow: 20, wide: 38 } as const;
const INDENT = 4;
const ID_CELLS = 12;
const SIZE_CELLS = 11;
const SPEED_CELLS = 7;
const LEFT_CELLS = 5;
const WORDS_CELLS = 16;
const MOST_BAR_CELLS = 72;

export function paintTransfers(canvas: Canvas, rect: Rect, state: State, focused: boolean): void {
  const { theme } = canvas;
  const lines = transferLines(state);
  const view = canvas.within(rect);
  if (lines.length === 0) {
    paintChoices(view, rect.x + 2, rect.y + 1, state, 'Nothing was pulled or pushed from here yet.', [
      ['pull-image', 'pull an image; it goes on while you look at something else'],
      ['push-image', 'push the selected one to the registry that its name says'],
      ['save-image', 'save the selected one to an archive'],
      ['load-image', 'load the images of an archive'],
    ]);
    return;
  }
  const position = panePosition(state, 'transfers');
  const selected = lines[position.selected]?.job;
  for (let i = 0; i < rect.height; i++) {
    const index = position.top + i;
    const line = lines[index];
    if (line === undefined) break;
    const row = { x: rect.x, y: rect.y + i, width: rect.width, height: 1 };
    if (line.row === undefined) paintJob(view, row, line.job, state.now);
    else paintRow(view, row, line.row, line.job.request.kind, isAtWork(line.job), state.now);
    canvas.region(row, { kind: 'entry-line', id: 'transfers', index });
    if (line.job === selected && line.row === undefined) view.restyle(row, (attr) => theme.selected(attr, focused));
    else if (index === position.selected) view.restyle(row, (attr) => theme.selected(attr, false));
  }
}

interface Columns {
  readonly name: number;
  readonly bar: number;
  readonly words: number;
}

function columnsFor(width: number): Columns {
  const isWide = width >= WIDE_COLUMNS;
  const name = isWide ? NAME_CELLS.wide : NAME_CELLS.narrow;
  const words = isWide ? WORDS_CELLS + 2 : 0;
  const numbers = SIZE_CELLS + SPEED_CELLS + LEFT_CELLS + 3;
  return { name, words, bar: Math.max(6, Math.min(MOST_BAR_CELLS, width - 2 - name - 1 - numbers - words)) };
}

/** Which way it goes. */
export function arrowOf(kind: JobKind, { glyphs }: Canvas): string {
  switch (kind) {
    case 'pull':
    case 'load':
      return glyphs.descending;
    case 'push':
    case 'save':
      return glyphs.ascending;
    case 'build':
      return glyphs.mark.closed;
  }
}

const isNetwork = (kind: JobKind): boolean => kind === 'pull' || kind === 'push' || kind === 'build';
const movingAttr = ({ resource }: Theme, kind: JobKind): Attr => (isNetwork(kind) ? resource.net[0] : resource.io[0]);

function markOf(job: Job, { theme, glyphs }: Canvas): { readonly sign: string; readonly attr: Attr } {
  const { mark } = glyphs;
  switch (job.status) {
    case 'running':
      return { sign: mark.running, attr: theme.good };
    case 'cancelling':
      return { sign: mark.paused, attr: theme.notice };
    case 'done':
      return { sign: mark.marked, attr: theme.good };
    case 'failed':
      return { sign: mark.failed, attr: theme.error };
    case 'cancelled':
      return { sign: mark.stopped, attr: theme.dim };
  }
}

function paintJob(view: Canvas, { x: left, y, width }: Rect, job: Job, now: number): void {
  const { theme, glyphs } = view;
  const { name, bar, words } = columnsFor(width);
  const { kind } = job.request;
  const { transfer } = job.progress;
  const { sign, attr } = markOf(job, view);
  let x = left + 1;
  view.text(x, y, sign, attr);
  const verb = `${kind} `;
  view.text(x + 2, y, verb, theme.dim);
  view.text(
    x + 2 + verb.length,
    y,
    truncate(subjectOf(job.request), name - 3 - verb.length, glyphs.ellipsis),
    theme.strong,
  );
  x += name;
  if (!isAtWork(job)) {
    view.text(
      x,
      y,
      truncate(endWords(job), left + width - x - 1, glyphs.ellipsis),
      job.status === 'failed' ? theme.error : theme.dim,
    );
    return;
  }
  paintProgress(view, x, y, bar, shareOf(transfer), movingAttr(theme, kind));
  x += bar + 1;
  paintNumbers(view, x, y, transfer.current, transfer.total, transfer.speed, transfer.leftMs);
  x += SIZE_CELLS + SPEED_CELLS + LEFT_CELLS + 4;
  const said = job.status === 'cancelling' ? 'calling off …' : layersWords(transfer) || age(now - job.startedAt);
  if (words > 0) view.text(x, y, truncate(said, WORDS_CELLS, glyphs.ellipsis), theme.dim);
}

function endWords({ status, failure, progress: { transfer }, startedAt, endedAt = startedAt }: Job): string {
  const took = age(endedAt - startedAt);
  switch (status) {
    case 'failed':
      return failure ?? 'failed';
    case 'cancelled':
      return `called off after ${took}; ${bytes(transfer.current)} of it kept`;
    default:
      if (wasThere(transfer)) return `nothing was to be done · ${took}`;
      return `${layersWords(transfer)}${transfer.current > 0 ? ` · ${bytes(transfer.current)}` : ''} · ${took}`;
  }
}

function paintNumbers(
  view: Canvas,
  x: number,
  y: number,
  current: number,
  total: number | undefined,
  speed: number | undefined,
  leftMs: number | undefined,
): void {
  const { theme } = view;
  view.text(x, y, pad(total === undefined ? bytes(current) : bytesOf(current, total), SIZE_CELLS, 'right'), theme.text);
  view.text(x + SIZE_CELLS + 1, y, pad(speed === undefined ? '' : `${rate(speed)}/s`, SPEED_CELLS, 'right'), theme.dim);
  view.text(x + SIZE_CELLS + SPEED_CELLS + 2, y, pad(leftWords(leftMs), LEFT_CELLS, 'right'), theme.text);
}

function paintRow(
  view: Canvas,
  { x: left, y, width }: Rect,
  row: TransferRow,
  kind: JobKind,
  isRunning: boolean,
  now: number,
): void {
  const { theme, glyphs } = view;
  const { name, bar } = columnsFor(width);
  const { phase, current, total, what } = row;
  const id = what === 'layer' ? shortId(row.digest.replace('sha256:', '')) : what;
  view.text(left + 1 + INDENT, y, pad(id, ID_CELLS, 'left', glyphs.ellipsis), theme.dim);
  const words =
    isRunning || phase === 'done' || phase === 'there'
      ? phaseWords(row, kind === 'build' ? 'pull' : kind, now)
      : 'not whole';
  const from = left + 1 + INDENT + ID_CELLS + 2;
  const hasBar = isRunning && (phase === 'compressing' || phase === 'moving' || phase === 'unpacking');
  const x = left + 1 + name;
  const attr = { moving: theme.text, compressing: theme.text, unpacking: theme.text, verifying: theme.text, retrying: theme.notice, done: theme.good, there: theme.good, waiting: theme.dim }[phase]; // prettier-ignore
  // Where there is little room the bar says it, and words stand where there is none.
  if (name === NAME_CELLS.wide)
    view.text(from, y, truncate(words, hasBar ? name - INDENT - ID_CELLS - 3 : left + width - from - 1, glyphs.ellipsis), attr); // prettier-ignore
  else if (!hasBar) view.text(x, y, truncate(words, left + width - x - 1, glyphs.ellipsis), attr);
  if (!hasBar) {
    const numbers = x + bar + 1;
    if (phase !== 'retrying' && total !== undefined && numbers < left + width)
      view.text(numbers, y, pad(bytes(total), SIZE_CELLS, 'right'), theme.dim);
    return;
  }
  const hue = phase === 'unpacking' || phase === 'compressing' ? theme.resource.io[0] : movingAttr(theme, kind);
  paintProgress(view, x, y, bar, shareOf({ current, total }), hue);
  paintNumbers(view, x + bar + 1, y, current, total, row.speed, row.leftMs);
}
