// The big line charts: blessed-contrib's line chart draws the lines (on its braille canvas), the axes around them are ours.
//
// Its chart is used without the blessed element it would be: its drawing needs a size, options and a context, no tree. So a
// chart is made for the rectangle of this very frame (it would not follow a resize), can lie below a dialog, and the room it
// keeps for labels, which know neither units nor wide characters, falls outside of the part that is shown.
import { type Attr, type Canvas, type Ramp, type Rect, shadeAt } from '../screen/index.js';
import {
  type ChartAxes,
  type Tick,
  columnOf,
  paintAxes,
  paintMarks,
  plotOf,
  resample,
  stretched,
} from './chart-axes.js';

export interface LineSeries {
  /** Oldest first; NaN is a gap in the line. */
  readonly values: ArrayLike<number>;
  readonly style: Attr;
  /** Where there is a limit, the line takes the colours of this ramp by how near it is. */
  readonly ramp?: Ramp;
}

export interface LineChart extends ChartAxes {
  /** Painted in this order; where two lines share a cell the later one colours it. The foot of the plot is 0. */
  readonly series: readonly LineSeries[];
  /** How near a line is to this value gives it its colour; where `limits` says nothing else it is the dashed line too. */
  readonly limit?: number;
  /** Dashed lines at other values over stretches of the width, each 0..1. */
  readonly limits?: readonly { readonly from: number; readonly to: number; readonly value: number }[];
}

/** What is used of blessed-contrib's chart and of the canvas it draws on. */
interface ContribContext {
  /** Takes pixels; a point that moves begins a new piece of line. */
  lineTo: (x: number, y: number) => void;
  moveTo: (x: number, y: number) => void;
  clearRect: () => void;
  readonly _canvas: {
    readonly content: Uint8Array;
    /** The SGR sequence of each cell's colour. */
    readonly colors: readonly (string | undefined)[];
  };
}

interface ContribCanvas {
  getContext(): ContribContext;
}

interface ContribParts {
  readonly line: { readonly prototype: { setData(this: unknown, data: readonly ContribSeries[]): void } };
  readonly Canvas: new (width: number, height: number) => ContribCanvas;
}

interface ContribSeries {
  readonly x: readonly string[];
  readonly y: readonly number[];
  readonly style: { readonly line: number };
}

let parts: ContribParts | undefined;

/** Loads blessed-contrib's chart; 5 ms and more, so after the first paint. Until then charts have axes and no lines. */
export async function loadLineChart(): Promise<void> {
  if (parts) return;
  const [line, canvas] = await Promise.all([
    import('blessed-contrib/lib/widget/charts/line.js'),
    import('drawille-canvas-blessed-contrib'),
  ]);
  parts = { line: line.default, Canvas: canvas.default.Canvas };
}

// The chart keeps this much for its labels and axes, in pixels (2 a cell across, 4 a cell down), with the options below;
// we make it larger by as much, and read from behind it.
const SPARE_X = 8;
const SPARE_Y = 12;
/** Values are given as shares of this: its label is 3 characters wide, which is what SPARE_X reckons with. */
const TOP = 100;
const OPTIONS = {
  xPadding: 6,
  xLabelPadding: 5,
  numYLabels: 5,
  showNthLabel: 1,
  wholeNumbersOnly: true,
  minY: 0,
  maxY: TOP,
  style: { line: 'yellow', text: 'green', baseline: 'black' },
};

export function paintLineChart(canvas: Canvas, rect: Rect, chart: LineChart): void {
  const plot = plotOf(rect, chart);
  if (plot === undefined) return;
  const view = canvas.within(rect);
  paintAxes(view, plot, chart, ticksOf(plot, chart.max));
  const { limit, limits = limit === undefined ? [] : [{ from: 0, to: 1, value: limit }] } = chart;
  for (const { from, to, value } of limits)
    if (value <= chart.max) paintLimit(view, plot, { from, to, share: value / chart.max });
  // Behind the lines, so that none of them is hidden.
  paintMarks(view, plot, chart);
  if (canvas.glyphs.ascii) paintPoints(view, plot, chart);
  else if (canvas.glyphs.set === 'block') paintHalves(view, plot, chart);
  else if (parts) paintLines(view, plot, chart, parts);
}

/** The row of `plot` in which a share (0..1) of the height lies. */
function rowOf(plot: Rect, share: number): number {
  return plot.y + Math.max(0, Math.min(plot.height - 1, Math.round((1 - share) * (plot.height - 1))));
}

function ticksOf(plot: Rect, max: number): readonly Tick[] {
  const shares = plot.height >= 7 ? [1, 0.5, 0] : plot.height >= 3 ? [1, 0] : [1];
  return shares.map((share) => ({ y: rowOf(plot, share), value: share * max }));
}

function paintLimit(view: Canvas, plot: Rect, { from, to, share }: { from: number; to: number; share: number }): void {
  const { theme, glyphs } = view;
  const [begin, end] = [columnOf(plot, from), to >= 1 ? plot.x + plot.width : columnOf(plot, to)];
  view.fill({ x: begin, y: rowOf(plot, share), width: end - begin, height: 1 }, theme.faint, glyphs.box.dashed);
}

function paintLines(view: Canvas, plot: Rect, chart: LineChart, { line, Canvas: Braille }: ContribParts): void {
  const dots = { x: 2 * plot.width, y: 4 * plot.height };
  const context = new Braille(dots.x + SPARE_X, dots.y + SPARE_Y).getContext();
  // The chart clears dot by dot what is new and empty: that took longer than to draw.
  context.clearRect = () => undefined;
  breakAtGaps(context);
  const values = chart.series.map((series) => resample(series.values, chart.span, dots.x));
  const count = values[0]?.length ?? 0;
  if (count === 0) return;
  // The chart ends one step short of its right edge, and two dots above its upper one; it rounds down where it should round
  // to the nearest. So it is told a width, and values, with which the newest and the greatest are just inside the plot.
  const width = SPARE_X - 2 + (count > 1 ? ((dots.x - 1) * count) / (count - 1) : dots.x);
  const dot = TOP / (dots.y + 1);
  const heightOf = (value: number): number =>
    ((Math.max(0, Math.min(value, chart.max)) / chart.max) * (dots.y - 1) - 0.5) * dot;
  const data = chart.series.map((_series, i) => ({
    x: values[i]!.map(() => ''),
    y: values[i]!.map(heightOf),
    // Its number is what the chart writes as the colour of the line, and what copyDots reads back.
    style: { line: i + 1 },
  }));
  const self: unknown = { options: OPTIONS, canvasSize: { width, height: dots.y + SPARE_Y }, ctx: context };
  line.prototype.setData.call(self, data);
  copyDots(view, plot, context, (dots.x + SPARE_X) / 2, stylesOf(view, plot, chart));
}

/** The chart knows no gaps, and its line drawing never ends on NaN: a point that is none breaks the line here. */
function breakAtGaps(context: ContribContext): void {
  const draw = context.lineTo.bind(context);
  const move = context.moveTo.bind(context);
  let isGap = false;
  context.lineTo = (x, y) => {
    const isPoint = !Number.isNaN(y);
    if (isPoint && isGap) {
      // A point between two gaps is seen too.
      move(x, y);
      draw(x, y);
    } else if (isPoint) draw(x, y);
    isGap = !isPoint;
  };
}

/** The look of a line in a row of the plot, rows counted from the top. */
function stylesOf(view: Canvas, plot: Rect, { series, limit, max }: LineChart): (series: number, row: number) => Attr {
  const rows = series.map(({ ramp, style }) => {
    if (ramp === undefined || limit === undefined) return [style];
    const { byLimit } = view.theme.shadesOf(ramp);
    return Array.from({ length: plot.height }, (_, row) =>
      shadeAt(byLimit, Math.max(0.5, ((plot.height - row) / plot.height) * (max / limit))),
    );
  });
  return (index, row) => rows[index]?.[row] ?? rows[index]?.[0] ?? view.theme.text;
}

const sgrColour = /38;5;(\d+)/;

function copyDots(
  view: Canvas,
  plot: Rect,
  context: ContribContext,
  stride: number,
  styleOf: (series: number, row: number) => Attr,
): void {
  const { content, colors } = context._canvas;
  for (let y = 0; y < plot.height; y++) {
    for (let x = 0; x < plot.width; x++) {
      const at = y * stride + x + SPARE_X / 2;
      const dots = content[at]!;
      if (dots === 0) continue;
      const index = Number(sgrColour.exec(colors[at] ?? '')?.[1] ?? 0) - 1;
      view.put(plot.x + x, plot.y + y, String.fromCharCode(0x2800 | dots), styleOf(index, y));
    }
  }
}

/** Without braille: lines of half cells, upright where a value is far from the one before. */
function paintHalves(view: Canvas, plot: Rect, chart: LineChart): void {
  const styleOf = stylesOf(view, plot, chart);
  const { half, heights } = view.glyphs;
  const halves = 2 * plot.height;
  const levelOf = (value: number): number =>
    Math.max(0, Math.min(halves - 1, Math.round((value / chart.max) * (halves - 1))));
  for (const [index, series] of chart.series.entries()) {
    const values = stretched(series.values, chart.span, plot.width);
    for (const [i, value] of values.entries()) {
      if (Number.isNaN(value)) continue;
      const x = plot.x + i;
      const to = levelOf(value);
      const before = i > 0 ? values[i - 1]! : NaN;
      const from = Number.isNaN(before) ? to : levelOf(before);
      const [low, high] = from < to ? [from + 1, to] : from > to ? [to, from - 1] : [to, to];
      for (let row = low >> 1; row <= high >> 1; row++) {
        const hasLower = low <= 2 * row;
        const hasUpper = high >= 2 * row + 1;
        const ch = hasLower && hasUpper ? heights[8]! : hasLower ? half.lower : half.upper;
        view.put(x, plot.y + plot.height - 1 - row, ch, styleOf(index, plot.height - 1 - row));
      }
    }
  }
}

/** In ASCII: one mark for each value. */
function paintPoints(view: Canvas, plot: Rect, chart: LineChart): void {
  for (const series of chart.series) {
    const values = stretched(series.values, chart.span, plot.width);
    for (const [i, value] of values.entries()) {
      if (Number.isNaN(value)) continue;
      const x = plot.x + i;
      view.put(x, rowOf(plot, value / chart.max), view.glyphs.point, series.style);
    }
  }
}
