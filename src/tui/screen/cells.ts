// The cell: what one place on the screen holds. An attribute is one integer, so that a frame is compared by comparing integers:
// background in bits 0-11, foreground in 12-23, flags above. A colour below 256 is one of the palette; the others are numbers
// that true-colours.ts has given to true colours, which is how 24 bits find room in twelve.

/** Colours and flags of one cell in one integer; make it with `attr()`. */
export type Attr = number;

/** A screen cell. `ch` is one printable cluster, or '' where the wide character on its left covers the cell. */
export type Cell = [attr: Attr, ch: string];

/** A rectangle in cells, absolute on the screen. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Style {
  /** One of the 256, the number of a true colour, or absent for the terminal's own. */
  readonly fg?: number;
  readonly bg?: number;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly blink?: boolean;
  readonly inverse?: boolean;
  readonly invisible?: boolean;
  readonly strike?: boolean;
}

/** The value of a colour field that means "the terminal's own". */
export const NO_COLOUR = 0xfff;

export const Flag = {
  bold: 1 << 24,
  underline: 1 << 25,
  blink: 1 << 26,
  inverse: 1 << 27,
  invisible: 1 << 28,
  dim: 1 << 29,
  italic: 1 << 30,
  strike: 1 << 31,
} as const;

/** The terminal's own colours, no flags. */
export const PLAIN: Attr = (NO_COLOUR << 12) | NO_COLOUR;

export function attr(style: Style): Attr {
  let flags = 0;
  for (const name of Object.keys(Flag) as (keyof typeof Flag)[]) if (style[name]) flags |= Flag[name];
  return flags | ((style.fg ?? NO_COLOUR) << 12) | (style.bg ?? NO_COLOUR);
}

export const fgOf = (a: Attr): number => (a >> 12) & 0xfff;
export const bgOf = (a: Attr): number => a & 0xfff;
export const withFg = (a: Attr, fg: number): Attr => (a & ~(0xfff << 12)) | (fg << 12);
export const withBg = (a: Attr, bg: number): Attr => (a & ~0xfff) | bg;
export const bold = (a: Attr): Attr => a | Flag.bold;

/** The flags alone, without the colours. */
export const flagsOf = (a: Attr): number => a & ~0xffffff;

/** A piece of text with one look. */
export interface Span {
  readonly text: string;
  readonly attr: Attr;
}

/** The part that two rectangles share; its width or height is 0 where they share none. */
export function intersect(a: Rect, b: Rect): Rect {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(0, Math.min(a.x + a.width, b.x + b.width) - x),
    height: Math.max(0, Math.min(a.y + a.height, b.y + b.height) - y),
  };
}

/** The rectangle without `n` cells on each side. */
export function inset(rect: Rect, n = 1): Rect {
  return {
    x: rect.x + n,
    y: rect.y + n,
    width: Math.max(0, rect.width - 2 * n),
    height: Math.max(0, rect.height - 2 * n),
  };
}

export function contains(rect: Rect, x: number, y: number): boolean {
  return x >= rect.x && y >= rect.y && x < rect.x + rect.width && y < rect.y + rect.height;
}
