// What the terminal can do, judged by the environment alone: asking the terminal costs a round trip before the first paint.
import type { ColourDepth } from './colours.js';

/** Terminals whose TERM does not say 256color and that have them all the same. */
const richTerms = /256|direct|kitty|alacritty|foot|ghostty|wezterm|tmux|konsole|contour/;

export function detectColours(env: NodeJS.ProcessEnv): ColourDepth {
  if (env['COLORTERM'] === 'truecolor' || env['COLORTERM'] === '24bit') return 256;
  return richTerms.test(env['TERM'] ?? '') ? 256 : 16;
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
