// The Graphs tab: what the selected container used over time, one chart a resource, on one axis of time.
import type { Sample, SeriesName } from '../../metrics/index.js';
import { changesOf, limitsOver, type ChangeMark, type LimitedResource } from '../present/changes.js';
import { ago, bytes, clock, coreLimit, cores, count, percent, rate } from '../present/units.js';
import { type Attr, type Canvas, type Ramp, type Rect, type Span, widthOf } from '../screen/index.js';
import { groupReading } from '../present/group.js';
import type { Row } from '../rows.js';
import { projectTarget, type Sources } from '../sources.js';
import { spanOf, type State } from '../state.js';
import { paintLineChart, peakOf, type LineChart } from '../widgets/index.js';

interface Line {
  readonly series: SeriesName;
  readonly style: Attr;
  /** the colours it takes near the limit */
  readonly ramp?: Ramp;
}

interface Chart {
  readonly title: string;
  readonly unit: string;
  /** what stands at the right: the values now in the colours of their lines; the last stays where room is short */
  readonly now: readonly (readonly Span[])[];
  readonly lines: readonly Line[];
  readonly limit?: number | undefined;
  /** the limit that it is, of which the past is known */
  readonly limited?: LimitedResource;
  /** the top of the axis is never lower */
  readonly least: number;
  readonly label: (value: number) => string;
}

const MiB = 1024 ** 2;
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
  charts.slice(0, columns * lines).forEach((chart, i) => {
    const line = Math.floor(i / columns);
    const top = Math.floor((line * rect.height) / lines);
    const bottom = Math.floor(((line + 1) * rect.height) / lines);
    const x = rect.x + (i % columns) * (width + 3);
    paintChart(canvas, { x, y: rect.y + top, width, height: bottom - top }, state, sources, id, chart);
  });
  if (columns === 2) {
    const x = rect.x + width + 1;
    for (let y = rect.y; y < rect.y + rect.height; y++)
      canvas.put(x, y, canvas.glyphs.box.vertical, canvas.theme.faint);
  }
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

function chartsOf(canvas: Canvas, sample: Sample | undefined): readonly Chart[] {
  const { theme } = canvas;
  const { cpu, memory, io, pids } = theme.resource;
  const dim = (text: string): Span => ({ text, attr: theme.dim });
  const now = (text: string, attr: Attr): Span => ({ text, attr });
  const throttled = sample?.cpu.throttledPercent;
  return [
    {
      title: 'cpu',
      unit: 'cores',
      now: [
        [dim('throttled '), now(percent(throttled), (throttled ?? 0) > 0 ? theme.notice : theme.dim)],
        [
          now(cores(sample?.cpu.cores), cpu[0]),
          dim(sample?.cpu.limitCores === undefined ? '' : ` of ${coreLimit(sample.cpu.limitCores)}`),
        ],
      ],
      lines: [{ series: 'cpu.cores', style: cpu[0], ramp: cpu }],
      limit: sample?.cpu.limitCores,
      limited: 'cpu',
      least: 0.1,
      label: (value) => value.toFixed(value < 9.95 ? 2 : 1),
    },
    {
      title: 'memory',
      unit: '',
      now: [
        [dim('kernel '), now(bytes(sample?.memory.kernel), theme.faint)],
        [dim('file '), now(bytes(sample?.memory.file), theme.dim)],
        [dim('anon '), now(bytes(sample?.memory.anon), theme.text)],
        [
          now(bytes(sample?.memory.used), memory[0]),
          dim(sample?.memory.limit === undefined ? '' : ` of ${bytes(sample.memory.limit)}`),
        ],
      ],
      lines: [
        { series: 'memory.kernel', style: theme.faint },
        { series: 'memory.file', style: theme.dim },
        { series: 'memory.anon', style: theme.text },
        { series: 'memory.used', style: memory[0], ramp: memory },
      ],
      limit: sample?.memory.limit,
      limited: 'memory',
      least: MiB,
      label: bytes,
    },
    {
      title: 'io',
      unit: 'bytes/s',
      now: [
        [dim('read '), now(rate(sample?.io.readBytes), theme.text)],
        [dim('write '), now(rate(sample?.io.writeBytes), io[0])],
      ],
      lines: [
        { series: 'io.readBytes', style: theme.text },
        { series: 'io.writeBytes', style: io[0] },
      ],
      least: 64 * 1024,
      label: rate,
    },
    {
      title: 'pressure',
      unit: '% of time waiting',
      now: [
        [dim('cpu '), now(percent(sample?.pressure.cpu.some), cpu[0])],
        [dim('mem '), now(percent(sample?.pressure.memory.some), memory[0])],
        [dim('io '), now(percent(sample?.pressure.io.some), io[0])],
      ],
      lines: [
        { series: 'pressure.cpu.some', style: cpu[0] },
        { series: 'pressure.memory.some', style: memory[0] },
        { series: 'pressure.io.some', style: io[0] },
      ],
      least: 10,
      label: (value) => `${value.toFixed(0)}%`,
    },
    {
      title: 'throttling',
      unit: '% of periods',
      now: [[now(percent(throttled), theme.notice)]],
      lines: [{ series: 'cpu.throttledPercent', style: theme.notice }],
      least: 10,
      label: (value) => `${value.toFixed(0)}%`,
    },
    {
      title: 'pids',
      unit: '',
      now: [
        [
          now(count(sample?.pids.current), pids[0]),
          dim(sample?.pids.limit === undefined ? '' : ` of ${count(sample.pids.limit)}`),
        ],
      ],
      lines: [{ series: 'pids.current', style: pids[0], ramp: pids }],
      limit: sample?.pids.limit,
      limited: 'pids',
      least: 10,
      label: count,
    },
  ];
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
  paintLineChart(view, area, {
    series,
    span: points,
    max,
    label: chart.label,
    labelWidth: LABEL_CELLS,
    ...(chart.limit === undefined ? {} : { limit: chart.limit }),
    ...pastOf(state, id, chart, until - spanMs, until, area.width - LABEL_CELLS - 2),
    from: ago(spanMs),
    to: state.graphs.until === undefined ? 'now' : clock(until),
  });
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

/** Bytes are round in powers of two, everything else in powers of ten. */
function scaleFor(chart: Chart, peak: number): number {
  if (chart.label !== bytes) return roundedUp(peak);
  return 2 ** Math.ceil(Math.log2(Math.max(1, peak * 1.05)));
}
