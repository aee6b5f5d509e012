// Moving about in the log lines that are shown: only here are the lines, the size of the pane and the viewer together.
import { inside, paneRect } from '../layout.js';
import { seenText } from '../logs/filter.js';
import type { LogLine } from '../logs/buffer.js';
import type { LogView, ShownLines } from '../logs/view.js';
import { logsArea, viewerLines, viewerNow } from '../panels/logs.js';
import { agoText, clockMs, wholeLine } from '../present/log-line.js';
import { clean, glyphsFor, themeFor } from '../screen/index.js';
import type { State } from '../state.js';
import { reduceViewer, scrollViewer, settleViewer, showLine, type Lines, type Viewer } from '../widgets/index.js';

interface Sight {
  readonly viewer: Viewer;
  readonly lines: Lines;
  readonly size: { readonly width: number; readonly height: number };
}

function look(state: State, logs: ShownLines): Sight {
  const size = logsArea(inside(paneRect(state, 'logs')));
  // Only widths matter here, and every theme has the same.
  const lines = viewerLines(logs, state, themeFor(256), glyphsFor(state.appearance.glyphs));
  return { viewer: viewerNow(state.logs, logs), lines, size };
}

/** The viewer after a key of the viewer widget, or so many rows of the wheel; undefined where nothing moves. */
export function scrolledLogs(state: State, logs: LogView, by: string | number): Viewer | undefined {
  const { viewer, lines, size } = look(state, logs);
  if (by === 'n' || by === 'N')
    return foundViewer(settleViewer(viewer, lines, size), logs, by === 'n' ? 1 : -1, lines, size);
  return typeof by === 'number' ? scrollViewer(viewer, by, lines, size) : reduceViewer(viewer, by, lines, size);
}

/** The next find (or the one before) brought into the window; the search goes round the ends. */
function foundViewer(viewer: Viewer, logs: LogView, direction: 1 | -1, lines: Lines, size: Sight['size']): Viewer {
  const last = Math.min(logs.length, viewer.top + size.height);
  const from = viewer.found >= 0 ? viewer.found : direction > 0 ? viewer.top - 1 : last;
  const index = logs.findFrom(from, direction);
  return index === undefined ? { ...viewer, found: -1 } : showLine({ ...viewer, found: index }, index, lines, size);
}

/** The viewer at the first line from a time on (ms since the epoch), held there. */
export function viewerAt(state: State, logs: LogView, at: number): Viewer {
  const { viewer, lines, size } = look(state, logs);
  const top = logs.indexAt(new Date(at).toISOString().slice(0, -1));
  return settleViewer({ ...viewer, top, skip: 0, follow: false, found: -1 }, lines, size);
}

/** The line at the top of the window and the one that was found: what is kept in place while other lines come and go. */
export function anchorsOf(state: State, logs: LogView): { readonly top?: LogLine; readonly found?: LogLine } {
  const { viewer, lines, size } = look(state, logs);
  if (logs.length === 0) return {};
  const { top, found } = settleViewer(viewer, lines, size);
  return {
    ...(top < logs.length ? { top: logs.at(top) } : {}),
    ...(found >= 0 && found < logs.length ? { found: logs.at(found) } : {}),
  };
}

/** The viewer with these lines where they were; where one is gone, what comes after it. */
export function anchoredViewer(state: State, logs: LogView, anchors: ReturnType<typeof anchorsOf>): Viewer {
  const { viewer, lines, size } = look(state, logs);
  if (logs.length === 0) return { ...viewer, top: 0, skip: 0, found: -1 };
  const top = anchors.top === undefined ? viewer.top : logs.indexOf(anchors.top);
  const found = anchors.found === undefined ? -1 : logs.indexOf(anchors.found);
  const isThere = found >= 0 && logs.at(found) === anchors.found;
  return settleViewer({ ...viewer, top, skip: 0, found: isThere ? found : -1 }, lines, size);
}

/** The log lines that are in sight, for the clipboard. */
export function shownLogText(state: State, logs: ShownLines): string {
  const { viewer, lines, size } = look(state, logs);
  const { top } = settleViewer(viewer, lines, size);
  const count = Math.min(size.height, logs.length - top);
  return Array.from({ length: Math.max(0, count) }, (_, i) => seenText(logs.at(top + i).text)).join('\n');
}

/** The line that a key opens: the one that was found, else the newest in sight. */
export function lineInSight(state: State, logs: ShownLines): number | undefined {
  if (logs.length === 0) return undefined;
  const { viewer, lines, size } = look(state, logs);
  const settled = settleViewer(viewer, lines, size);
  const last = Math.min(logs.length - 1, settled.top + size.height - 1);
  return settled.found >= settled.top && settled.found <= last ? settled.found : last;
}

/** A line in full: when, where, by whom, and JSON over several lines. */
export function openedLine(
  state: State,
  logs: ShownLines,
  index: number,
): { title: string; lines: string[]; copy: string } {
  const { time, stream, source, text } = logs.at(index);
  const seen = seenText(text);
  const at = new Date(time);
  const name = logs.sources[source]?.name ?? '';
  return {
    title: `${name} ${stream} ${clockMs(at)} (${agoText(state.now - at.getTime()).trim()})`,
    lines: wholeLine(seen).map(clean),
    copy: seen,
  };
}
