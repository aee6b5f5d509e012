// Text that is longer than its window: logs, inspect. It scrolls, wraps, follows the end, and finds. Only lines that are
// shown are ever laid out, so a viewer of a million lines costs what one of fifty does.
import { type Attr, type Canvas, type Rect, type Span, eachCluster, styledLine, widthOf } from '../screen/index.js';

/** Where a viewer's lines come from: an array, a ring, a file's window. */
export interface Lines {
  readonly length: number;
  /** The raw line, escape sequences and all: the viewer makes it fit to be shown. */
  readonly at: (index: number) => string;
  /** What stands before a line (a time, a stream), never wrapped or searched. */
  readonly prefix?: (index: number) => readonly Span[];
}

export interface Viewer {
  /** The first line shown, and how many of its rows are scrolled off where lines are wrapped. */
  readonly top: number;
  readonly skip: number;
  /** Cells scrolled off at the left where lines are not wrapped. */
  readonly left: number;
  readonly wrap: boolean;
  /** Whether the end stays in sight as lines come. */
  readonly follow: boolean;
  /** Searched for, without regard to case; '' for nothing. */
  readonly query: string;
  /** The line that was found last; -1 for none. */
  readonly found: number;
}

export const VIEWER_START: Viewer = { top: 0, skip: 0, left: 0, wrap: false, follow: true, query: '', found: -1 };

/** Longer lines are shown up to here: nobody reads on, and a line of 90 million characters must not freeze the screen. */
const MAX_SHOWN = 16_384;

function shownLine(lines: Lines, index: number): string {
  const line = lines.at(index);
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)} …` : line;
}

function prefixWidth(lines: Lines, index: number): number {
  return lines.prefix?.(index).reduce((sum, span) => sum + widthOf(span.text), 0) ?? 0;
}

/** Spans broken into rows of `width` cells. */
export function breakSpans(spans: readonly Span[], width: number): Span[][] {
  const rows: Span[][] = [[]];
  let used = 0;
  for (const span of spans) {
    let piece = '';
    const close = (): void => {
      if (piece !== '') rows.at(-1)!.push({ text: piece, attr: span.attr });
      piece = '';
    };
    eachCluster(span.text, (cluster, cells) => {
      if (used + cells > width && used > 0) {
        close();
        rows.push([]);
        used = 0;
      }
      piece += cluster;
      used += cells;
      return true;
    });
    close();
  }
  return rows;
}

/** Rows that a line takes in a window of `width` cells. */
function rowsOf(lines: Lines, index: number, viewer: Viewer, width: number): number {
  if (!viewer.wrap || index >= lines.length) return 1;
  const room = Math.max(1, width - prefixWidth(lines, index));
  return breakSpans(styledLine(shownLine(lines, index)).spans, room).length;
}

/** The place from which on the rest fills the window exactly: the furthest one can scroll. */
function lastPlace(viewer: Viewer, lines: Lines, size: Size): { top: number; skip: number } {
  let rows = 0;
  for (let i = lines.length - 1; i >= 0; i--) {
    rows += rowsOf(lines, i, viewer, size.width);
    if (rows >= size.height) return { top: i, skip: rows - size.height };
  }
  return { top: 0, skip: 0 };
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const isPast = (a: { top: number; skip: number }, b: { top: number; skip: number }): boolean =>
  a.top > b.top || (a.top === b.top && a.skip > b.skip);

/** The viewer with its place put right for the lines and the window there are now; a following one is at the end. */
export function settleViewer(viewer: Viewer, lines: Lines, size: Size): Viewer {
  const last = lastPlace(viewer, lines, size);
  const top = Math.max(0, viewer.top);
  const skip = viewer.wrap ? Math.min(viewer.skip, Math.max(0, rowsOf(lines, top, viewer, size.width) - 1)) : 0;
  const place = viewer.follow || isPast({ top, skip }, last) ? last : { top, skip };
  return { ...viewer, ...place };
}

/** Scrolled by so many rows. Back from the end it no longer follows; at the end it follows again. */
export function scrollViewer(viewer: Viewer, rows: number, lines: Lines, size: Size): Viewer {
  let { top, skip } = settleViewer(viewer, lines, size);
  let left = rows;
  while (left < 0) {
    if (skip > 0) skip -= 1;
    else if (top > 0) {
      top -= 1;
      skip = rowsOf(lines, top, viewer, size.width) - 1;
    } else break;
    left += 1;
  }
  while (left > 0 && top < lines.length) {
    if (skip + 1 < rowsOf(lines, top, viewer, size.width)) skip += 1;
    else {
      top += 1;
      skip = 0;
    }
    left -= 1;
  }
  const last = lastPlace(viewer, lines, size);
  const isAtEnd = !isPast(last, { top, skip });
  return { ...viewer, ...(isAtEnd ? last : { top, skip }), follow: isAtEnd && rows >= 0 };
}

/** A key that moves, wraps or follows; undefined for any other. */
export function reduceViewer(viewer: Viewer, key: string, lines: Lines, size: Size): Viewer | undefined {
  const page = Math.max(1, size.height - 1);
  switch (key) {
    case 'up':
    case 'k':
      return scrollViewer(viewer, -1, lines, size);
    case 'down':
    case 'j':
      return scrollViewer(viewer, 1, lines, size);
    case 'pageup':
      return scrollViewer(viewer, -page, lines, size);
    case 'pagedown':
      return scrollViewer(viewer, page, lines, size);
    case 'ctrl-u':
      return scrollViewer(viewer, -Math.ceil(page / 2), lines, size);
    case 'ctrl-d':
      return scrollViewer(viewer, Math.ceil(page / 2), lines, size);
    case 'home':
    case 'g':
      return { ...viewer, top: 0, skip: 0, left: 0, follow: false };
    case 'end':
    case 'G':
      return settleViewer({ ...viewer, follow: true }, lines, size);
    case 'left':
      return viewer.wrap ? undefined : { ...viewer, left: Math.max(0, viewer.left - 8) };
    case 'right':
      return viewer.wrap ? undefined : { ...viewer, left: viewer.left + 8 };
    case 'w':
      return settleViewer({ ...viewer, wrap: !viewer.wrap, skip: 0, left: 0 }, lines, size);
    case 'f':
      return settleViewer({ ...viewer, follow: !viewer.follow }, lines, size);
    case 'n':
      return findInViewer(viewer, 1, lines, size);
    case 'N':
      return findInViewer(viewer, -1, lines, size);
    default:
      return undefined;
  }
}

/** A line as it is searched: what a person sees of it, in small letters. */
function searchable(lines: Lines, index: number): string {
  return styledLine(lines.at(index))
    .spans.map((span) => span.text)
    .join('')
    .toLowerCase();
}

/**
 * The next line (direction 1) or the one before (-1) that has the query, brought into the window; the search goes round.
 *
 * @returns the viewer unchanged but for `found: -1` where no line has it
 */
export function findInViewer(viewer: Viewer, direction: 1 | -1, lines: Lines, size: Size): Viewer {
  const query = viewer.query.toLowerCase();
  if (query === '' || lines.length === 0) return { ...viewer, found: -1 };
  const from = viewer.found >= 0 ? viewer.found : direction > 0 ? viewer.top - 1 : viewer.top + size.height;
  for (let i = 1; i <= lines.length; i++) {
    const index = (((from + direction * i) % lines.length) + lines.length) % lines.length;
    if (!searchable(lines, index).includes(query)) continue;
    const top = Math.max(0, index - Math.floor(size.height / 3));
    const isShown = index >= viewer.top && index < viewer.top + size.height && !viewer.wrap;
    const place = isShown ? {} : { top, skip: 0 };
    return settleViewer({ ...viewer, ...place, found: index, follow: false }, lines, size);
  }
  return { ...viewer, found: -1 };
}

/** Paints the lines in sight. The viewer must be settled (`settleViewer`). */
export function paintViewer(canvas: Canvas, rect: Rect, viewer: Viewer, lines: Lines, base?: Attr): void {
  const view = canvas.within(rect);
  const text = base ?? canvas.theme.text;
  let y = rect.y - viewer.skip;
  for (let index = viewer.top; index < lines.length && y < rect.y + rect.height; index++) {
    const prefix = lines.prefix?.(index) ?? [];
    const indent = prefixWidth(lines, index);
    const room = Math.max(1, rect.width - indent);
    const spans = styledLine(shownLine(lines, index), text).spans;
    const marked = viewer.query === '' ? spans : markMatches(spans, viewer.query, canvas.theme.match);
    const rows = viewer.wrap ? breakSpans(marked, room) : [dropCells(marked, viewer.left)];
    if (y >= rect.y) view.spans(rect.x, y, prefix);
    for (const row of rows) {
      if (y >= rect.y) view.spans(rect.x + indent, y, row, room);
      y += 1;
    }
    if (index === viewer.found && y - rows.length >= rect.y) {
      view.put(rect.x - 1, y - rows.length, canvas.glyphs.mark.selected, canvas.theme.notice);
    }
  }
}

/** Spans without their first `cells` cells. */
function dropCells(spans: readonly Span[], cells: number): readonly Span[] {
  if (cells === 0) return spans;
  let left = cells;
  return spans.map((span) => {
    let kept = '';
    eachCluster(span.text, (cluster, width) => {
      if (left > 0) left -= width;
      else kept += cluster;
      return true;
    });
    return { ...span, text: kept };
  });
}

/** Spans with every place that reads `query` in the attribute `match`, also where it crosses from one span to the next. */
export function markMatches(spans: readonly Span[], query: string, match: Attr): Span[] {
  const text = spans.map((span) => span.text).join('');
  const lower = text.toLowerCase();
  const wanted = query.toLowerCase();
  // Where lower case has another length the places would not agree; such text is shown unmarked.
  if (wanted === '' || lower.length !== text.length) return [...spans];
  const result: Span[] = [];
  let at = 0;
  let next = lower.indexOf(wanted);
  let end = -1;
  for (const span of spans) {
    const stop = at + span.text.length;
    while (at < stop) {
      if (end < 0 && next >= 0 && next <= at) end = next + wanted.length;
      const inMatch = end > at;
      const until = Math.min(stop, inMatch ? end : next < 0 ? stop : Math.max(at, next));
      const piece = text.slice(at, until);
      if (piece !== '') result.push({ text: piece, attr: inMatch ? match : span.attr });
      at = until;
      if (end >= 0 && at >= end) {
        next = lower.indexOf(wanted, end);
        end = -1;
      }
    }
  }
  return result;
}
