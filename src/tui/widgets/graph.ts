// Series of numbers as filled graphs: braille, two values a cell and four steps a row; blocks and ASCII, one value a cell and
// eight steps. The newest value is at the right edge. NaN is a gap: not measured is not zero, and zero is a line at the foot.
//
// Its colour says the value once more: a graph of one row by column, a higher one by row, so that a peak is hot at its top.
import { type Attr, type Canvas, type Glyphs, type Ramp, type Rect, shadeAt } from '../screen/index.js';

export interface Graph {
  /** Oldest first; only the last ones that have room are shown. */
  readonly values: ArrayLike<number>;
  /** The value at the top edge; the greatest that is shown where absent. */
  readonly max?: number;
  readonly ramp: Ramp;
  /** What the colour is judged against (a limit); without one it keeps the ramp's hue, fainter at the foot. */
  readonly limit?: number;
  /** Hanging from the upper edge: the second of two directions that belong together. */
  readonly hangs?: boolean;
}

const STEPS = 4;
const EIGHTHS = 8;
interface ColumnDots {
  readonly left: readonly number[];
  readonly right: readonly number[];
}
/** Dots of a braille cell that a column of so many steps has: from its middle either way, from the foot up, from the top down. */
const UPPER_HALF = { left: [0, 0x02, 0x03], right: [0, 0x10, 0x18] } satisfies ColumnDots;
const LOWER_HALF = { left: [0, 0x04, 0x44], right: [0, 0x20, 0xa0] } satisfies ColumnDots;
const STANDING = { left: [0, 0x40, 0x44, 0x46, 0x47], right: [0, 0x80, 0xa0, 0xb0, 0xb8] } satisfies ColumnDots;
const HANGING = { left: [0, 0x01, 0x03, 0x07, 0x47], right: [0, 0x08, 0x18, 0x38, 0xb8] } satisfies ColumnDots;

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
export function graphCapacity(width: number, glyphs: Glyphs): number {
  return glyphs.valuesPerCell * width;
}

export function paintGraph(canvas: Canvas, rect: Rect, graph: Graph): void {
  const { width, height } = rect;
  const { glyphs } = canvas;
  const dots = graphCapacity(width, glyphs);
  const max = graph.max ?? peakOf(graph.values, dots);
  const colour = colourOf(canvas, graph, max, height);
  for (let column = 0; column < width; column++) {
    let value: number;
    let shape: (row: number) => string;
    if (glyphs.set === 'braille') {
      const left = valueAt(graph.values, 2 * column, dots);
      const right = valueAt(graph.values, 2 * column + 1, dots);
      const leftSteps = stepsOf(left, max, height, STEPS);
      const rightSteps = stepsOf(right, max, height, STEPS);
      value = Number.isNaN(left) || right > left ? right : left;
      shape = graph.hangs
        ? (row) => brailleCell(leftSteps, rightSteps, row, HANGING)
        : (row) => brailleCell(leftSteps, rightSteps, row, STANDING);
    } else {
      value = valueAt(graph.values, column, dots);
      const steps = stepsOf(value, max, height, EIGHTHS);
      const shapes = graph.hangs ? glyphs.hanging : glyphs.heights;
      shape = (row) => eighthsCell(shapes, steps, row);
    }
    for (let row = 0; row < height; row++) {
      const ch = shape(row);
      if (ch === ' ') continue;
      const y = graph.hangs ? rect.y + row : rect.y + height - 1 - row;
      canvas.put(rect.x + column, y, ch, colour(value, row));
    }
  }
}

/** The attribute of a value, `row` rows above the foot. */
function colourOf(
  canvas: Canvas,
  { ramp, limit }: Graph,
  max: number,
  height: number,
): (value: number, row: number) => Attr {
  const { byLimit, byScale } = canvas.theme.shadesOf(ramp);
  const shades = limit === undefined ? byScale : byLimit;
  const whole = limit ?? max;
  if (height === 1) return (value) => shadeAt(shades, value / whole);
  const rows = Array.from({ length: height }, (_, row) => shadeAt(shades, ((row + 1) / height) * (max / whole)));
  return (_value, row) => rows[row]!;
}

/** One braille cell, `row` rows from the edge it grows from, of columns that reach so many steps. */
function brailleCell(leftSteps: number, rightSteps: number, row: number, dots: ColumnDots): string {
  const left = Math.max(0, Math.min(STEPS, leftSteps - row * STEPS));
  const right = Math.max(0, Math.min(STEPS, rightSteps - row * STEPS));
  const bits = dots.left[left]! | dots.right[right]!;
  return bits === 0 ? ' ' : String.fromCharCode(0x2800 | bits);
}

/** @param shapes from nothing to a full cell */
function eighthsCell(shapes: readonly string[], steps: number, row: number): string {
  return shapes[Math.max(0, Math.min(EIGHTHS, steps - row * EIGHTHS))]!;
}

/** A graph of one row. */
export function paintGraphRow(canvas: Canvas, x: number, y: number, width: number, graph: Graph): void {
  paintGraph(canvas, { x, y, width, height: 1 }, graph);
}

/** One of two directions that belong together; NaN is a gap. */
export interface Direction {
  /** Oldest first. */
  readonly values: ArrayLike<number>;
  readonly ramp: Ramp;
}

export interface Mirrored {
  readonly up: Direction;
  readonly down: Direction;
  /** The value at the upper edge and at the lower one. */
  readonly max: number;
}

/** Whether two directions can share one row: only braille has steps within half a cell. */
export const mirrorsInOneRow = ({ set }: Glyphs): boolean => set === 'braille';

/** Two directions, up and down from the middle; of an odd number of rows the first stays free, a single one is shared. */
export function paintMirrored(canvas: Canvas, rect: Rect, { up, down, max }: Mirrored): void {
  if (rect.height === 1) {
    if (mirrorsInOneRow(canvas.glyphs)) paintMirroredRow(canvas, rect, { up, down, max });
    return;
  }
  const height = Math.floor(rect.height / 2);
  const middle = rect.y + rect.height - height;
  paintGraph(canvas, { ...rect, y: middle - height, height }, { ...up, max });
  paintGraph(canvas, { ...rect, y: middle, height }, { ...down, max, hangs: true });
}

/** One row of braille: two steps either way. A cell has one colour, that of the direction in which more goes. */
function paintMirroredRow(canvas: Canvas, { x, y, width }: Rect, { up, down, max }: Mirrored): void {
  const dots = graphCapacity(width, canvas.glyphs);
  const step = (values: ArrayLike<number>, dot: number): number =>
    stepsOf(valueAt(values, dot, dots), max, 1, STEPS / 2);
  const shades = [up, down].map(({ ramp }) => canvas.theme.shadesOf(ramp).byScale);
  for (let column = 0; column < width; column++) {
    const [left, right] = [2 * column, 2 * column + 1];
    const rises = [step(up.values, left), step(up.values, right)] as const;
    const falls = [step(down.values, left), step(down.values, right)] as const;
    const bits =
      UPPER_HALF.left[rises[0]]! |
      UPPER_HALF.right[rises[1]]! |
      LOWER_HALF.left[falls[0]]! |
      LOWER_HALF.right[falls[1]]!;
    if (bits === 0) continue;
    const [most, least] = [Math.max(...rises), Math.max(...falls)];
    const share = (Math.max(most, least) - 0.5) / (STEPS / 2);
    canvas.put(x + column, y, String.fromCharCode(0x2800 | bits), shadeAt(shades[most > least ? 0 : 1]!, share));
  }
}
