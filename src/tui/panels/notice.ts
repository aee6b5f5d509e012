// The second line: one thing at a time. What was just done or refused; else who suffers from whom; else nothing.
import { findingSentence } from '../present/neighbours.js';
import { shownFinding } from '../reducers/neighbours.js';
import { paintNotice } from '../widgets/index.js';
import { widthOf, type Attr, type Canvas, type Rect, type Theme } from '../screen/index.js';
import type { Notice, State } from '../state.js';
import { hintFor } from './hints.js';

/** How long a sentence stays, ms: errors until something else is said. */
const STAYS_MS: Readonly<Record<Notice['kind'], number>> = { info: 6000, good: 8000, warning: 15_000, error: Infinity };
/** …or until then where somebody suffers meanwhile, ms. */
const ERROR_YIELDS_MS = 15_000;
/** Cells that the two keys of a finding take, and a gap before them. */
const KEYS_CELLS = 20;

const attrOf = (theme: Theme, kind: Notice['kind']): Attr =>
  ({ info: theme.text, good: theme.good, warning: theme.notice, error: theme.error })[kind];

/** Whether what was said last is still to be read. */
function isFresh({ notice, neighbours }: State, now: number): boolean {
  if (!notice) return false;
  const stays = notice.kind === 'error' && neighbours.findings.length > 0 ? ERROR_YIELDS_MS : STAYS_MS[notice.kind];
  return now - notice.at <= stays;
}

/** @param now the present: what was said was said in it, whatever moment the rest shows */
export function paintNoticeLine(canvas: Canvas, rect: Rect, state: State, now: number): void {
  const area = { ...rect, x: rect.x + 1, width: rect.width - 2 };
  if (state.notice && isFresh(state, now)) paintSaid(canvas, area, state, state.notice);
  else paintFinding(canvas, area, state);
}

function paintSaid(canvas: Canvas, area: Rect, state: State, { kind, text }: Notice): void {
  const { mark } = canvas.glyphs;
  const sign = kind === 'error' ? `${mark.failed} ` : kind === 'warning' ? `${mark.suffers} ` : '';
  const keys = kind === 'error' ? [hintFor('events', 'events', state, canvas.glyphs)] : [];
  paintNotice(canvas, area, { text: sign + text, style: attrOf(canvas.theme, kind), keys });
}

function paintFinding(canvas: Canvas, area: Rect, state: State): void {
  // On its own page the sentence stands above the graphs.
  const finding = state.view.page === 'neighbours' ? undefined : shownFinding(state);
  if (finding === undefined) return;
  const { mark } = canvas.glyphs;
  const others = state.neighbours.findings.length - 1;
  const more = others > 0 ? ` (+${others})` : '';
  const long = `${mark.suffers} ${findingSentence(state, finding, 'long')}${more}`;
  const fits = widthOf(long) <= area.width - KEYS_CELLS;
  const text = fits ? long : `${mark.suffers} ${findingSentence(state, finding, 'short')}${more}`;
  paintNotice(canvas, area, {
    text,
    style: canvas.theme.notice,
    keys: [
      hintFor('who', 'look', state, canvas.glyphs),
      hintFor('quieten', finding.byOwnLimit ? 'limits' : 'quieten', state, canvas.glyphs),
    ],
  });
}
