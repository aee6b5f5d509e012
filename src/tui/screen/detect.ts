// What the terminal can do, judged by the environment and the terminfo database: asking the terminal costs a round trip before the first paint.
import type { ColourDepth } from './colours.js';
import { coloursByTerminfo } from './terminfo.js';

/** Terminals whose TERM says true colours, and those of 256: for where the terminfo database does not know them. */
const trueTerms = /direct|kitty|alacritty|foot|ghostty|wezterm|contour/;
const richTerms = /256|tmux|konsole/;

export function detectColours(env: NodeJS.ProcessEnv, terminfo = coloursByTerminfo): ColourDepth {
  // no-color.org: set to anything but nothing.
  if ((env['NO_COLOR'] ?? '') !== '') return 'none';
  if (env['COLORTERM'] === 'truecolor' || env['COLORTERM'] === '24bit') return 'truecolour';
  const term = env['TERM'] ?? '';
  if (trueTerms.test(term)) return 'truecolour';
  return terminfo(env) ?? (richTerms.test(term) ? 256 : 16);
}

/** Whether the terminal's background is light, as far as it says so (COLORFGBG, "0;15": rxvt, konsole and others). */
export function detectLight(env: NodeJS.ProcessEnv): boolean {
  const background = env['COLORFGBG']?.split(';').at(-1);
  return background === '7' || background === '15';
}

/** Whether only ASCII can be shown: no UTF-8 locale, or the kernel's console, whose font has neither braille nor corners. */
export function detectAscii(env: NodeJS.ProcessEnv): boolean {
  const term = env['TERM'] ?? '';
  if (term === 'linux' || term === 'dumb' || term.startsWith('vt')) return true;
  // The first of these that is set and not empty decides, as for every program (locale(7)).
  const locale =
    [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '') ?? '';
  return !/utf-?8/i.test(locale);
}
