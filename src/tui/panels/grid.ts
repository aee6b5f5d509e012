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
import { graphCapacity, paintGraph, paintMirrored, peakOf } from '../widgets/index.js';

interface Strip {
  readonly label: string;
  /** The second, where there is one, is the other direction: it hangs from a middle line where there is room. */
  readonly series: readonly [SeriesName, SeriesName?];
  readonly ramp: Ramp;
  /** the hue of the first of two directions */
  readonly incoming?: Ramp;
  /** Scales never shrink below this: what is idle shall look idle. */
  readonly least: number;
  readonly show: (value: number) => string;
}

/** Where a strip stands in every tile. */
interface Place {
  /** rows below the top of the tile */
  readonly top: number;
  readonly height: number;
  readonly isMirrored: boolean;
}

/** One series, or two directions. */
type Values = readonly [Float64Array, Float64Array?];

const STEP_MS = 2000;
/** What a strip is, or its scale, and a gap: "319M ". */
const LABEL_CELLS = 5;

/** Whether one of the containers has a network of its own: else there is nothing to draw. */
export const isNetworkMeasured = (state: State, { readings }: Sources): boolean =>
  tilesOf(state).some(({ id }) => readings.latest(id)?.network.rxBytes !== undefined);

function stripsOf({ theme }: Canvas, hasNetwork: boolean): readonly Strip[] {
  const { cpu, memory, io, net } = theme.resource;
  const network: Strip = {
    label: 'net',
    series: ['network.rxBytes', 'network.txBytes'],
    ramp: net,
    incoming: theme.incoming.net,
    least: 64 * 1024,
    show: rate,
  };
  return [
    { label: 'cpu', series: ['cpu.cores'], ramp: cpu, least: 0.1, show: cores },
    { label: 'mem', series: ['memory.used'], ramp: memory, least: 1024 ** 2, show: bytes },
    {
      label: 'io',
      series: ['io.readBytes', 'io.writeBytes'],
      ramp: io,
      incoming: theme.incoming.io,
      least: 64 * 1024,
      show: rate,
    },
    ...(hasNetwork ? [network] : []),
  ];
}

/** The strips below each other under the head of a tile; its last line stays free, so that neighbours do not grow together. */
function placesOf(strips: readonly Strip[], tileHeight: number): readonly Place[] {
  const height = tileHeight - 2;
  return strips.map(({ series }, i) => {
    const top = 1 + Math.floor((i * height) / strips.length);
    const rows = 1 + Math.floor(((i + 1) * height) / strips.length) - top;
    // Where there is room a line between keeps them apart.
    const gap = rows >= 3 ? 1 : 0;
    return { top: top + gap, height: rows - gap, isMirrored: series.length > 1 && rows - gap >= 2 };
  });
}

export function paintGrid(canvas: Canvas, rect: Rect, state: State, sources: Sources): void {
  const tiles = tilesOf(state);
  if (tiles.length === 0) {
    canvas.text(rect.x + 2, rect.y + 1, 'Nothing runs that could be shown.', canvas.theme.dim);
    return;
  }
  const shape = gridShape(rect, tiles.length);
  const strips = stripsOf(canvas, isNetworkMeasured(state, sources));
  const places = placesOf(strips, shape.tileHeight);
  const points = graphCapacity(Math.max(2, shape.tileWidth - LABEL_CELLS - 2), canvas.glyphs);
  // A scale for all looks at everybody first: nobody is read twice for a frame.
  const known = strips.map(() => new Map<string, Values>());
  const read = ({ id }: Container, i: number): Values => {
    const values = known[i]!.get(id) ?? history(state, sources, id, strips[i]!, points, places[i]!.isMirrored);
    known[i]!.set(id, values);
    return values;
  };
  const peakIn = (values: Values): number => Math.max(...values.map((one) => peakOf(one ?? [], points)));
  const shown = tiles.slice(state.grid.top * shape.columns, (state.grid.top + shape.rows) * shape.columns);
  const common =
    state.grid.scale === 'same'
      ? strips.map(({ least }, i) => Math.max(least, ...tiles.map((container) => peakIn(read(container, i)))))
      : undefined;
  shown.forEach((container, at) => {
    const tile = {
      x: rect.x + (at % shape.columns) * shape.tileWidth,
      y: rect.y + Math.floor(at / shape.columns) * shape.tileHeight,
      width: shape.tileWidth,
      height: shape.tileHeight,
    };
    const view = canvas.within(tile);
    paintHead(view, tile, state, sources, container);
    strips.forEach((strip, i) => {
      const values = read(container, i);
      const max = common?.[i] ?? Math.max(strip.least, peakIn(values));
      paintStrip(view, tile, strip, places[i]!, values, max);
    });
    canvas.region(tile, { kind: 'tile', id: container.id });
    const head = { x: tile.x, y: tile.y, width: tile.width - 1, height: 1 };
    if (container.id === state.table.selected) view.restyle(head, (attr) => canvas.theme.selected(attr, true));
  });
}

/** What it is at its foot, or where it is mirrored in its middle; and where there is room the scale at its edges. */
function paintStrip(view: Canvas, tile: Rect, strip: Strip, place: Place, values: Values, max: number): void {
  const { dim } = view.theme;
  const { isMirrored } = place;
  // Both directions have as many rows: of an odd number the first stays free.
  const height = isMirrored ? place.height - (place.height % 2) : place.height;
  if (height < 1) return;
  const [x, y] = [tile.x + 1, tile.y + place.top + place.height - height];
  const foot = y + height - 1;
  const hasTwoEnds = isMirrored && height > 2;
  if (height > 1) view.text(x, y, strip.show(max), dim);
  if (hasTwoEnds) view.text(x, foot, strip.show(max), dim);
  view.text(x, hasTwoEnds ? y + height / 2 : foot, strip.label, dim);
  const area = { x: x + LABEL_CELLS, y, width: tile.width - LABEL_CELLS - 2, height };
  const [up, down] = values;
  const { ramp, incoming = ramp } = strip;
  if (down === undefined) paintGraph(view, area, { values: up, max, ramp });
  else paintMirrored(view, area, { up: { values: up, ramp: incoming }, down: { values: down, ramp }, max });
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
  const tail =
    container.state.status === 'paused'
      ? '  paused'
      : badge?.suffers
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

function history(
  state: State,
  sources: Sources,
  id: string,
  { series: [first, second] }: Strip,
  points: number,
  isMirrored: boolean,
): Values {
  const until = Math.ceil(state.now / STEP_MS) * STEP_MS;
  const read = (name: SeriesName): Float64Array =>
    sources.readings.history(id, name, points * STEP_MS, points, until).values;
  const up = read(first);
  if (second === undefined) return [up];
  const down = read(second);
  return isMirrored ? [up, down] : [up.map((value, i) => value + down[i]!)];
}
