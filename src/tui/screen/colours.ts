// Colours: what each of the 256 looks like (xterm's palette), how a true colour is kept in a cell, and what stands for a colour
// on a terminal that has fewer.
import { numberOf, rgbByNumber } from './true-colours.js';

/** How many colours the terminal shows. */
export type ColourDepth = 'none' | 16 | 256 | 'truecolour';

export type Rgb = readonly [red: number, green: number, blue: number];

/** The 16 basic colours as xterm shows them. A user's terminal may have others; only nearness is judged by these. */
const basic: readonly Rgb[] = [
  [0, 0, 0],
  [205, 0, 0],
  [0, 205, 0],
  [205, 205, 0],
  [0, 0, 238],
  [205, 0, 205],
  [0, 205, 205],
  [229, 229, 229],
  [127, 127, 127],
  [255, 0, 0],
  [0, 255, 0],
  [255, 255, 0],
  [92, 92, 255],
  [255, 0, 255],
  [0, 255, 255],
  [255, 255, 255],
];

const levels = [0, 95, 135, 175, 215, 255] as const;

/** The parts of 0xrrggbb. */
export const splitRgb = (rgb: number): Rgb => [(rgb >> 16) & 0xff, (rgb >> 8) & 0xff, rgb & 0xff];

/** Red, green and blue (0..255) of a colour of a cell. */
export function rgbOf(index: number): Rgb {
  if (index < 16) return basic[index]!;
  if (index > 255) return splitRgb(rgbByNumber(index));
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return [grey, grey, grey];
  }
  const cube = index - 16;
  return [levels[Math.floor(cube / 36)]!, levels[Math.floor(cube / 6) % 6]!, levels[cube % 6]!];
}

/** Whether a colour of a cell has no hue. */
export function isGrey(index: number): boolean {
  const [r, g, b] = rgbOf(index);
  return r === g && g === b;
}

function distance(a: Rgb, r: number, g: number, b: number): number {
  // The eye is keenest on green and dullest on blue; these weights are the usual cheap stand-in for that.
  return 3 * (a[0] - r) ** 2 + 4 * (a[1] - g) ** 2 + 2 * (a[2] - b) ** 2;
}

const nearestLevel = (value: number): number =>
  value < 48 ? 0 : value < 115 ? 1 : Math.min(5, Math.round((value - 55) / 40));

/** The colour of the cube or the grey ramp nearest to a true colour. */
export function nearest256(r: number, g: number, b: number): number {
  const cube = 16 + 36 * nearestLevel(r) + 6 * nearestLevel(g) + nearestLevel(b);
  const mean = (r + g + b) / 3;
  const grey = 232 + Math.max(0, Math.min(23, Math.round((mean - 8) / 10)));
  return distance(rgbOf(grey), r, g, b) < distance(rgbOf(cube), r, g, b) ? grey : cube;
}

/**
 * A true colour (0xrrggbb) for a cell. One that is among the 256 is that one, which takes fewer bytes to say; where there are more
 * on the screen than numbers for them, it is the nearest of the 256.
 *
 * @param keep whether it is a theme's, and so never forgotten
 */
export function trueColour(rgb: number, keep = false): number {
  return exact256.get(rgb) ?? numberOf(rgb, keep) ?? nearest256(...splitRgb(rgb));
}

/** Of the cube and the greys only: the first 16 are whatever the terminal's owner made of them. */
const exact256 = new Map(
  Array.from({ length: 240 }, (_, i) => [rgbOf(i + 16).reduce((sum, part) => (sum << 8) | part, 0), i + 16] as const),
);

/** The basic colour that stands for a colour of a cell on a terminal with 16. */
export function nearest16(index: number): number {
  if (index < 16) return index;
  const [r, g, b] = rgbOf(index);
  let best = 0;
  for (let i = 1; i < 16; i++) if (distance(basic[i]!, r, g, b) < distance(basic[best]!, r, g, b)) best = i;
  return best;
}

/** The colour of a cell as a terminal of this depth has it. */
export function reduced(index: number, depth: ColourDepth): number {
  if (depth === 16) return nearest16(index);
  return depth === 256 && index > 255 ? nearest256(...rgbOf(index)) : index;
}

/** '#rrggbb' as 0xrrggbb. */
export const parseHex = (hex: string): number => Number.parseInt(hex.slice(1), 16);

/** A colour between two, as light mixes: `share` 0 is the first. */
export function mixed(from: number, to: number, share: number): number {
  const [a, b] = [splitRgb(from), splitRgb(to)];
  return a.reduce((sum, part, i) => (sum << 8) | Math.round(part + (b[i]! - part) * share), 0);
}

function luminance([r, g, b]: Rgb): number {
  const linear = (part: number): number => (part <= 10 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

/** How well one colour can be told from another, 1 to 21 (WCAG 2.2, contrast ratio). */
export function contrast(a: Rgb, b: Rgb): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}
