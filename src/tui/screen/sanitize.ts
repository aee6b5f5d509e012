// Text from containers, images and logs, made fit to be shown. Escape sequences are taken out whole, so that no half of one
// stays behind as litter; of log lines the colours (SGR) are kept, as attributes of our own. What is left still goes through
// text.ts when it is painted, which lets no control character pass.
import type { Attr, Span } from './cells.js';
import { Flag, PLAIN, bgOf, fgOf, withBg, withFg } from './cells.js';
import { trueColour } from './colours.js';
import { printable } from './text.js';

// One escape sequence of ECMA-48 or xterm, 7-bit or 8-bit form: CSI; a string (OSC, DCS, SOS, PM, APC) up to BEL or ST, or to
// the end of the text where it is never closed; any other ESC with its intermediates and final byte; a lone ESC or C1.
const escapeSequence =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c|$|(?=\x1b))|\x1b[ -/]*[0-~]?|[\x80-\x9f]/g;

const mayEscape = /[\x1b\x80-\x9f]/;

/** `text` without escape sequences, on one line, printable: for names, images, titles, anything that is not a log line. */
export function clean(text: string): string {
  return printable(mayEscape.test(text) ? text.replace(escapeSequence, '') : text);
}

/**
 * One log line to spans: its SGR colours become attributes on top of `base`, every other sequence vanishes. A carriage
 * return starts the line again, as it would on a terminal (progress bars write so).
 *
 * @returns the spans, and the attribute in force at the end of the line
 */
export function styledLine(line: string, base: Attr = PLAIN): { spans: Span[]; attr: Attr } {
  const shown = lastRewrite(line);
  if (!mayEscape.test(shown)) return { spans: [{ text: expandTabs(shown), attr: base }], attr: base };
  const spans: Span[] = [];
  let current = base;
  let end = 0;
  let column = 0;
  const push = (text: string): void => {
    if (text === '') return;
    const expanded = expandTabs(text, column);
    column += expanded.length;
    spans.push({ text: expanded, attr: current });
  };
  for (const match of shown.matchAll(escapeSequence)) {
    push(shown.slice(end, match.index));
    end = match.index + match[0].length;
    current = applySgr(match[0], current, base);
  }
  push(shown.slice(end));
  return { spans, attr: current };
}

/** What stands after the last carriage return that has something after it. */
function lastRewrite(line: string): string {
  const trimmed = line.endsWith('\r') ? line.slice(0, -1) : line;
  const at = trimmed.lastIndexOf('\r');
  return at < 0 ? trimmed : trimmed.slice(at + 1);
}

function expandTabs(text: string, column = 0): string {
  if (!text.includes('\t')) return text;
  let result = '';
  for (const piece of text.split(/(\t)/)) {
    result += piece === '\t' ? ' '.repeat(8 - ((column + result.length) % 8)) : piece;
  }
  return result;
}

const plainSgr = /^(?:\x1b\[|\x9b)([\d;:]*)m$/;

/** `current` after the sequence, which changes nothing unless it is an SGR (ECMA-48 8.3.117). */
function applySgr(sequence: string, current: Attr, base: Attr): Attr {
  const match = plainSgr.exec(sequence);
  if (!match) return current;
  const fields = match[1]!.split(';').map((field) => field.split(':').map(Number));
  let result = current;
  for (let i = 0; i < fields.length; i++) {
    const [code = 0, ...details] = fields[i]!;
    if (code === 38 || code === 48) {
      // The details stand behind colons in the same field (ITU T.416) or, as most programs write them, in the next fields.
      const [kind, ...values] = details.length > 0 ? details : fields.slice(i + 1).map((field) => field[0]!);
      const colour = extendedColour(kind, details.length > 0 ? values.slice(kind === 2 ? -3 : 0) : values);
      if (details.length === 0) i += kind === 5 ? 2 : kind === 2 ? 4 : 1;
      if (colour !== undefined) result = code === 38 ? withFg(result, colour) : withBg(result, colour);
    } else {
      // `4:0` is no underline; every other form of one is just that here.
      result = applyCode(code === 4 && details[0] === 0 ? 24 : code, result, base);
    }
  }
  return result;
}

/** The colour of `5;n` (one of the 256) or `2;r;g;b`. */
function extendedColour(kind: number | undefined, values: readonly number[]): number | undefined {
  const [first = NaN, second = 0, third = 0] = values;
  if (kind === 5 && first <= 255) return first;
  const isColour = kind === 2 && Math.max(first, second, third) <= 255;
  return isColour ? trueColour((first << 16) | (second << 8) | third) : undefined;
}

const setFlag: Partial<Record<number, number>> = {
  1: Flag.bold,
  2: Flag.dim,
  3: Flag.italic,
  4: Flag.underline,
  7: Flag.inverse,
  9: Flag.strike,
};

const clearFlag: Partial<Record<number, number>> = {
  22: Flag.bold | Flag.dim,
  23: Flag.italic,
  24: Flag.underline,
  27: Flag.inverse,
  29: Flag.strike,
};

// Blink (5) and invisible (8) are left out on purpose: the one draws the eye from what matters, the other hides text.
function applyCode(code: number, current: Attr, base: Attr): Attr {
  if (code === 0) return base;
  if (code === 39) return withFg(current, fgOf(base));
  if (code === 49) return withBg(current, bgOf(base));
  if (code >= 30 && code <= 37) return withFg(current, code - 30);
  if (code >= 90 && code <= 97) return withFg(current, code - 82);
  if (code >= 40 && code <= 47) return withBg(current, code - 40);
  if (code >= 100 && code <= 107) return withBg(current, code - 92);
  return (current | (setFlag[code] ?? 0)) & ~(clearFlag[code] ?? 0);
}
