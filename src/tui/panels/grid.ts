// All containers at once: a tile each, with its graphs on one axis of time, and by choice on one scale.
import type { Container } from '../../engine/index.js';
import type { SeriesName } from '../../metrics/index.js';
import { gridShape } from '../layout.js';
import { suspicion } from '../present/neighbours.js';
import { badgesOf } from '../present/pressure.js';
import { bytes, cores, rate } from '../present/units.js';
import { tilesOf } from '../reducers/panes.js';
import { stopOf, truncate, widthOf, type Canvas, type Ramp, type Rect, type Span } from '../screen/index.js';
import type { Sources } from '../sources.js';
import type { State } from '../state.js';
import { graphCapacity, paintGraph, peakOf } from '../widgets/index.js';

interface Strip {
  readonly label: string;
  readonly series: readonly SeriesName[];
  readonly ramp: Ramp;
  /** Scales never shrink below this: what is idle shall look idle. */
  readonly least: number;
  readonly show: (value: number) => string;
}

const STEP_MS = 2000;
const LABEL_CELLS = 4;

function stripsOf(canvas: Canvas): readonly Strip[] {
  const { cpu, memory, io } = canvas.theme.resource;
  return [
    { label: 'cpu', series: ['cpu.cores'], ramp: cpu, least: 0.1, show: cores },
    { label: 'mem', series: ['memory.used'], ramp: memory, least: 1024 ** 2, show: bytes },
    { label: 'io', series: ['io.readBytes', 'io.writeBytes'], ramp: io, least: 64 * 1024, show: rate },
  ];
}

export function paintGrid(canvas: Canvas, rect: Rect, state: State, sources: Sources): void {
  const tiles = tilesOf(state);
  if (tiles.length === 0) {
    canvas.text(rect.x + 2, rect.y + 1, 'Nothing runs that could be shown.', canvas.theme.dim);
    return;
  }
  const shape = gridShape(rect, tiles.length);
  const strips = stripsOf(canvas);
  const points = graphCapacity(Math.max(2, shape.tileWidth - LABEL_CELLS - 2), canvas.glyphs);
  const read = (id: string, strip: Strip): Float64Array => history(state, sources, id, strip, points);
  const shown = tiles.slice(state.grid.top * shape.columns, (state.grid.top + shape.rows) * shape.columns);
  const peaks = strips.map((strip) => Math.max(strip.least, ...tiles.map(({ id }) => peakOf(read(id, strip), points))));
  shown.forEach((container, i) => {
    const column = i % shape.columns;
    const line = Math.floor(i / shape.columns);
    const tile = {
      x: rect.x + column * shape.tileWidth,
      y: rect.y + line * shape.tileHeight,
      width: shape.tileWidth,
      height: shape.tileHeight,
    };
    paintTile(canvas, tile, state, sources, container, strips, (strip, values) =>
      state.grid.scale === 'same' ? peaks[strips.indexOf(strip)]! : Math.max(strip.least, peakOf(values, points)),
    );
  });
}

function paintTile(
  canvas: Canvas,
  rect: Rect,
  state: State,
  sources: Sources,
  container: Container,
  strips: readonly Strip[],
  scale: (strip: Strip, values: Float64Array) => number,
): void {
  const { theme } = canvas;
  const view = canvas.within(rect);
  const isSelected = container.id === state.table.selected;
  paintHead(view, rect, state, sources, container);
  const width = rect.width - LABEL_CELLS - 2;
  const points = graphCapacity(Math.max(2, width), canvas.glyphs);
  // One line below each tile stays free, so that neighbours do not grow together.
  const height = rect.height - 2;
  strips.forEach((strip, i) => {
    const top = rect.y + 1 + Math.floor((i * height) / strips.length);
    const rows = rect.y + 1 + Math.floor(((i + 1) * height) / strips.length) - top;
    if (rows < 1) return;
    view.text(rect.x + 1, top + rows - 1, strip.label, theme.dim);
    const values = history(state, sources, container.id, strip, points);
    // Where there is room a line between keeps them apart.
    const gap = rows >= 3 ? 1 : 0;
    const area = { x: rect.x + 1 + LABEL_CELLS, y: top + gap, width, height: rows - gap };
    paintGraph(view, area, { values, max: scale(strip, values), ramp: strip.ramp });
  });
  canvas.region(rect, { kind: 'tile', id: container.id });
  const head = { x: rect.x, y: rect.y, width: rect.width - 1, height: 1 };
  if (isSelected) view.restyle(head, (attr) => theme.selected(attr, true));
}

function paintHead(view: Canvas, rect: Rect, state: State, sources: Sources, container: Container): void {
  const { theme, glyphs } = view;
  const sample = sources.readings.latest(container.id);
  const isPicked = state.table.marks.has(container.id);
  const share = (sample?.cpu.cores ?? NaN) / (sample?.cpu.limitCores ?? NaN);
  const numbers: readonly Span[] = [
    { text: cores(sample?.cpu.cores), attr: stopOf(theme.resource.cpu, share) },
    { text: '  ', attr: theme.dim },
    {
      text: bytes(sample?.memory.used),
      attr: stopOf(theme.resource.memory, (sample?.memory.used ?? NaN) / (sample?.memory.limit ?? NaN)),
    },
  ];
  const { findings } = state.neighbours;
  const badge = badgesOf(
    sample,
    findings.filter(({ victim }) => victim === container.id),
  )[0];
  const suspected = suspicion(findings, container.id);
  const tail = badge?.suffers
    ? `  ${badge.text} ${glyphs.mark.suffers}`
    : suspected === undefined
      ? badge === undefined
        ? ''
        : `  ${badge.text}`
      : `  ${glyphs.mark.causes} ${suspected}`;
  const room = rect.width - 4 - numbers.reduce((sum, { text }) => sum + widthOf(text), 0) - widthOf(tail);
  let x = rect.x + view.text(rect.x, rect.y, isPicked ? glyphs.mark.marked : ' ', theme.key);
  x += view.text(x, rect.y, truncate(container.config.name, Math.max(4, room), glyphs.ellipsis), theme.strong) + 1;
  x += view.spans(x, rect.y, numbers);
  view.text(x, rect.y, tail, theme.notice);
}

function history(state: State, sources: Sources, id: string, strip: Strip, points: number): Float64Array {
  const until = Math.ceil(state.now / STEP_MS) * STEP_MS;
  const [first, ...others] = strip.series.map(
    (name) => sources.readings.history(id, name, points * STEP_MS, points, until).values,
  );
  for (const other of others) for (let i = 0; i < points; i++) first![i]! += other[i]!;
  return first!;
}
