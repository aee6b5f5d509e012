// Moving about in the log lines that are kept: only here are the lines, the size of the pane and the viewer together.
import { inside, layoutOf } from '../layout.js';
import type { LogLines } from '../log-buffer.js';
import { logsArea, viewerLines, viewerNow } from '../panels/logs.js';
import { glyphsFor, themeFor } from '../screen/index.js';
import type { State } from '../state.js';
import { reduceViewer, scrollViewer, settleViewer, type Lines, type Viewer } from '../widgets/index.js';

function look(state: State, logs: LogLines): { viewer: Viewer; lines: Lines; size: { width: number; height: number } } {
  const { tabs, body } = layoutOf(state);
  const size = logsArea(inside(tabs ?? body));
  // Only widths matter here, and every theme has the same.
  const lines = viewerLines(logs, state.logs.timestamps, themeFor(256), glyphsFor(state.appearance.glyphs));
  return { viewer: viewerNow(state.logs, logs), lines, size };
}

/** The viewer after a key of the viewer widget, or so many rows of the wheel; undefined where nothing moves. */
export function scrolledLogs(state: State, logs: LogLines, by: string | number): Viewer | undefined {
  const { viewer, lines, size } = look(state, logs);
  return typeof by === 'number' ? scrollViewer(viewer, by, lines, size) : reduceViewer(viewer, by, lines, size);
}

/** The log lines that are in sight, for the clipboard. */
export function shownLogText(state: State, logs: LogLines): string {
  const { viewer, lines, size } = look(state, logs);
  const { top } = settleViewer(viewer, lines, size);
  const count = Math.min(size.height, logs.length - top);
  return Array.from({ length: Math.max(0, count) }, (_, i) => logs.at(top + i).text).join('\n');
}
