// Numbers for true colours. An attribute has twelve bits for a colour: what is not one of the 256 is given a number from here,
// and the number is taken back once no cell on the screen has it any more. So a program in a shell tab may go through all
// sixteen million, as long as it does not show more than 3800 of them at once.
import { type Cell, bgOf, fgOf } from './cells.js';

const FIRST = 256;
/** One below NO_COLOUR of cells.ts. */
const LAST = 0xffe;
/** From so many on it is worth looking for those that nobody shows. */
const CROWDED = 3072;

/** 0xrrggbb by number. */
const colours = new Int32Array(LAST + 1);
const numbers = new Map<number, number>();
/** Those of themes: they are constants of the program and are never taken back. */
const kept = new Set<number>();
const free: number[] = [];
let next = FIRST;

/**
 * The number that stands for a true colour.
 *
 * @param rgb 0xrrggbb
 * @returns undefined where every number is in use
 */
export function numberOf(rgb: number, keep = false): number | undefined {
  const known = numbers.get(rgb);
  const number = known ?? free.pop() ?? (next <= LAST ? next++ : undefined);
  if (number === undefined) return undefined;
  if (known === undefined) {
    numbers.set(rgb, number);
    colours[number] = rgb;
  }
  if (keep) kept.add(number);
  return number;
}

/** 0xrrggbb of a number that `numberOf` has given. */
export const rgbByNumber = (number: number): number => colours[number]!;

export const isCrowded = (): boolean => numbers.size >= CROWDED;

/** Takes back every number that is neither in `used` nor a theme's. @returns whether any was */
export function takeBack(used: ReadonlySet<number>): boolean {
  const before = numbers.size;
  for (const [rgb, number] of numbers) {
    if (used.has(number) || kept.has(number)) continue;
    numbers.delete(rgb);
    free.push(number);
  }
  return numbers.size < before;
}

/** The colours that some cell has. */
export function coloursOn(lines: readonly Cell[][]): ReadonlySet<number> {
  const used = new Set<number>();
  for (const line of lines) for (const [attr] of line) used.add(fgOf(attr)).add(bgOf(attr));
  return used;
}
