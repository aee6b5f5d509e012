// The second line: one thing at a time. What was just done or refused; else who suffers from whom; else nothing.
import { READ_MS } from '../actions.js';
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

/** Whether it is still to be read. */
function isFresh({ kind, at }: Notice, { neighbours }: State, now: number): boolean {
  const stays = kind === 'error' && neighbours.findings.length > 0 ? ERROR_YIELDS_MS : STAYS_MS[kind];
  return now - at <= stays;
}

/** What is said at this moment: the later of an answer and news, but an answer is left to be read for a while. */
export function saidNow(state: State, now: number): Notice | undefined {
  const [answer, news] = [state.notice, state.news].map((each) =>
    each && isFresh(each, state, now) ? each : undefined,
  );
  if (answer === undefined || news === undefined) return answer ?? news;
  return now - answer.at < READ_MS || news.at < answer.at ? answer : news;
}

/** @param now the present: what was said was said in it, whatever moment the rest shows */
export function paintNoticeLine(canvas: Canvas, rect: Rect, state: State, now: number): void {
  const area = { ...rect, x: rect.x + 1, width: rect.width - 2 };
  const said = saidNow(state, now);
  if (said !== undefined) paintSaid(canvas, area, state, said);
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
