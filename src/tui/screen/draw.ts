// The difference between two grids, as bytes for the terminal. It stands in for blessed's own draw, which knows no dim, writes
// every wide character again in each frame, saves and restores the cursor, and trusts the terminal to agree on every width.
import type { Attr, Cell } from './cells.js';
import { Flag, NO_COLOUR, bgOf, fgOf } from './cells.js';
import { type ColourDepth, nearest16 } from './colours.js';

const flagCodes: readonly (readonly [flag: number, code: string])[] = [
  [Flag.bold, ';1'],
  [Flag.dim, ';2'],
  [Flag.italic, ';3'],
  [Flag.underline, ';4'],
  [Flag.blink, ';5'],
  [Flag.inverse, ';7'],
  [Flag.invisible, ';8'],
  [Flag.strike, ';9'],
];

function colourCode(colour: number, depth: ColourDepth, normal: number, bright: number, extended: string): string {
  if (colour === NO_COLOUR) return '';
  const index = depth === 16 ? nearest16(colour) : colour;
  if (index < 8) return `;${normal + index}`;
  if (index < 16) return `;${bright + index - 8}`;
  return `;${extended};5;${index}`;
}

/** Select Graphic Rendition from a clean slate (ECMA-48 8.3.117), so what was set before does not matter. */
export function sgr(attr: Attr, depth: ColourDepth): string {
  let codes = '0';
  for (const [flag, code] of flagCodes) if (attr & flag) codes += code;
  codes += colourCode(fgOf(attr), depth, 30, 90, '38');
  codes += colourCode(bgOf(attr), depth, 40, 100, '48');
  return `\x1b[${codes}m`;
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
  µ: 'u',
};

/** Turns what changed between what is shown and what shall be shown into bytes. One a screen: it remembers SGR strings. */
export class Differ {
  readonly #sgr = new Map<Attr, string>();

  constructor(
    private readonly depth: ColourDepth,
    private readonly ascii: boolean,
  ) {}

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
        const [attr, ch] = line[x]!;
        const was = old[x]!;
        if (attr === was[0] && ch === was[1]) continue;
        was[0] = attr;
        was[1] = ch;
        // The wide character on the left covers this cell and was written when it changed.
        if (ch === '') continue;
        if (atY !== y || atX < 0) out += `\x1b[${y + 1};${x + 1}H`;
        else if (atX !== x) out += `\x1b[${x - atX}C`;
        if (attr !== style) out += this.#style(attr);
        style = attr;
        const wide = line[x + 1]?.[1] === '';
        out += this.#shape(ch, wide);
        atY = y;
        atX = this.ascii || isSure(ch) ? x + (wide ? 2 : 1) : -1;
      }
    }
    return out;
  }

  #style(attr: Attr): string {
    const cached = this.#sgr.get(attr);
    if (cached !== undefined) return cached;
    // Attributes come from a theme and from programs in shell tabs; a program that makes up millions must not fill memory.
    if (this.#sgr.size > 4096) this.#sgr.clear();
    const made = sgr(attr, this.depth);
    this.#sgr.set(attr, made);
    return made;
  }

  #shape(ch: string, wide: boolean): string {
    if (!this.ascii || (ch >= ' ' && ch <= '~')) return ch;
    return wide ? '??' : (plainSigns[ch] ?? '?');
  }
}
