// The big chart of two directions that belong together: what comes in stands on a middle line, what goes out hangs from it. One
// scale for both, said at both ends, so that what looks twice as much is.
import type { Canvas, Rect } from '../screen/index.js';
import { paintAxes, paintMarks, plotOf, stretched, type ChartAxes } from './chart-axes.js';
import { graphCapacity, paintMirrored, type Direction } from './graph.js';

export interface MirroredChart extends ChartAxes {
  readonly up: Direction;
  readonly down: Direction;
}

/** One row up, one down, and the axis of time. */
export const MIRRORED_LEAST_ROWS = 3;

export function paintMirroredChart(canvas: Canvas, rect: Rect, chart: MirroredChart): void {
  const plot = plotOf(rect, chart);
  if (plot === undefined || rect.height < MIRRORED_LEAST_ROWS) return;
  const view = canvas.within(rect);
  const half = Math.floor(plot.height / 2);
  // A row that is over would make one direction taller than the other: it stays free.
  const both = { ...plot, y: plot.y + plot.height - 2 * half, height: 2 * half };
  const { max } = chart;
  paintAxes(view, plot, chart, [
    { y: both.y, value: max },
    ...(half > 1 ? [{ y: both.y + half - 1, value: 0 }] : []),
    { y: both.y + both.height - 1, value: max },
  ]);
  const count = graphCapacity(plot.width, view.glyphs);
  const fitted = ({ values, ramp }: Direction): Direction => ({ values: stretched(values, chart.span, count), ramp });
  paintMirrored(view, both, { up: fitted(chart.up), down: fitted(chart.down), max });
  // Over what is filled: behind it nobody would see them.
  paintMarks(view, plot, chart);
}
