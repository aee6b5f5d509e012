// Text that is longer than its window: logs. It scrolls, wraps, follows the end, and marks what is searched for. Only lines
// that are shown are ever laid out, so a viewer of a million lines costs what one of fifty does.
import { searchPattern, type Pattern } from '../filter.js';
import {
  type Attr,
  type Canvas,
  type Rect,
  type Span,
  type Target,
  eachCluster,
  styledLine,
  widthOf,
} from '../screen/index.js';

/** Where a viewer's lines come from: an array, a ring, a file's window. */
export interface Lines {
  readonly length: number;
  /** The raw line, escape sequences and all: the viewer makes it fit to be shown. */
  readonly at: (index: number) => string;
  /** What stands before a line (a time, a stream), never wrapped or searched. */
  readonly prefix?: (index: number) => readonly Span[];
  /** The line as it is to be shown, where that is not its text with its own colours. */
  readonly spans?: (index: number) => readonly Span[] | undefined;
  /** What a click on a line means. */
  readonly target?: (index: number) => Target;
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
  /** Searched for, as filter.ts has it: text or `re:`; '' for nothing. */
  readonly query: string;
  /** The line that was found last; -1 for none. */
  readonly found: number;
}

export const VIEWER_START: Viewer = { top: 0, skip: 0, left: 0, wrap: false, follow: true, query: '', found: -1 };

/** Longer lines are shown up to here: nobody reads on, and a line of 90 million characters must not freeze the screen. */
const MAX_SHOWN = 16_384;

function shownSpans(lines: Lines, index: number, base?: Attr): readonly Span[] {
  const spans = lines.spans?.(index);
  if (spans) return spans;
  const line = lines.at(index);
  return styledLine(line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)} …` : line, base).spans;
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
  return breakSpans(shownSpans(lines, index), room).length;
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
    default:
      return undefined;
  }
}

/** The viewer with a line brought into the window, held there; where it is in sight already nothing moves. */
export function showLine(viewer: Viewer, index: number, lines: Lines, size: Size): Viewer {
  const isShown = index >= viewer.top && index < viewer.top + size.height && !viewer.wrap;
  const place = isShown ? {} : { top: Math.max(0, index - Math.floor(size.height / 3)), skip: 0 };
  return settleViewer({ ...viewer, ...place, follow: false }, lines, size);
}

/** Paints the lines in sight. The viewer must be settled (`settleViewer`). */
export function paintViewer(canvas: Canvas, rect: Rect, viewer: Viewer, lines: Lines, base?: Attr): void {
  const view = canvas.within(rect);
  const text = base ?? canvas.theme.text;
  const pattern = viewer.query === '' ? undefined : searchPattern(viewer.query);
  let y = rect.y - viewer.skip;
  for (let index = viewer.top; index < lines.length && y < rect.y + rect.height; index++) {
    const prefix = lines.prefix?.(index) ?? [];
    const indent = prefixWidth(lines, index);
    const room = Math.max(1, rect.width - indent);
    const spans = shownSpans(lines, index, text);
    const marked = pattern === undefined ? spans : markMatches(spans, pattern, canvas.theme.match);
    const rows = viewer.wrap ? breakSpans(marked, room) : [dropCells(marked, viewer.left)];
    if (y >= rect.y) view.spans(rect.x, y, prefix);
    for (const row of rows) {
      if (y >= rect.y) view.spans(rect.x + indent, y, row, room);
      y += 1;
    }
    if (lines.target) view.region({ ...rect, y: y - rows.length, height: rows.length }, lines.target(index));
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

/** Matches are marked up to here in a line: nobody scrolls further sideways, and a line may be very long. */
const MAX_MARKED = 4096;

/** Spans with every place that the pattern finds in the attribute `match`, also where it crosses from one span to the next. */
export function markMatches(spans: readonly Span[], pattern: Pattern, match: Attr): Span[] {
  const text = spans.map((span) => span.text).join('');
  const searched = text.length > MAX_MARKED ? text.slice(0, MAX_MARKED) : text;
  const result: Span[] = [];
  let at = 0;
  let next = pattern.find(searched);
  for (const span of spans) {
    const stop = at + span.text.length;
    while (at < stop) {
      const isIn = next !== undefined && at >= next.start;
      const until = Math.min(stop, next === undefined ? stop : isIn ? next.end : next.start);
      result.push({ text: text.slice(at, until), attr: isIn ? match : span.attr });
      at = until;
      if (next !== undefined && at >= next.end) next = pattern.find(searched, next.end);
    }
  }
  return result;
}
