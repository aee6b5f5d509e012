// The difference between two grids, as bytes for the terminal. It stands in for blessed's own draw, which knows no dim, writes
// every wide character again in each frame, saves and restores the cursor, and trusts the terminal to agree on every width.
import type { Attr, Cell } from './cells.js';
import { Flag, NO_COLOUR, PLAIN, bgOf, fgOf, flagsOf } from './cells.js';
import { type ColourDepth, reduced, rgbOf } from './colours.js';

/** The code that sets a flag, and the one that clears it. */
const flagCodes: readonly (readonly [flag: number, set: string, clear: string])[] = [
  [Flag.bold, ';1', ';22'],
  [Flag.dim, ';2', ';22'],
  [Flag.italic, ';3', ';23'],
  [Flag.underline, ';4', ';24'],
  [Flag.blink, ';5', ';25'],
  [Flag.inverse, ';7', ';27'],
  [Flag.invisible, ';8', ';28'],
  [Flag.strike, ';9', ';29'],
];

function flagPart(before: number, flags: number): string {
  let codes = '';
  let set = before;
  for (const [flag, , clear] of flagCodes) {
    if ((set & flag) === 0 || (flags & flag) !== 0) continue;
    codes += clear;
    // 22 clears bold and dim together: the one that shall stay is set again below.
    set &= clear === ';22' ? ~(Flag.bold | Flag.dim) : ~flag;
  }
  for (const [flag, code] of flagCodes) if ((flags & flag) !== 0 && (set & flag) === 0) codes += code;
  return codes;
}

interface Ground {
  readonly normal: number;
  readonly bright: number;
  readonly extended: string;
  readonly none: string;
}
const FOREGROUND: Ground = { normal: 30, bright: 90, extended: ';38', none: ';39' };
const BACKGROUND: Ground = { normal: 40, bright: 100, extended: ';48', none: ';49' };

function colourPart(colour: number, depth: ColourDepth, { normal, bright, extended, none }: Ground): string {
  if (depth === 'none') return '';
  if (colour === NO_COLOUR) return none;
  const index = reduced(colour, depth);
  if (index < 8) return `;${normal + index}`;
  if (index < 16) return `;${bright + index - 8}`;
  return index < 256 ? `${extended};5;${index}` : `${extended};2;${rgbOf(index).join(';')}`;
}

/**
 * Characters on whose width all terminals agree: Latin, box drawing, blocks, geometric shapes, braille. After any other the
 * cursor is placed anew, so that a terminal which disagrees spoils one cell and not the rest of the line.
 */
function isSure(ch: string): boolean {
  if (ch.length !== 1) return false;
  const code = ch.charCodeAt(0);
  return code < 0x300 || (code >= 0x2500 && code <= 0x25a0) || (code >= 0x2800 && code <= 0x28ff);
}

/** Signs of typography that sentences have, in plain ASCII. What containers write beyond that cannot be shown there. */
const plainSigns: Readonly<Record<string, string>> = {
  '–': '-',
  '—': '-',
  '·': '-',
  '…': '~',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '×': 'x',
  '←': '<',
  '→': '>',
  '↑': '^',
  '↓': 'v',
  µ: 'u',
};

/**
 * Turns what changed between what is shown and what shall be shown into bytes. One a screen: it remembers the codes of colours
 * (`forget` makes it forget them, once their numbers stand for other colours).
 */
export class Differ {
  #foregrounds: (string | undefined)[] = [];
  #backgrounds: (string | undefined)[] = [];
  readonly #flags = new Map<number, string>();

  constructor(
    private readonly depth: ColourDepth,
    private readonly ascii: boolean,
  ) {}

  forget(): void {
    this.#foregrounds = [];
    this.#backgrounds = [];
  }

  /** @param shown what the terminal shows; afterwards the same as `lines` @returns '' where nothing differs */
  draw(lines: Cell[][], shown: Cell[][]): string {
    let out = '';
    let style: Attr | undefined;
    // Where the terminal's cursor is; unknown at first.
    let atX = -1;
    let atY = -1;
    for (let y = 0; y < lines.length; y++) {
      const line = lines[y]!;
      const old = shown[y]!;
      for (let x = 0; x < line.length; x++) {
        const cell = line[x]!;
        const was = old[x]!;
        const attr = cell[0];
        const ch = cell[1];
        if (attr === was[0] && ch === was[1]) continue;
        was[0] = attr;
        was[1] = ch;
        // The wide character on the left covers this cell and was written when it changed.
        if (ch === '') continue;
        if (atY !== y || atX < 0) out += `\x1b[${y + 1};${x + 1}H`;
        else if (atX !== x) out += `\x1b[${x - atX}C`;
        if (attr !== style) out += this.#style(attr, style);
        style = attr;
        const wide = line[x + 1]?.[1] === '';
        out += this.#shape(ch, wide);
        atY = y;
        atX = this.ascii || isSure(ch) ? x + (wide ? 2 : 1) : -1;
      }
    }
    return out;
  }

  /**
   * Select Graphic Rendition (ECMA-48 8.3.117): what differs from the style before, no more, since a theme's background and true
   * colours make whole styles long. The first of a frame begins with a clean slate, so what was set before does not matter.
   */
  #style(attr: Attr, before: Attr | undefined): string {
    const from = before ?? PLAIN;
    let codes = before === undefined ? ';0' : '';
    const flags = flagsOf(attr);
    if (flags !== flagsOf(from)) codes += this.#flagCodes(flagsOf(from), flags);
    const fg = fgOf(attr);
    if (fg !== fgOf(from)) codes += this.#foregrounds[fg] ??= colourPart(fg, this.depth, FOREGROUND);
    const bg = bgOf(attr);
    if (bg !== bgOf(from)) codes += this.#backgrounds[bg] ??= colourPart(bg, this.depth, BACKGROUND);
    // Without any code it would be a reset: where the terminal has no colours two styles may look the same.
    return codes === '' ? '' : `\x1b[${codes.slice(1)}m`;
  }

  #flagCodes(before: number, flags: number): string {
    const key = ((before >>> 16) | (flags >>> 24)) & 0xffff;
    const cached = this.#flags.get(key);
    if (cached !== undefined) return cached;
    const made = flagPart(before, flags);
    this.#flags.set(key, made);
    return made;
  }

  #shape(ch: string, wide: boolean): string {
    if (!this.ascii || (ch >= ' ' && ch <= '~')) return ch;
    return wide ? '??' : (plainSigns[ch] ?? '?');
  }
}
