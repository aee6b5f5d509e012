// The Graphs tab: what the selected container used over time, one chart a resource, on one axis of time.
import { changesOf, limitsOver, type ChangeMark } from '../present/changes.js';
import { groupReading } from '../present/group.js';
import { ago, bytes, clock } from '../present/units.js';
import type { Row } from '../rows.js';
import { type Canvas, type Rect, type Span, widthOf } from '../screen/index.js';
import { projectTarget, type Sources } from '../sources.js';
import { spanOf, type State } from '../state.js';
import { MIRRORED_LEAST_ROWS, paintLineChart, paintMirroredChart, peakOf, type LineChart } from '../widgets/index.js';
import { chartsOf, type Chart } from './graphs/charts.js';

const LABEL_CELLS = 5;
/** Rows that a chart needs to be one. */
const LEAST_ROWS = 8;
const LEAST_COLUMNS = 36;

/** @param row what is selected: a container, or a project with the sums of its members */
export function paintGraphs(canvas: Canvas, rect: Rect, state: State, sources: Sources, row: Row): void {
  const { readings } = sources;
  const isGroup = row.kind === 'group';
  const id = isGroup ? projectTarget(row.project) : row.key;
  const sample = isGroup ? groupReading(readings, row.project, row.members) : readings.latest(id);
  const charts = chartsOf(canvas, sample);
  const columns = rect.width >= 2 * LEAST_COLUMNS ? 2 : 1;
  const lines = Math.max(1, Math.min(Math.ceil(charts.length / columns), Math.floor(rect.height / LEAST_ROWS)));
  const width = Math.floor((rect.width - (columns - 1) * 3) / columns);
  const shown = charts.slice(0, columns * lines);
  shown.forEach((chart, i) => {
    const line = Math.floor(i / columns);
    const top = Math.floor((line * rect.height) / lines);
    const height = Math.floor(((line + 1) * rect.height) / lines) - top;
    const area = { x: rect.x + (i % columns) * (width + 3), y: rect.y + top, width, height };
    // One that is left alone has the room of two: nothing stays empty.
    const isAlone = i % columns === 0 && i === shown.length - 1;
    paintChart(canvas, isAlone ? { ...area, width: rect.width } : area, state, sources, id, chart);
    if (i % columns > 0) paintRule(canvas, { ...area, x: area.x - 2 });
  });
}

/** An upright line between two charts. */
function paintRule(canvas: Canvas, { x, y, height }: Rect): void {
  for (let i = 0; i < height; i++) canvas.put(x, y + i, canvas.glyphs.box.vertical, canvas.theme.faint);
}

/** Some of the charts of one target below each other, for who lays the times of two targets side by side. */
export function paintChosenCharts(
  canvas: Canvas,
  rect: Rect,
  state: State,
  sources: Sources,
  id: string,
  titles: readonly string[],
): void {
  const charts = chartsOf(canvas, sources.readings.latest(id));
  const chosen = titles.flatMap((title) => charts.filter((chart) => chart.title === title));
  const lines = Math.min(chosen.length, Math.max(1, Math.floor(rect.height / LEAST_ROWS)));
  chosen.slice(0, lines).forEach((chart, line) => {
    const top = Math.floor((line * rect.height) / lines);
    const height = Math.floor(((line + 1) * rect.height) / lines) - top;
    paintChart(canvas, { ...rect, y: rect.y + top, height }, state, sources, id, chart);
  });
}

/** The next round number above a peak, so that the axis moves seldom and its labels are short. */
export function roundedUp(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= value) ?? 10;
  return step * power;
}

function paintChart(canvas: Canvas, rect: Rect, state: State, sources: Sources, id: string, chart: Chart): void {
  const { theme } = canvas;
  const view = canvas.within(rect);
  let x = rect.x + view.text(rect.x, rect.y, chart.title, theme.strong);
  const values = fittingValues(chart.now, rect.width - (x - rect.x) - 2, { text: '   ', attr: theme.dim });
  const nowWidth = widthOfSpans(values);
  const room = rect.width - (x - rect.x) - nowWidth;
  if (chart.unit !== '' && room > widthOf(chart.unit) + 2) x += 1 + view.text(x + 1, rect.y, chart.unit, theme.dim);
  view.spans(rect.x + rect.width - nowWidth, rect.y, values);

  const spanMs = spanOf(state);
  const area = { ...rect, y: rect.y + 1, height: rect.height - 1 };
  const dots = Math.max(2, (area.width - LABEL_CELLS - 2) * 2);
  const points = Math.max(2, Math.min(dots, Math.round(spanMs / 1000)));
  const stepMs = spanMs / points;
  // Buckets are fixed to the clock, so that a line moves on and does not tremble.
  const until = Math.ceil((state.graphs.until ?? state.now) / stepMs) * stepMs;
  const series = chart.lines.map(({ series: name, ...look }) => ({
    ...look,
    values: sources.readings.history(id, name, spanMs, points, until).values,
  }));
  const peak = Math.max(0, ...series.map(({ values }) => peakOf(values, values.length)));
  const fits = chart.limit !== undefined && peak <= chart.limit && peak > chart.limit / 8;
  const max = fits ? chart.limit : Math.max(chart.least, scaleFor(chart, peak));
  const axes = {
    span: points,
    max,
    label: chart.label,
    labelWidth: LABEL_CELLS,
    ...pastOf(state, id, chart, until - spanMs, until, area.width - LABEL_CELLS - 2),
    from: ago(spanMs),
    to: state.graphs.until === undefined ? 'now' : clock(until),
  };
  const [first, second] = series;
  if (chart.mirrored !== undefined && first && second && area.height >= MIRRORED_LEAST_ROWS) {
    const [up, down] = chart.mirrored;
    const directions = { up: { values: first.values, ramp: up }, down: { values: second.values, ramp: down } };
    paintMirroredChart(view, area, { ...axes, ...directions });
  } else paintLineChart(view, area, { ...axes, series, ...(chart.limit === undefined ? {} : { limit: chart.limit }) });
}

/** What was changed in the time that is shown, and the limits before and after, as shares of the width. */
function pastOf(
  state: State,
  id: string,
  chart: Chart,
  from: number,
  to: number,
  cells: number,
): Pick<LineChart, 'marks' | 'limits'> {
  const { list } = state.events;
  const share = (at: number): number => (at - from) / (to - from);
  const marks = withoutCrowds(
    changesOf(list, namesOn(state, id), from, to).map((mark) => ({ ...mark, at: share(mark.at) })),
    cells,
  );
  if (chart.limited === undefined) return { marks };
  const limits = limitsOver(list, id, chart.limited, chart.limit, from, to).flatMap((span) =>
    span.value === undefined ? [] : [{ from: share(span.from), to: share(span.to), value: span.value }],
  );
  return { marks, limits };
}

/** On the graph of a project each mark says whose it is. */
function namesOn({ containers }: State, id: string): ReadonlyMap<string, string> {
  const members = containers.list.filter(
    ({ config: { project } }) => project !== undefined && projectTarget(project) === id,
  );
  return members.length === 0 ? new Map([[id, '']]) : new Map(members.map((member) => [member.id, member.config.name]));
}

/** Of what falls into one cell the most telling: a stop is a signal, an end and a stop. */
function withoutCrowds(marks: readonly ChangeMark[], cells: number): readonly ChangeMark[] {
  const byCell = new Map<number, ChangeMark>();
  for (const mark of marks) {
    const cell = Math.floor(mark.at * cells);
    const there = byCell.get(cell);
    if (there === undefined || mark.rank >= there.rank) byCell.set(cell, mark);
  }
  return [...byCell.values()];
}

const widthOfSpans = (spans: readonly Span[]): number => spans.reduce((sum, { text }) => sum + widthOf(text), 0);

/** The last groups of values that have room, with gaps between them. */
function fittingValues(groups: Chart['now'], room: number, gap: Span): readonly Span[] {
  const joined = groups.flatMap((group, i) => (i === 0 ? group : [gap, ...group]));
  return widthOfSpans(joined) <= room || groups.length === 1 ? joined : fittingValues(groups.slice(1), room, gap);
}

/** Bytes are round in powers of two and in the middle between them, everything else in powers of ten. */
function scaleFor(chart: Chart, peak: number): number {
  if (chart.label !== bytes) return roundedUp(peak);
  const above = Math.max(1, peak * 1.05);
  const power = 2 ** Math.ceil(Math.log2(above));
  return above <= power * 0.75 ? power * 0.75 : power;
}
