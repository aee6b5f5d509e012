// The first line: where one is, how the host does, what the dashboard itself costs. What has no room is left out, least first.
import { HOST_ID, type HostSample, type SeriesName } from '../../metrics/index.js';
import { bytes, bytesOf, coreLimit, cores, percent, rate } from '../present/units.js';
import { isRunning } from '../rows.js';
import {
  stopOf,
  truncate,
  widthOf,
  type Attr,
  type Canvas,
  type Rect,
  type Span,
  type TwoWay,
} from '../screen/index.js';
import type { Sources } from '../sources.js';
import type { GuardSlice, State } from '../state.js';
import { isAtWork, isBuild, subjectOf } from '../images/jobs.js';
import { workNow } from '../present/transfer.js';
import {
  graphCapacity,
  mirrorsInOneRow,
  paintGraphRow,
  paintMirrored,
  paintProgress,
  peakOf,
} from '../widgets/index.js';
import { arrowOf } from './images/transfers.js';
import { printedKey } from './hints.js';
import { HALF_PRESSURE } from '../present/pressure.js';

interface Part {
  readonly width: number;
  /** 0 stays longest */
  readonly priority: number;
  paint(canvas: Canvas, x: number, y: number): void;
}

const words = (priority: number, spans: readonly Span[]): Part => ({
  width: spans.reduce((sum, { text }) => sum + widthOf(text), 0),
  priority,
  paint: (canvas, x, y) => canvas.spans(x, y, spans),
});

const PAGES = {
  overview: 'containers',
  grid: 'all containers',
  neighbours: 'who hurts whom',
  compare: 'two moments',
  images: 'images',
  networks: 'networks',
  volumes: 'volumes',
  events: 'events',
} as const;
const GRAPH_CELLS = 6;
/** ms that one value of the small graph covers */
const GRAPH_STEP_MS = 2000;
const GAP = 2;
/** A graph is never scaled to less, bytes/s: what is idle shall look idle. */
const LEAST_RATE = 64 * 1024;

/** Whether the guard acts, and on how many at the moment. */
function guardWords({ isArmed, acting }: GuardSlice): string {
  if (!isArmed) return 'guard: dry run';
  return acting === 0 ? 'guard: armed' : `guard: holds ${acting}`;
}

/** @param then the moment that is shown, in words; absent while that is now */
export function paintHeader(canvas: Canvas, rect: Rect, state: State, sources: Sources, then?: string): void {
  const { theme, glyphs } = canvas;
  const host = sources.readings.latestHost();
  const running = state.containers.list.filter((container) => isRunning(container.state.status)).length;
  const isNarrow = state.size.columns < 100;
  const { page } = state.view;
  const where = words(0, [
    ...(isNarrow
      ? [{ text: ' ', attr: theme.text }]
      : [
          { text: ' tscontain ', attr: theme.strong },
          { text: `${glyphs.mark.closed} `, attr: theme.dim },
        ]),
    { text: PAGES[page], attr: theme.text },
    // A number without a word is taken for what the page is called by.
    ...(state.containers.list.length > 0 && (!isNarrow || page === 'overview' || page === 'grid')
      ? [{ text: isNarrow ? ` ${running}` : ` ${running} running`, attr: theme.dim }]
      : []),
    ...(then === undefined
      ? []
      : [
          { text: '  at ', attr: theme.dim },
          { text: then, attr: theme.notice },
          { text: `  ${printedKey('to-now', state, glyphs)}`, attr: theme.key },
          { text: ' now', attr: theme.dim },
        ]),
    ...(state.guard === undefined
      ? []
      : [{ text: ` ${glyphs.box.open}${guardWords(state.guard)}${glyphs.box.close}`, attr: theme.notice }]),
    ...(state.readOnly ? [{ text: ` ${glyphs.box.open}read only${glyphs.box.close}`, attr: theme.notice }] : []),
  ]);
  const right = [
    ...hostName(state, theme.dim, theme.text),
    ...hostParts(canvas, state, sources, host),
    selfPart(canvas, sources),
  ];
  where.paint(canvas, rect.x, rect.y);
  const work = workPart(canvas, state);
  work?.paint(canvas, rect.x + where.width + GAP, rect.y);
  const taken = where.width + (work === undefined ? 0 : work.width + GAP);
  const parts = fitting(right, rect.width - taken - GAP - 1);
  let x = rect.x + rect.width - 1 - widthOfParts(parts);
  for (const part of parts) {
    part.paint(canvas, x, rect.y);
    x += part.width + GAP;
  }
}

/** Cells of a name, and of the bar of all that goes on. */
const WORK_NAME_CELLS = 20;
const WORK_BAR_CELLS = 8;
/** " 63%" */
const SHARE_CELLS = { narrow: 4, wide: 5 } as const;

/** "↓ nginx:1.27 ━━━━━─── 63%": what goes on with images, whatever is looked at; a click leads there. */
function workPart(canvas: Canvas, state: State): Part | undefined {
  const { theme, glyphs } = canvas;
  const running = state.jobs.list.filter(isAtWork);
  const work = workNow(running);
  const first = running[0];
  if (work === undefined || first === undefined) return undefined;
  const isNarrow = state.size.columns < 100;
  const subject = running.length === 1 ? subjectOf(first.request) : `${running.length} at work`;
  const name = isNarrow ? '' : `${truncate(subject, WORK_NAME_CELLS, glyphs.ellipsis)} `;
  const sign = `${arrowOf(first.request.kind, canvas)} `;
  const bar = isNarrow ? 0 : WORK_BAR_CELLS;
  const share = Number.isNaN(work.share) ? glyphs.none : `${Math.floor(work.share * 100)}%`;
  const shareCells = isNarrow ? SHARE_CELLS.narrow : SHARE_CELLS.wide;
  const width = widthOf(sign) + widthOf(name) + bar + shareCells;
  const tab = running.every(isBuild) ? 'builds' : 'transfers';
  return {
    width,
    priority: 0,
    paint(to, x, y) {
      let at = x + to.text(x, y, sign, theme.resource.net[0]);
      at += to.text(at, y, name, theme.text);
      paintProgress(to, at, y, bar, work.share, theme.resource.net[0]);
      to.text(at + bar, y, share.padStart(shareCells), theme.text);
      to.region({ x, y, width, height: 1 }, { kind: 'jobs', id: tab });
    },
  };
}

const widthOfParts = (parts: readonly Part[]): number => parts.reduce((sum, { width }) => sum + width + GAP, -GAP);

function fitting(parts: readonly Part[], room: number): readonly Part[] {
  let kept = parts;
  while (kept.length > 0 && widthOfParts(kept) > room) {
    const least = Math.max(...kept.map(({ priority }) => priority));
    kept = kept.filter(({ priority }) => priority !== least);
  }
  return kept;
}

function hostName(state: State, label: Attr, text: Attr): readonly Part[] {
  const name = state.host.facts?.hostname;
  if (name === undefined) return [];
  return [
    words(5, [
      { text: 'host ', attr: label },
      { text: name, attr: text },
    ]),
  ];
}

function hostParts(canvas: Canvas, state: State, sources: Sources, host: HostSample | undefined): readonly Part[] {
  if (!host) return [];
  const { theme } = canvas;
  const label = (text: string): Span => ({ text, attr: theme.dim });
  const limit = host.cpu.limitCores ?? NaN;
  const cpu = stopOf(theme.resource.cpu, (host.cpu.cores ?? NaN) / limit);
  const memory = stopOf(theme.resource.memory, (host.memory.used ?? NaN) / (host.memory.limit ?? NaN));
  const waits = ([name, value]: readonly [string, number | undefined]): readonly Span[] => [
    label(name),
    { text: value === undefined ? canvas.glyphs.none : value.toFixed(0), attr: pressureAttr(canvas, value) },
  ];
  return [
    cpuPart(state, sources, limit, [
      { text: cores(host.cpu.cores), attr: cpu },
      label(`/${coreLimit(host.cpu.limitCores)}`),
    ]),
    words(2, [label('mem '), { text: bytesOf(host.memory.used, host.memory.limit), attr: memory }]),
    words(3, [
      label('psi '),
      ...waits(['c', host.pressure.cpu.some]),
      ...waits([' m', host.pressure.memory.some]),
      ...waits([' i', host.pressure.io.some]),
      label('%'),
    ]),
    ...(Number.isNaN(host.load[0])
      ? []
      : [words(6, [label('load '), { text: host.load[0].toFixed(2), attr: theme.text }])]),
    twoWaysPart(canvas, state, sources, 7, {
      label: 'io ',
      resource: 'io',
      now: [host.io.readBytes, host.io.writeBytes],
      series: ['io.readBytes', 'io.writeBytes'],
    }),
    twoWaysPart(canvas, state, sources, 8, {
      label: 'net ',
      resource: 'net',
      now: [host.network.rxBytes, host.network.txBytes],
      series: ['network.rxBytes', 'network.txBytes'],
    }),
  ].filter((part) => part !== undefined);
}

const pressureAttr = (canvas: Canvas, value: number | undefined): Attr =>
  value === undefined
    ? canvas.theme.dim
    : stopOf([canvas.theme.text, canvas.theme.notice, canvas.theme.error], value / HALF_PRESSURE);

/** "cpu ⣀⣠⣴⣶⣿ 1.31/2"; on a narrow screen without its graph. */
function cpuPart(state: State, sources: Sources, limit: number, number: readonly Span[]): Part {
  const graph = state.size.columns >= 100 ? GRAPH_CELLS + 1 : 0;
  return {
    width: 4 + graph + number.reduce((sum, { text }) => sum + widthOf(text), 0),
    priority: 1,
    paint(canvas, x, y) {
      canvas.text(x, y, 'cpu ', canvas.theme.dim);
      canvas.spans(x + 4 + graph, y, number);
      if (graph === 0) return;
      const points = graphCapacity(GRAPH_CELLS, canvas.glyphs);
      const until = Math.ceil(state.now / GRAPH_STEP_MS) * GRAPH_STEP_MS;
      const { values } = sources.readings.history(HOST_ID, 'cpu.cores', points * GRAPH_STEP_MS, points, until);
      paintGraphRow(canvas, x + 4, y, GRAPH_CELLS, { values, max: limit, limit, ramp: canvas.theme.resource.cpu });
    },
  };
}

interface TwoWays {
  readonly label: string;
  readonly resource: TwoWay;
  readonly now: readonly [incoming: number | undefined, outgoing: number | undefined];
  readonly series: readonly [incoming: SeriesName, outgoing: SeriesName];
}

/** "io ⠶⣶⡶ ↑1.0M ↓ 42M"; numbers keep their cells, or what stands before them would move. Nothing where it is not measured. */
function twoWaysPart(
  { theme, glyphs }: Canvas,
  state: State,
  sources: Sources,
  priority: number,
  { label, resource, now, series }: TwoWays,
): Part | undefined {
  if (now.every((value) => value === undefined)) return undefined;
  const graph = mirrorsInOneRow(glyphs) ? GRAPH_CELLS + 1 : 0;
  const [incoming, outgoing] = [theme.incoming[resource], theme.resource[resource]];
  const numbers: readonly Span[] = [
    { text: glyphs.ascending, attr: theme.dim },
    { text: rate(now[0]).padStart(4), attr: incoming[0] },
    { text: ` ${glyphs.descending}`, attr: theme.dim },
    { text: rate(now[1]).padStart(4), attr: outgoing[0] },
  ];
  const labelled = widthOf(label) + graph;
  return {
    width: labelled + numbers.reduce((sum, { text }) => sum + widthOf(text), 0),
    priority,
    paint(canvas, x, y) {
      canvas.text(x, y, label, theme.dim);
      canvas.spans(x + labelled, y, numbers);
      if (graph === 0) return;
      const points = graphCapacity(GRAPH_CELLS, glyphs);
      const until = Math.ceil(state.now / GRAPH_STEP_MS) * GRAPH_STEP_MS;
      const [up, down] = series.map(
        (name) => sources.readings.history(HOST_ID, name, points * GRAPH_STEP_MS, points, until).values,
      ) as [Float64Array, Float64Array];
      paintMirrored(
        canvas,
        { x: x + widthOf(label), y, width: GRAPH_CELLS, height: 1 },
        {
          up: { values: up, ramp: incoming },
          down: { values: down, ramp: outgoing },
          max: Math.max(LEAST_RATE, peakOf(up, points), peakOf(down, points)),
        },
      );
    },
  };
}

/** What this program costs, for a tool that shows what others cost has to say its own. */
function selfPart(canvas: Canvas, sources: Sources): Part {
  const { theme } = canvas;
  const { cores: own, rssBytes } = sources.readings.self();
  const share = Number.isFinite(own)
    ? own < 0.0995
      ? `${(own * 100).toFixed(1)}%`
      : percent(own * 100)
    : canvas.glyphs.none;
  return words(2, [
    { text: 'self ', attr: theme.dim },
    { text: share, attr: theme.text },
    { text: ` ${bytes(rssBytes)}`, attr: theme.dim },
  ]);
}
