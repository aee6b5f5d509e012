// The Logs tab: the lines that are shown, through the viewer; when each was written and by whom, how grave it is, which went to
// stderr, and lines that are JSON as time, level, message and the rest.
import type { LogLine } from '../logs/buffer.js';
import { logFilter } from '../logs/filter.js';
import type { ShownLines } from '../logs/view.js';
import { agoText, clockMs, levelIn, readStructured, type Level, type StructuredLine } from '../present/log-line.js';
import { count, plural } from '../present/units.js';
import {
  bold,
  pad,
  truncate,
  type Attr,
  type Canvas,
  type Glyphs,
  type Rect,
  type Span,
  type Theme,
} from '../screen/index.js';
import type { LogsSlice, State } from '../state.js';
import { searchPattern } from '../filter.js';
import { paintViewer, settleViewer, type Lines, type Viewer } from '../widgets/index.js';

/** The rectangle of the lines inside the pane: one column for the mark of the line that a search stands on. */
export const logsArea = (inner: Rect): Rect => ({ ...inner, x: inner.x + 1, width: inner.width - 1 });

/** Cells of a container's name where several are shown in one stream. */
const MAX_NAME = 14;

/** Lines as the viewer takes them. */
export function viewerLines(logs: ShownLines, state: State, theme: Theme, glyphs: Glyphs): Lines {
  const { timestamps, structured } = state.logs;
  const names = logs.sources.length > 1 ? logs.sources.map(({ name }) => name) : [];
  const nameCells = Math.min(MAX_NAME, Math.max(0, ...names.map((name) => name.length)));
  return {
    length: logs.length,
    at: (index) => logs.at(index).text,
    prefix: (index): readonly Span[] => {
      const { time, stream, source } = logs.at(index);
      const name = names[source];
      return [
        ...(timestamps === 'none' ? [] : [{ text: `${timeOf(time, timestamps, state.now)} `, attr: theme.dim }]),
        ...(name === undefined
          ? []
          : [{ text: `${pad(name, nameCells, 'left', glyphs.ellipsis)} `, attr: hueOf(theme, source) }]),
        // What came on stderr is marked at its edge; its own colours are its own business.
        {
          text: stream === 'stderr' ? glyphs.box.vertical : stream === 'gap' ? glyphs.box.dashed : ' ',
          attr: stream === 'stderr' ? theme.error : theme.notice,
        },
      ];
    },
    spans: (index) => lineSpans(logs.at(index), structured, theme),
    target: (index) => ({ kind: 'log-line', index: index + logs.base }),
  };
}

const timeOf = (time: string, as: 'absolute' | 'relative', now: number): string => {
  const at = new Date(time);
  return as === 'absolute' ? clockMs(at) : agoText(now - at.getTime());
};

/** One hue a container, the five of the resources in turn. */
function hueOf({ resource }: Theme, source: number): Attr {
  const hues = [resource.net[0], resource.memory[0], resource.cpu[0], resource.io[0], resource.pids[0]];
  return hues[source % hues.length]!;
}

const levelAttr = (theme: Theme, level: Level): Attr =>
  ({
    error: bold(theme.error),
    warn: bold(theme.notice),
    info: theme.good,
    debug: theme.dim,
    trace: theme.faint,
  })[level];

const known = new WeakMap<LogLine, { readonly length: number; readonly structured: StructuredLine | undefined }>();

/** What is known of a line is kept with it, until more of the line comes. */
function structuredOf(line: LogLine): StructuredLine | undefined {
  const { length } = line.text;
  const before = known.get(line);
  if (before?.length === length) return before.structured;
  const structured = readStructured(line.text);
  known.set(line, { length, structured });
  return structured;
}

/** Characters of a line that are laid out here; what is longer is the viewer's to cut. */
const MAX_SPANS = 16_384;

/** A line with its level lit, or its parts where it is JSON; undefined where it has colours of its own, or nothing to light. */
function lineSpans(line: LogLine, structured: boolean, theme: Theme): readonly Span[] | undefined {
  const { text, stream } = line;
  if (stream === 'gap') return [{ text, attr: theme.notice }];

  if (text.length > MAX_SPANS || /[\x1b\x80-\x9f\r\t]/.test(text)) return undefined;
  const parts = structured && text.includes('{') ? structuredOf(line) : undefined;
  if (parts) return structuredSpans(parts, theme);
  const level = levelIn(text);
  if (level === undefined) return undefined;
  return [
    { text: text.slice(0, level.start), attr: theme.text },
    { text: text.slice(level.start, level.end), attr: levelAttr(theme, level.level) },
    { text: text.slice(level.end), attr: theme.text },
  ].filter((span) => span.text !== '');
}

function structuredSpans({ time, level, message, fields }: StructuredLine, theme: Theme): readonly Span[] {
  return [
    ...(time === undefined ? [] : [{ text: `${time} `, attr: theme.dim }]),
    ...(level === undefined ? [] : [{ text: `${level.toUpperCase().padEnd(5)} `, attr: levelAttr(theme, level) }]),
    ...(message === '' ? [] : [{ text: `${message}  `, attr: theme.strong }]),
    ...fields.flatMap(([key, value], i) => [
      { text: `${key}=`, attr: theme.dim },
      { text: `${value}${i === fields.length - 1 ? '' : '  '}`, attr: theme.text },
    ]),
  ];
}

/** The viewer with its line numbers brought to what is kept now: lines were dropped before the oldest, or put there. */
export function viewerNow({ viewer, base }: LogsSlice, logs: ShownLines): Viewer {
  const moved = logs.base - base;
  if (moved === 0) return viewer;
  const top = viewer.top - moved;
  return {
    ...viewer,
    top: Math.max(0, top),
    skip: top < 0 ? 0 : viewer.skip,
    found: viewer.found < 0 ? -1 : Math.max(-1, viewer.found - moved),
  };
}

export function paintLogs(canvas: Canvas, rect: Rect, state: State, logs: ShownLines, id: string | undefined): void {
  const { theme, glyphs } = canvas;
  if (logs.id === undefined || logs.id !== id) return;
  const area = logsArea(rect);
  const say = (text: string, attr: Attr): number =>
    canvas.within(rect).text(rect.x + 1, rect.y + 1, truncate(text, rect.width - 2, glyphs.ellipsis), attr);
  if (typeof logs.state === 'object') {
    say(logs.state.failed, theme.error);
    return;
  }
  if (logs.length === 0) {
    if (logs.state === 'reading' && logs.total === 0) return;
    say(nothingShown(state, logs), theme.dim);
    return;
  }
  const lines = viewerLines(logs, state, theme, glyphs);
  const viewer = settleViewer(viewerNow(state.logs, logs), lines, area);
  paintViewer(canvas, area, viewer, lines);
}

function nothingShown(state: State, logs: ShownLines): string {
  const { filter, range } = state.logs;
  if (logs.total > 0) {
    const { problem } = logFilter(filter.text);
    return problem ?? `None of ${plural(logs.total, 'line')} passes the filter ${filter.text}; F changes it.`;
  }
  if (range.text !== '') return `It has written nothing in “${range.text}”; T changes the stretch of time.`;
  return logs.sources.length > 1 ? 'They have written nothing yet.' : 'It has written nothing yet.';
}

/** What the border says of the lines: what is typed, or what is searched, filtered and read. */
export function logsRemark(state: State, logs: ShownLines, width: number): string {
  const { search, filter, range, viewer } = state.logs;
  // What is typed is seen to its end, however long it is.
  const typed = (name: string, text: string): string => {
    const room = Math.max(10, Math.floor(width / 2) - name.length - 6);
    return `${name}${text.length > room ? `…${text.slice(1 - room)}` : text}_`;
  };
  if (search.editing) return typed('/', search.text);
  if (filter.editing) return typed('filter ', filter.text);
  if (range.editing) return typed('time ', range.text);
  const now = viewerNow(state.logs, logs);
  const parts = [
    search.text === '' ? '' : `/${truncate(search.text, 24)}: ${findsText(state, logs, now)}`,
    filter.text === '' ? '' : `${truncate(filter.text, 24)}: ${count(logs.length)} of ${plural(logs.total, 'line')}`,
    range.text === '' ? '' : truncate(range.text, 24),
    logs.sources.length > 1 ? plural(logs.sources.length, 'container') : (logs.sources[0]?.name ?? ''),
    viewer.follow ? 'following' : 'held',
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

function findsText(state: State, logs: ShownLines, viewer: Viewer): string {
  const { problem } = searchPattern(state.logs.search.text);
  if (problem !== undefined) return 'no pattern';
  const { found } = logs;
  if (!found.complete) return 'looking';
  if (found.count === 0) return 'not found';
  const ordinal = found.ordinalOf(viewer.found);
  return ordinal === undefined ? plural(found.count, 'line') : `${ordinal} of ${found.count}`;
}
