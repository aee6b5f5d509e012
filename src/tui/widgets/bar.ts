// Bars of one colour: a line that grows while something goes on, and a size made of parts. A share of a limit is a meter.
import type { Attr, Canvas } from '../screen/index.js';

const within01 = (share: number): number => (Number.isNaN(share) ? 0 : Math.max(0, Math.min(1, share)));

/** How far something is, half a cell exact; NaN, not known, is the track alone. */
export function paintProgress(canvas: Canvas, x: number, y: number, width: number, share: number, attr: Attr): void {
  const { bar } = canvas.glyphs;
  const halves = Math.round(within01(share) * width * 2);
  const full = Math.floor(halves / 2);
  for (let i = 0; i < width; i++) {
    if (i < full) canvas.put(x + i, y, bar.full, attr);
    else if (i === full && halves % 2 === 1) canvas.put(x + i, y, bar.half, attr);
    else canvas.put(x + i, y, bar.rest, canvas.theme.faint);
  }
}

export interface Part {
  /** of the whole width, 0..1 */
  readonly share: number;
  readonly attr: Attr;
  /** lower than the others: told from them without colours too */
  readonly low?: boolean;
}

/** Eighths that cells are high: as in meters, so that bars in neighbouring rows stay apart. */
const HIGH = 6;
const LOW = 3;

/** A size made of parts, one after the other, with nothing behind it. What is there is never shown as nothing. */
export function paintSizes(canvas: Canvas, x: number, y: number, width: number, parts: readonly Part[]): void {
  const { heights, ascii } = canvas.glyphs;
  let from = 0;
  let drawn = 0;
  for (const { share, attr, low = false } of parts) {
    if (share <= 0) continue;
    const cell = heights[low ? (ascii ? 4 : LOW) : ascii ? 8 : HIGH]!;
    const to = from + within01(share) * width;
    const last = Math.min(width, Math.max(Math.round(to), drawn === 0 ? 1 : 0));
    for (; drawn < last; drawn++) canvas.put(x + drawn, y, cell, attr);
    from = to;
  }
}
