// The second line: one thing at a time. What was just done or refused; after a while nothing, so that the next one is seen.
import { paintNotice } from '../widgets/index.js';
import type { Attr, Canvas, Rect, Theme } from '../screen/index.js';
import type { Notice, State } from '../state.js';
import { commandTarget } from './hints.js';

/** How long a sentence stays, ms: errors until something else is said. */
const STAYS_MS: Readonly<Record<Notice['kind'], number>> = { info: 6000, good: 8000, warning: 15_000, error: Infinity };

const attrOf = (theme: Theme, kind: Notice['kind']): Attr =>
  ({ info: theme.text, good: theme.good, warning: theme.notice, error: theme.error })[kind];

export function paintNoticeLine(canvas: Canvas, rect: Rect, state: State): void {
  const { notice, now } = state;
  if (!notice || now - notice.at > STAYS_MS[notice.kind]) return;
  const mark =
    notice.kind === 'error'
      ? `${canvas.glyphs.mark.failed} `
      : notice.kind === 'warning'
        ? `${canvas.glyphs.mark.suffers} `
        : '';
  const keys = notice.kind === 'error' ? [{ key: 'v', label: 'events', target: commandTarget('events') }] : [];
  paintNotice(
    canvas,
    { ...rect, x: rect.x + 1, width: rect.width - 2 },
    { text: mark + notice.text, style: attrOf(canvas.theme, notice.kind), keys },
  );
}
