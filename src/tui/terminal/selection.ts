// What is selected in a shell tab: from one cell to another, over lines that may scroll away meanwhile.
import type { IBuffer, IMarker, Terminal } from '@xterm/headless';
import { printable } from '../screen/index.js';

/** A cell in the emulator's buffer, scrollback included. */
export interface Place {
  readonly line: number;
  readonly x: number;
}

/** An end of the selection; the marker moves with its line as the scrollback is cut off at the top. */
interface End {
  readonly x: number;
  readonly line: number;
  readonly marker: IMarker | undefined;
}

export class Selection {
  #anchor: End | undefined;
  #head: End | undefined;

  constructor(private readonly terminal: Terminal) {}

  start(place: Place): void {
    this.clear();
    this.#anchor = this.#end(place);
  }

  extend(place: Place): void {
    this.#head?.marker?.dispose();
    this.#head = this.#end(place);
  }

  clear(): void {
    this.#anchor?.marker?.dispose();
    this.#head?.marker?.dispose();
    this.#anchor = undefined;
    this.#head = undefined;
  }

  /** First and last cell, in reading order; undefined where nothing is selected or it has scrolled out of memory. */
  range(): { from: Place; to: Place } | undefined {
    const anchor = placeOf(this.#anchor);
    const head = placeOf(this.#head);
    if (!anchor || !head) return undefined;
    const isForward = anchor.line < head.line || (anchor.line === head.line && anchor.x <= head.x);
    return isForward ? { from: anchor, to: head } : { from: head, to: anchor };
  }

  contains(line: number, x: number): boolean {
    const range = this.range();
    if (!range) return false;
    const { from, to } = range;
    return (
      (line > from.line || (line === from.line && x >= from.x)) && (line < to.line || (line === to.line && x <= to.x))
    );
  }

  /** The selected text, lines that the terminal had wrapped joined again; '' where nothing is selected. */
  text(): string {
    const range = this.range();
    if (!range) return '';
    return textBetween(this.terminal.buffer.active, range.from, range.to);
  }

  #end({ line, x }: Place): End {
    const buffer = this.terminal.buffer.active;
    // Markers are counted from the line of the cursor. The alternate screen has none, and does not scroll either.
    const marker = this.terminal.registerMarker(line - (buffer.baseY + buffer.cursorY));
    return { line, x, marker };
  }
}

function placeOf(end: End | undefined): Place | undefined {
  if (!end || end.marker?.isDisposed) return undefined;
  return { line: end.marker?.line ?? end.line, x: end.x };
}

function textBetween(buffer: IBuffer, from: Place, to: Place): string {
  let text = '';
  for (let y = from.line; y <= to.line; y++) {
    const line = buffer.getLine(y);
    if (!line) continue;
    const isLast = y === to.line;
    const continues = buffer.getLine(y + 1)?.isWrapped === true && !isLast;
    const start = y === from.line ? from.x : 0;
    text += line.translateToString(!continues, start, isLast ? to.x + 1 : undefined);
    if (!isLast && !continues) text += '\n';
  }
  return text.split('\n').map(printable).join('\n');
}
