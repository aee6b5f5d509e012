// What a terminal sends for a key that is named as the keymap names it.

const SPECIAL: Readonly<Record<string, string>> = {
  enter: '\r',
  escape: '\x1b',
  tab: '\t',
  'shift-tab': '\x1b[Z',
  space: ' ',
  backspace: '\x7f',
  delete: '\x1b[3~',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  'shift-right': '\x1b[1;2C',
  'shift-left': '\x1b[1;2D',
  home: '\x1b[H',
  end: '\x1b[F',
  pageup: '\x1b[5~',
  pagedown: '\x1b[6~',
  f1: '\x1bOP',
};

/** The bytes of a key; anything that is no name of a key is text, and its own bytes. */
export function keyBytes(key: string): string {
  const [, modifier, character] = /^(ctrl|alt)-(.)$/u.exec(key) ?? [];
  if (modifier === 'ctrl') return String.fromCharCode(character!.charCodeAt(0) & 0x1f);
  if (modifier === 'alt') return `\x1b${character!}`;
  return SPECIAL[key] ?? key;
}
