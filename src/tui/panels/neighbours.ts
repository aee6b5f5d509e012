// The look at a finding: the sentence, who has how much, and the times of victim and suspect side by side on one axis, so that
// a person judges for himself.
import type { Finding, Resource } from '../../metrics/index.js';
import { findingSentence, suspectName, suspectRate } from '../present/neighbours.js';
import { percent } from '../present/units.js';
import { nameOfTarget, shownFinding, suspectOf } from '../reducers/neighbours.js';
import { truncate, widthOf, type Canvas, type Rect } from '../screen/index.js';
import type { Sources } from '../sources.js';
import type { State } from '../state.js';
import { paintMeter, type Title } from '../widgets/index.js';
import { paintChosenCharts } from './graphs.js';

const MOST_SUSPECTS = 3;
const METER_CELLS = 20;
const NAME_CELLS = 24;

/** What a target uses of a resource is the chart of that name; how it waits is another. */
const USE_OF: Readonly<Record<Resource, string>> = { cpu: 'cpu', memory: 'memory', io: 'io' };

export function neighbourTitles(state: State): readonly Title[] {
  const { findings } = state.neighbours;
  const shown = shownFinding(state);
  if (findings.length < 2) return [{ text: 'who hurts whom' }];
  return [
    { text: 'who hurts whom' },
    ...findings.map((finding) => ({
      text: `${nameOfTarget(state, finding.victim)} ${finding.resource}`,
      active: finding === shown,
      target: { kind: 'finding', id: finding.key },
    })),
  ];
}

export function paintNeighbours(canvas: Canvas, rect: Rect, state: State, sources: Sources): void {
  const { theme } = canvas;
  const finding = shownFinding(state);
  const view = canvas.within(rect);
  if (finding === undefined) {
    view.text(rect.x + 2, rect.y + 1, 'Nobody suffers any more.', theme.text);
    view.text(rect.x + 2, rect.y + 2, 'Esc goes back; v lists what happened.', theme.dim);
    return;
  }
  const inner = { ...rect, x: rect.x + 1, width: rect.width - 2 };
  const used = paintWords(canvas, inner, state, finding);
  const below = { ...inner, y: inner.y + used, height: inner.height - used };
  const suspect = suspectOf(finding);
  const use = USE_OF[finding.resource];
  if (finding.byOwnLimit || suspect === undefined) {
    const charts = finding.symptom === 'throttled' ? ['cpu', 'throttling', 'pressure'] : [use, 'pressure'];
    paintSide(canvas, below, state, sources, finding.victim, 'victim', charts);
    return;
  }
  const width = Math.floor((below.width - 3) / 2);
  const right = { ...below, x: below.x + width + 3, width };
  paintSide(canvas, { ...below, width }, state, sources, finding.victim, 'victim', ['pressure', use]);
  paintSide(canvas, right, state, sources, suspect, 'suspect', [use, 'pressure']);
  for (let y = below.y; y < below.y + below.height; y++)
    canvas.put(below.x + width + 1, y, canvas.glyphs.box.vertical, theme.faint);
}

/** @returns rows taken */
function paintWords(canvas: Canvas, rect: Rect, state: State, finding: Finding): number {
  const { theme, glyphs } = canvas;
  const view = canvas.within(rect);
  const { x, y, width } = rect;
  const long = `${glyphs.mark.suffers} ${findingSentence(state, finding, 'long')}.`;
  const sentence =
    widthOf(long) <= width ? long : `${glyphs.mark.suffers} ${findingSentence(state, finding, 'short')}.`;
  view.text(x, y, truncate(sentence, width, glyphs.ellipsis), theme.notice);
  const usual = `usually ${percent(finding.usualPercent)} · certainty ${percent(finding.confidence * 100)} · `;
  const caveat = finding.byOwnLimit ? 'its own limit says so' : 'they happen at the same time: that is no proof';
  view.text(x, y + 1, truncate(usual + caveat, width, glyphs.ellipsis), theme.dim);
  const suspects = finding.suspects.slice(0, MOST_SUSPECTS);
  suspects.forEach(({ id, share, of, rate, rose, disk }, i) => {
    const line = y + 3 + i;
    const name = truncate(suspectName(state, id), NAME_CELLS - 3, glyphs.ellipsis);
    view.text(x, line, `${i === 0 ? glyphs.mark.causes : ' '} ${name}`, i === 0 ? theme.notice : theme.text);
    paintMeter(view, x + NAME_CELLS, line, METER_CELLS, share, theme.resource[resourceHue(finding.resource)]);
    const on = disk === undefined ? '' : ` on ${disk}`;
    const words = `${percent(share * 100)} of ${of}${on} · ${suspectRate(of, rate)}`;
    const [from, room] = [x + NAME_CELLS + METER_CELLS + 2, width - NAME_CELLS - METER_CELLS - 2];
    const rise = rose ? [' · rose when it began', ' · rose'].find((text) => widthOf(words + text) <= room) : undefined;
    view.text(from, line, words + (rise ?? ''), i === 0 ? theme.text : theme.dim);
  });
  return suspects.length === 0 ? 3 : suspects.length + 4;
}

const resourceHue = (resource: Resource): 'cpu' | 'memory' | 'io' => resource;

function paintSide(
  canvas: Canvas,
  rect: Rect,
  state: State,
  sources: Sources,
  id: string,
  side: 'victim' | 'suspect',
  charts: readonly string[],
): void {
  const { theme, glyphs } = canvas;
  const view = canvas.within(rect);
  const mark = side === 'victim' ? glyphs.mark.suffers : glyphs.mark.causes;
  const head = { x: rect.x, y: rect.y, width: rect.width, height: 1 };
  const words = side === 'victim' ? 'suffers' : 'has most of it';
  view.spans(rect.x, rect.y, [
    { text: `${mark} ${truncate(nameOfTarget(state, id), rect.width - 20, glyphs.ellipsis)}`, attr: theme.strong },
    { text: `  ${words}`, attr: theme.dim },
  ]);
  if (state.neighbours.side === side) view.restyle(head, (attr) => theme.selected(attr, true));
  canvas.region({ ...rect }, { kind: 'side', id: side });
  const area = { ...rect, y: rect.y + 1, height: rect.height - 1 };
  paintChosenCharts(canvas, area, state, sources, id, charts);
}
