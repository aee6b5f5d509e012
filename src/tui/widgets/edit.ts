// A line of text with a caret, as every text field has it. Pure: a key in, the new line out.
import { type KeyEvent, type PasteEvent, printable, widthOf } from '../screen/index.js';

export interface LineEdit {
  readonly text: string;
  /** Index into `text` (UTF-16), always between two graphemes. */
  readonly caret: number;
}

export const EMPTY_LINE: LineEdit = { text: '', caret: 0 };

export function lineOf(text: string): LineEdit {
  return { text, caret: text.length };
}

let segmenter: Intl.Segmenter | undefined;

/** Where graphemes begin in `text`, its end included: the places a caret can stand at. */
function stops(text: string): number[] {
  segmenter ??= new Intl.Segmenter();
  return [...Array.from(segmenter.segment(text), (segment) => segment.index), text.length];
}

function before(line: LineEdit): number {
  return stops(line.text).findLast((stop) => stop < line.caret) ?? 0;
}

function after(line: LineEdit): number {
  return stops(line.text).find((stop) => stop > line.caret) ?? line.text.length;
}

function wordBefore(line: LineEdit): number {
  return /\S*\s*$/.exec(line.text.slice(0, line.caret))?.index ?? 0;
}

function wordAfter(line: LineEdit): number {
  return line.caret + (/^\s*\S*/.exec(line.text.slice(line.caret))?.[0].length ?? 0);
}

function insert(line: LineEdit, text: string): LineEdit {
  return {
    text: line.text.slice(0, line.caret) + text + line.text.slice(line.caret),
    caret: line.caret + text.length,
  };
}

/** `line` without what stands between two places. */
function cut(line: LineEdit, from: number, to: number): LineEdit {
  return { text: line.text.slice(0, from) + line.text.slice(to), caret: from };
}

/** @returns the line after the key, or undefined where the key is none of a line's (enter, tab, up, …) */
export function editLine(line: LineEdit, event: KeyEvent | PasteEvent): LineEdit | undefined {
  // A line is a line: what is pasted into it has its newlines turned into spaces, and nothing unprintable.
  if (event.type === 'paste') return insert(line, printable(event.text.replace(/\n+$/, '').replace(/\n/g, ' ')));
  switch (event.key) {
    case 'left':
    case 'ctrl-b':
      return { ...line, caret: before(line) };
    case 'right':
    case 'ctrl-f':
      return { ...line, caret: after(line) };
    case 'home':
    case 'ctrl-a':
      return { ...line, caret: 0 };
    case 'end':
    case 'ctrl-e':
      return { ...line, caret: line.text.length };
    case 'ctrl-left':
    case 'alt-b':
      return { ...line, caret: wordBefore(line) };
    case 'ctrl-right':
    case 'alt-f':
      return { ...line, caret: wordAfter(line) };
    case 'backspace':
    case 'ctrl-h':
      return cut(line, before(line), line.caret);
    case 'delete':
      return { ...cut(line, line.caret, after(line)), caret: line.caret };
    case 'ctrl-w':
    case 'alt-backspace':
      return cut(line, wordBefore(line), line.caret);
    case 'ctrl-u':
      return cut(line, 0, line.caret);
    case 'ctrl-k':
      return { ...cut(line, line.caret, line.text.length), caret: line.caret };
    default:
      return event.text === undefined ? undefined : insert(line, event.text);
  }
}

/**
 * The part of the line that is shown in `width` cells, and where the caret is in it: scrolled so far that it can be seen.
 */
export function visiblePart(line: LineEdit, width: number): { text: string; caret: number } {
  let start = 0;
  for (const stop of stops(line.text)) {
    start = stop;
    // One cell is kept for the caret behind the last character.
    if (widthOf(line.text.slice(stop, line.caret)) < width) break;
  }
  return { text: line.text.slice(start), caret: widthOf(line.text.slice(start, line.caret)) };
}
