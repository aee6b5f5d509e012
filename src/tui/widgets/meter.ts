// A share of a whole as a bar: lit cells, one cell in part, the rest a faint track. Each cell has the colour of its own share, so
// that a bar grows into warm and hot.
import { type Canvas, type Ramp, shadeAt } from '../screen/index.js';

/** Lit cells stand this many eighths high, so that bars in neighbouring rows stay apart. */
const LIT = 6;

/**
 * @param share 0..1; above 1 the bar is full; NaN (no limit, not measured) paints the track alone
 */
export function paintMeter(canvas: Canvas, x: number, y: number, width: number, share: number, ramp: Ramp): void {
  const { glyphs, theme } = canvas;
  const lit = Number.isNaN(share) ? 0 : Math.max(0, Math.min(1, share)) * width;
  const { byLimit } = theme.shadesOf(ramp);
  for (let i = 0; i < width; i++) {
    const part = Math.max(0, Math.min(1, lit - i));
    // Something is never shown as nothing: the first cell is lit from the first eighth on.
    const eighths = i === 0 && share > 0 ? Math.max(1, Math.round(part * LIT)) : Math.round(part * LIT);
    if (eighths === 0) canvas.put(x + i, y, glyphs.track, theme.faint);
    else
      canvas.put(
        x + i,
        y,
        glyphs.ascii ? glyphs.heights[8]! : glyphs.heights[eighths]!,
        shadeAt(byLimit, (i + part) / width),
      );
  }
}
