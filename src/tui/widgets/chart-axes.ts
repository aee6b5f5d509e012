// What stands around a chart: labels and ticks of its values on the left, the axis of time at the foot, and upright marks where
// something was changed.
import { truncate, widthOf, type Canvas, type Rect } from '../screen/index.js';

export interface ChartAxes {
  /** Values that the whole width stands for; the newest is at the right edge. */
  readonly span: number;
  /** The value at the edge of the plot. */
  readonly max: number;
  /** A value as the axis says it. Keep the widths alike, or the axis moves. */
  readonly label: (value: number) => string;
  /** Cells for labels left of the axis. */
  readonly labelWidth: number;
  /** Upright lines at places of the width (0..1) where something was changed, with a word on the axis where there is room. */
  readonly marks?: readonly { readonly at: number; readonly word: string }[];
  /** What stands at the two ends of the time axis. */
  readonly from: string;
  readonly to: string;
}

/** A row of the plot that has its value beside it. */
export interface Tick {
  readonly y: number;
  readonly value: number;
}

/** What is left for the values themselves; undefined where they cannot be shown. */
export function plotOf(rect: Rect, { labelWidth }: ChartAxes): Rect | undefined {
  const besides = labelWidth + 2;
  const plot = { x: rect.x + besides, y: rect.y, width: rect.width - besides, height: rect.height - 1 };
  return plot.width < 4 || plot.height < 1 ? undefined : plot;
}

export function paintAxes(view: Canvas, plot: Rect, axes: ChartAxes, ticks: readonly Tick[]): void {
  const { theme, glyphs } = view;
  const axis = plot.x - 1;
  const foot = plot.y + plot.height;
  for (let y = plot.y; y < foot; y++) view.put(axis, y, glyphs.box.vertical, theme.faint);
  for (const { y, value } of ticks) {
    const label = truncate(axes.label(value), axes.labelWidth, '');
    view.text(axis - 1 - widthOf(label), y, label, theme.dim);
    view.put(axis, y, glyphs.box.tick, theme.faint);
  }
  view.put(axis, foot, glyphs.box.corner, theme.faint);
  view.fill({ x: plot.x, y: foot, width: plot.width, height: 1 }, theme.faint, glyphs.box.rule);
  view.text(plot.x, foot, ` ${axes.from} `, theme.dim);
  const to = ` ${axes.to}`;
  view.text(plot.x + plot.width - widthOf(to), foot, to, theme.dim);
}

/** The column of `plot` in which a share (0..1) of the width lies. */
export function columnOf(plot: Rect, share: number): number {
  return plot.x + Math.max(0, Math.min(plot.width - 1, Math.floor(share * plot.width)));
}

/** The upright lines; their words stand on the foot, where the time is. */
export function paintMarks(view: Canvas, plot: Rect, { marks = [], from, to }: ChartAxes): void {
  const { theme, glyphs } = view;
  const foot = plot.y + plot.height;
  // What the ends of the axis say stays.
  const first = plot.x + widthOf(from) + 2;
  const end = plot.x + plot.width - widthOf(to) - 1;
  for (const [i, { at, word }] of marks.entries()) {
    const x = columnOf(plot, at);
    for (let y = plot.y; y < foot; y++) view.put(x, y, glyphs.box.change, theme.dim);
    if (x < first || x >= end) continue;
    view.put(x, foot, glyphs.box.changeFoot, theme.text);
    const next = marks[i + 1];
    const room = Math.min(end, next === undefined ? end : columnOf(plot, next.at)) - x - 1;
    if (widthOf(word) <= room) view.text(x + 1, foot, word, theme.text);
  }
}

/**
 * `count` numbers for the last `span` values: one each where they fit, else the greatest of each bucket, because a peak that
 * is not shown is what one was looking for.
 */
export function resample(values: ArrayLike<number>, span: number, count: number): number[] {
  const length = Math.min(span, count);
  const result: number[] = [];
  const first = values.length - span;
  for (let i = 0; i < length; i++) {
    const from = Math.floor((i * span) / length);
    const to = Math.max(from + 1, Math.floor(((i + 1) * span) / length));
    let greatest = NaN;
    for (let j = from; j < to; j++) {
      const value = values[first + j] ?? NaN;
      if (!Number.isNaN(value) && !(value <= greatest)) greatest = value;
    }
    result.push(greatest);
  }
  return result;
}

/** The same for who draws cell by cell: `count` numbers always, where there are fewer values each over several cells. */
export function stretched(values: ArrayLike<number>, span: number, count: number): number[] {
  const found = resample(values, span, count);
  return Array.from({ length: count }, (_, i) => found[Math.floor((i * found.length) / count)] ?? NaN);
}
