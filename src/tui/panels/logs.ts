// The Logs tab: the lines that are kept, through the viewer; when each was written, and which of them went to stderr.
import type { LogLines } from '../log-buffer.js';
import { truncate, type Canvas, type Glyphs, type Rect, type Span, type Theme } from '../screen/index.js';
import type { LogsSlice, State } from '../state.js';
import { paintViewer, settleViewer, type Lines, type Viewer } from '../widgets/index.js';

/** The rectangle of the lines inside the pane: one column for the mark of the line that a search stands on. */
export const logsArea = (inner: Rect): Rect => ({ ...inner, x: inner.x + 1, width: inner.width - 1 });

/** Lines as the viewer takes them. */
export function viewerLines(logs: LogLines, timestamps: boolean, theme: Theme, glyphs: Glyphs): Lines {
  return {
    length: logs.length,
    at: (index) => logs.at(index).text,
    prefix: (index): readonly Span[] => {
      const { time, stream } = logs.at(index);
      return [
        ...(timestamps ? [{ text: `${localTime(time)} `, attr: theme.dim }] : []),
        // What came on stderr is marked at its edge; its own colours are its own business.
        {
          text: stream === 'stderr' ? glyphs.box.vertical : stream === 'gap' ? glyphs.box.dashed : ' ',
          attr: stream === 'stderr' ? theme.error : theme.notice,
        },
      ];
    },
  };
}

/** "14:02:11.123", local time, from RFC 3339. */
function localTime(time: string): string {
  const date = new Date(time);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** The viewer with its line numbers brought to what is kept now: lines were dropped before the oldest, or put there. */
export function viewerNow({ viewer, base }: LogsSlice, logs: LogLines): Viewer {
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

export function paintLogs(canvas: Canvas, rect: Rect, state: State, logs: LogLines, id: string): void {
  const { theme, glyphs } = canvas;
  if (logs.id !== id) return;
  const area = logsArea(rect);
  if (typeof logs.state === 'object') {
    canvas
      .within(rect)
      .text(rect.x + 1, rect.y + 1, truncate(logs.state.failed, rect.width - 2, glyphs.ellipsis), theme.error);
    return;
  }
  if (logs.length === 0) {
    if (logs.state !== 'reading')
      canvas.within(rect).text(rect.x + 1, rect.y + 1, 'It has written nothing yet.', theme.dim);
    return;
  }
  const lines = viewerLines(logs, state.logs.timestamps, theme, glyphs);
  const viewer = settleViewer(viewerNow(state.logs, logs), lines, area);
  paintViewer(canvas, area, viewer, lines);
}
