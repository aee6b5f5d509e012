// Keys and pastes as a program in a shell tab expects them: the very bytes that were typed, but for what depends on a mode
// that the program has set on its own terminal and that the user's terminal knows nothing of.
import type { KeyEvent, PasteEvent } from '../screen/index.js';

const cursorFinals: Readonly<Record<string, string>> = {
  up: 'A',
  down: 'B',
  right: 'C',
  left: 'D',
  home: 'H',
  end: 'F',
};

/** @param applicationCursor DECCKM: cursor keys come as ESC O instead of ESC [ (xterm ctlseqs, "Cursor Keys") */
export function encodeKey(event: KeyEvent, applicationCursor: boolean): Buffer {
  const final = cursorFinals[event.key];
  if (final !== undefined) return Buffer.from(`\x1b${applicationCursor ? 'O' : '['}${final}`);
  return event.raw;
}

/** What an arrow key sends, `count` times: the wheel in a program that has no use for a mouse. */
export function encodeArrows(up: boolean, count: number, applicationCursor: boolean): Buffer {
  return Buffer.from(`\x1b${applicationCursor ? 'O' : '['}${up ? 'A' : 'B'}`.repeat(count));
}

const PASTE_START = '\x1b[200~';
const PASTE_END = '\x1b[201~';

/**
 * A paste: in brackets where the program has asked for them (mode 2004), so that nothing in it runs by itself. Newlines are
 * sent as the enter key sends them. A closing bracket inside the text would end the paste early: it is taken out, again and
 * again, since taking one out can make another.
 */
export function encodePaste(event: PasteEvent, bracketed: boolean): Buffer {
  let text = event.text.replace(/\n/g, '\r');
  if (!bracketed) return Buffer.from(text);
  while (text.includes(PASTE_END)) text = text.replaceAll(PASTE_END, '');
  return Buffer.from(PASTE_START + text + PASTE_END);
}
