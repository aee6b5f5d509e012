// Two moments side by side: for every container what it used then, and what it uses at the other; what changed most first.
import type { Container } from '../../engine/index.js';
import type { Sample } from '../../metrics/index.js';
import { momentOf } from '../state/moment.js';
import { momentClock } from '../present/moment.js';
import { pressureOf } from '../present/pressure.js';
import { bytes, cores, percent, rate } from '../present/units.js';
import type { Attr, Canvas, Rect, Span } from '../screen/index.js';
import type { Readings, Sources } from '../sources.js';
import type { State } from '../state.js';
import { LIST_START, paintTable, type Column, type Title } from '../widgets/index.js';

interface Pair {
  readonly container: Container;
  readonly before: Sample | undefined;
  readonly after: Sample | undefined;
}

interface Measure {
  readonly id: string;
  readonly title: string;
  readonly of: (sample: Sample | undefined) => number | undefined;
  readonly show: (value: number | undefined) => string;
  /** a change by this much is as large as any other measure's by its own */
  readonly scale: number;
}

const MiB = 1024 ** 2;
const sum = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);

const MEASURES: readonly Measure[] = [
  { id: 'cpu', title: 'CPU cores', of: (s) => s?.cpu.cores, show: cores, scale: 0.5 },
  { id: 'memory', title: 'MEMORY', of: (s) => s?.memory.used, show: bytes, scale: 128 * MiB },
  {
    id: 'io',
    title: 'IO bytes/s',
    of: (s) => sum(s?.io.readBytes, s?.io.writeBytes),
    show: rate,
    scale: 16 * MiB,
  },
  {
    id: 'pressure',
    title: 'PRESSURE',
    of: (s) => (s === undefined ? undefined : pressureOf(s)),
    show: percent,
    scale: 20,
  },
];

/** Share of the scale from which a change is worth its colour. */
const WORTH_COLOUR = 0.1;

const laterFirst = (state: State): readonly [number, number] => {
  const pinned = state.graphs.pinned ?? state.now;
  const other = momentOf(state) ?? state.now;
  return [Math.min(pinned, other), Math.max(pinned, other)];
};

export function compareTitles(state: State): readonly Title[] {
  const [from, to] = laterFirst(state);
  return [{ text: 'two moments' }, { text: `${momentClock(from, state.now)} → ${momentClock(to, state.now)}` }];
}

export function paintCompare(canvas: Canvas, rect: Rect, state: State, sources: Sources): void {
  const { theme } = canvas;
  const [from, to] = laterFirst(state);
  const readings = (at: number): Readings =>
    momentOf(state) === undefined && at >= state.now ? sources.readings : sources.at(at);
  const [before, after] = [readings(from), readings(to)];
  const pairs = state.containers.list
    .map((container): Pair => ({ container, before: before.latest(container.id), after: after.latest(container.id) }))
    .filter((pair) => pair.before !== undefined || pair.after !== undefined)
    .sort((a, b) => change(b) - change(a));
  const area = { ...rect, x: rect.x + 1, width: rect.width - 2 };
  if (pairs.length === 0) {
    canvas.text(area.x, area.y + 1, 'Nothing was measured at either moment.', theme.dim);
    return;
  }
  paintTable(canvas, area, {
    columns: columns(canvas),
    rows: pairs,
    position: { ...LIST_START, selected: -1 },
    focused: false,
    rowTarget: ({ container }) => ({ kind: 'row', id: container.id }),
  });
}

/** How much of it changed, every measure by its own scale. */
const change = ({ before, after }: Pair): number =>
  Math.max(...MEASURES.map(({ of, scale }) => Math.abs((of(after) ?? 0) - (of(before) ?? 0)) / scale));

function columns(canvas: Canvas): readonly Column<Pair>[] {
  const { theme } = canvas;
  return [
    { id: 'name', title: 'NAME', min: 14, max: 30, priority: 0, cell: ({ container }) => container.config.name },
    ...MEASURES.map((measure, i): Column<Pair> => ({
      id: measure.id,
      title: measure.title,
      min: 14,
      max: 24,
      priority: i + 1,
      cell: ({ before, after }) => difference(canvas, measure, measure.of(before), measure.of(after)),
      style: () => theme.text,
    })),
  ];
}

/** "0.20 → 0.85": dim where nothing changed, in the colour of notices where more is used than was. */
function difference(
  { theme }: Canvas,
  { show, scale }: Measure,
  before: number | undefined,
  after: number | undefined,
): readonly Span[] {
  const grown = ((after ?? 0) - (before ?? 0)) / scale;
  const attr: Attr = grown > WORTH_COLOUR ? theme.notice : grown < -WORTH_COLOUR ? theme.good : theme.dim;
  return [
    { text: show(before).padStart(5), attr: theme.dim },
    { text: ' → ', attr: theme.dim },
    { text: show(after), attr },
  ];
}
