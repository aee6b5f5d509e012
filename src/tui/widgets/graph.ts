// Series of numbers as filled graphs: braille, two values a cell and four steps a row; in ASCII one value a cell.
// The newest value is at the right edge. NaN is a gap: not measured is not zero, and zero is a line at the foot.
import { type Canvas, type Ramp, type Rect, stopOf } from '../screen/index.js';

export interface Graph {
  /** Oldest first; only the last ones that have room are shown. */
  readonly values: ArrayLike<number>;
  /** The value at the top edge; the greatest that is shown where absent. */
  readonly max?: number;
  readonly ramp: Ramp;
  /** What the colour is judged against (a limit); without one everything is quiet. */
  readonly limit?: number;
}

const STEPS = 4;
const LEFT = [0, 0x40, 0x44, 0x46, 0x47];
const RIGHT = [0, 0x80, 0xa0, 0xb0, 0xb8];

/** The value shown in dot column `dot` of `dots`; NaN where there is none. */
function valueAt(values: ArrayLike<number>, dot: number, dots: number): number {
  return values[values.length - dots + dot] ?? NaN;
}

/** The greatest of the last `count` values; 0 where there are none. */
export function peakOf(values: ArrayLike<number>, count: number): number {
  let peak = 0;
  for (let i = Math.max(0, values.length - count); i < values.length; i++) {
    const value = values[i]!;
    if (value > peak) peak = value;
  }
  return peak;
}

/** How many steps of `height` rows a value reaches: at least one for any number, none for NaN. */
function stepsOf(value: number, max: number, height: number, perRow: number): number {
  if (Number.isNaN(value)) return 0;
  if (max <= 0 || value <= 0) return 1;
  return Math.max(1, Math.min(height * perRow, Math.ceil((value / max) * height * perRow)));
}

/** How many values a graph of this width shows. */
export function graphCapacity(width: number, ascii: boolean): number {
  return ascii ? width : 2 * width;
}

export function paintGraph(canvas: Canvas, rect: Rect, graph: Graph): void {
  const { width, height } = rect;
  const dots = graphCapacity(width, canvas.glyphs.ascii);
  const max = graph.max ?? peakOf(graph.values, dots);
  for (let column = 0; column < width; column++) {
    if (canvas.glyphs.ascii) {
      const value = valueAt(graph.values, column, dots);
      paintColumn(canvas, rect, column, value, graph, (row) => asciiCell(canvas, stepsOf(value, max, height, 8), row));
      continue;
    }
    const left = valueAt(graph.values, 2 * column, dots);
    const right = valueAt(graph.values, 2 * column + 1, dots);
    const leftSteps = stepsOf(left, max, height, STEPS);
    const rightSteps = stepsOf(right, max, height, STEPS);
    const greater = Number.isNaN(left) || right > left ? right : left;
    paintColumn(canvas, rect, column, greater, graph, (row) => brailleCell(leftSteps, rightSteps, row));
  }
}

function paintColumn(
  canvas: Canvas,
  rect: Rect,
  column: number,
  value: number,
  graph: Graph,
  shape: (row: number) => string,
): void {
  const attr = stopOf(graph.ramp, graph.limit === undefined ? NaN : value / graph.limit);
  for (let row = 0; row < rect.height; row++) {
    const ch = shape(row);
    if (ch !== ' ') canvas.put(rect.x + column, rect.y + rect.height - 1 - row, ch, attr);
  }
}

/** One braille cell, `row` rows above the foot, of columns that reach so many steps. */
function brailleCell(leftSteps: number, rightSteps: number, row: number): string {
  const left = Math.max(0, Math.min(STEPS, leftSteps - row * STEPS));
  const right = Math.max(0, Math.min(STEPS, rightSteps - row * STEPS));
  const bits = LEFT[left]! | RIGHT[right]!;
  return bits === 0 ? ' ' : String.fromCharCode(0x2800 | bits);
}

function asciiCell(canvas: Canvas, steps: number, row: number): string {
  return canvas.glyphs.heights[Math.max(0, Math.min(8, steps - row * 8))]!;
}

/** A graph of one row. */
export function paintGraphRow(canvas: Canvas, x: number, y: number, width: number, graph: Graph): void {
  paintGraph(canvas, { x, y, width, height: 1 }, graph);
}
