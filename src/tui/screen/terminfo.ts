// What the terminal's entry in the terminfo database says of its colours (term(5): a header, names, flags, numbers, …).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ColourDepth } from './colours.js';

const HEADER_BYTES = 12;
/** Numbers of two bytes, and of four (since ncurses 6.1, for those that have true colours). */
const MAGIC_16 = 0o432;
const MAGIC_32 = 0o1036;
/** max_colors is the fourteenth number. */
const COLOURS_INDEX = 13;
/** Names of extensions by which an entry says that it takes true colours: ncurses has RGB, tmux began Tc. */
const trueColourNames = /\0(?:RGB|Tc)\0/;

/** @returns undefined where the entry cannot be read */
export function coloursOfEntry(entry: Buffer): ColourDepth | undefined {
  if (entry.length < HEADER_BYTES) return undefined;
  const magic = entry.readUInt16LE(0);
  if (magic !== MAGIC_16 && magic !== MAGIC_32) return undefined;
  const size = magic === MAGIC_32 ? 4 : 2;
  const [names, flags, numbers] = [2, 4, 6].map((at) => entry.readUInt16LE(at)) as [number, number, number];
  if (trueColourNames.test(entry.toString('latin1'))) return 'truecolour';
  // Numbers begin at an even place.
  const start = HEADER_BYTES + names + flags + ((names + flags) % 2);
  const at = start + COLOURS_INDEX * size;
  if (numbers <= COLOURS_INDEX || at + size > entry.length) return 'none';
  const colours = size === 4 ? entry.readInt32LE(at) : entry.readInt16LE(at);
  if (colours >= 1 << 24) return 'truecolour';
  return colours >= 256 ? 256 : colours >= 8 ? 16 : 'none';
}

/** The colours of $TERM by the first entry there is, looked for where ncurses looks (terminfo(5)). */
export function coloursByTerminfo(env: NodeJS.ProcessEnv): ColourDepth | undefined {
  const term = env['TERM'] ?? '';
  if (!/^[\w.+-]+$/.test(term)) return undefined;
  const folders = [
    env['TERMINFO'],
    env['HOME'] === undefined ? undefined : join(env['HOME'], '.terminfo'),
    '/etc/terminfo',
    '/lib/terminfo',
    '/usr/share/terminfo',
  ];
  for (const folder of folders) {
    if (folder === undefined || folder === '') continue;
    try {
      return coloursOfEntry(readFileSync(join(folder, term[0]!, term)));
    } catch {
      // Not there: the next one.
    }
  }
  return undefined;
}
