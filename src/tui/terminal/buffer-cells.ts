// The emulator's cells painted on the canvas: attributes to ours, characters through the same sieve as all text, so that nothing
// a program writes can reach the user's terminal but as a printable character. Colours stay what the program chose; what it
// leaves to the terminal is the theme's.
import type { IBufferCell } from '@xterm/headless';
import { type Attr, type Canvas, Flag, PLAIN, eachCluster, trueColour, withBg, withFg } from '../screen/index.js';

const colourOf = (isRgb: boolean, colour: number): number => (isRgb ? trueColour(colour) : colour);

/** @param base what is there where the program has set nothing */
export function attrOf(cell: IBufferCell, base = PLAIN): Attr {
  if (cell.isAttributeDefault()) return base;
  let attr = base;
  if (!cell.isFgDefault()) attr = withFg(attr, colourOf(cell.isFgRGB(), cell.getFgColor()));
  if (!cell.isBgDefault()) attr = withBg(attr, colourOf(cell.isBgRGB(), cell.getBgColor()));
  if (cell.isBold()) attr |= Flag.bold;
  if (cell.isDim()) attr |= Flag.dim;
  if (cell.isItalic()) attr |= Flag.italic;
  if (cell.isUnderline()) attr |= Flag.underline;
  if (cell.isBlink()) attr |= Flag.blink;
  if (cell.isInverse()) attr |= Flag.inverse;
  if (cell.isInvisible()) attr |= Flag.invisible;
  if (cell.isStrikethrough()) attr |= Flag.strike;
  return attr;
}

/** Puts one cell; where our reckoning of its width is greater than the emulator's it could not be shown in its place. */
export function putCell(canvas: Canvas, x: number, y: number, chars: string, width: number, attr: Attr): void {
  if (chars === '' || chars === ' ') {
    canvas.put(x, y, ' ', attr);
    return;
  }
  const { cluster, cells } = firstCluster(chars);
  if (cells > width) canvas.put(x, y, '\ufffd', attr);
  else canvas.put(x, y, cluster, attr, cells);
  if (width === 2 && cells === 1) canvas.put(x + 1, y, ' ', attr);
}

/** The character of a cell with the marks on it; what else the program has joined to it has no width of its own. */
function firstCluster(chars: string): { cluster: string; cells: 1 | 2 } {
  let first: { cluster: string; cells: 1 | 2 } = { cluster: ' ', cells: 1 };
  eachCluster(chars, (cluster, cells) => {
    first = { cluster, cells };
    return false;
  });
  return first;
}
