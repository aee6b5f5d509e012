// Colours of the 256-colour palette (xterm's): what each looks like, which is nearest to a true colour, which of the 16
// basic ones stands for it on a terminal that has no more.

export type ColourDepth = 16 | 256;

/** The 16 basic colours as xterm shows them. A user's terminal may have others; only nearness is judged by these. */
const basic: readonly (readonly [number, number, number])[] = [
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

/** Red, green and blue (0..255) of colour `index` of the 256. */
export function rgbOf(index: number): readonly [number, number, number] {
  if (index < 16) return basic[index]!;
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return [grey, grey, grey];
  }
  const cube = index - 16;
  return [levels[Math.floor(cube / 36)]!, levels[Math.floor(cube / 6) % 6]!, levels[cube % 6]!];
}

function distance(a: readonly [number, number, number], r: number, g: number, b: number): number {
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

const reduced = new Map<number, number>();

/** The basic colour that stands for `index` on a terminal with 16. */
export function nearest16(index: number): number {
  if (index < 16) return index;
  const cached = reduced.get(index);
  if (cached !== undefined) return cached;
  const [r, g, b] = rgbOf(index);
  let best = 0;
  for (let i = 1; i < 16; i++) if (distance(basic[i]!, r, g, b) < distance(basic[best]!, r, g, b)) best = i;
  reduced.set(index, best);
  return best;
}
