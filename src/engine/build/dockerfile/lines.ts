// From a text to instructions as they were meant: lines joined where one ends in the escape character, comments left out, here
// documents taken from below. Every character knows where it stood. Pure.
import type { Position } from './position.js';

/** One instruction, on one line. */
export class LogicalLine {
  constructor(
    readonly text: string,
    /** Where the pieces of it begin: offset in `text`, line and column. */
    private readonly pieces: readonly (Position & { readonly offset: number })[],
    /** empty lines in the middle of it, the first of them */
    readonly emptyLine: number | undefined,
  ) {}

  position(offset: number): Position {
    const piece = this.pieces.findLast((each) => each.offset <= offset) ?? this.pieces[0]!;
    return { line: piece.line, column: piece.column + offset - piece.offset };
  }

  /** The rest of it, as a line of its own. */
  from(offset: number): LogicalLine {
    const pieces = this.pieces.map((piece) => ({ ...piece, offset: piece.offset - offset }));
    return new LogicalLine(this.text.slice(offset), pieces, undefined);
  }
}

export interface HereDocument {
  /** the word that ends it */
  readonly name: string;
  /** as it stands, without the word, leading tabs taken away where `<<-` asked for it; ends with a line feed unless empty */
  readonly content: string;
  /** leading tabs included */
  readonly raw: string;
  /** nothing of the word was quoted: variables in it are replaced in COPY and ADD */
  readonly expands: boolean;
}

const isComment = (line: string): boolean => /^\s*#/.test(line);

export class LineReader {
  #next: number;

  /** @param begin index of the first line that is no parser directive */
  constructor(
    private readonly lines: readonly string[],
    private readonly escape: string,
    begin: number,
  ) {
    this.#next = begin;
  }

  /** The next instruction; undefined at the end. */
  read(): LogicalLine | undefined {
    for (; this.#next < this.lines.length; this.#next++) {
      const line = this.lines[this.#next]!;
      if (line.trim() === '' || isComment(line)) continue;
      return this.#join();
    }
    return undefined;
  }

  #join(): LogicalLine {
    const pieces: (Position & { offset: number })[] = [];
    let text = '';
    let emptyLine: number | undefined;
    for (let isFirst = true; this.#next < this.lines.length; isFirst = false) {
      const line = this.lines[this.#next]!;
      this.#next += 1;
      if (!isFirst && isComment(line)) continue;
      if (!isFirst && line.trim() === '') {
        emptyLine ??= this.#next;
        continue;
      }
      const indent = isFirst ? line.length - line.trimStart().length : 0;
      const { kept, goesOn } = this.#continuation(line.slice(indent));
      pieces.push({ offset: text.length, line: this.#next, column: indent + 1 });
      text += kept;
      if (!goesOn) break;
    }
    return new LogicalLine(text.trimEnd(), pieces, emptyLine);
  }

  /** The escape character at the end goes, unless it is itself escaped; blanks behind it are forgiven. */
  #continuation(line: string): { kept: string; goesOn: boolean } {
    const trimmed = line.replace(/[ \t]+$/, '');
    if (!trimmed.endsWith(this.escape) || trimmed.at(-2) === this.escape) return { kept: line, goesOn: false };
    return { kept: trimmed.slice(0, -1), goesOn: true };
  }

  /** The lines up to the one that is `name`; undefined when there is none. */
  hereDocument({
    name,
    chomps,
    expands,
  }: {
    name: string;
    chomps: boolean;
    expands: boolean;
  }): HereDocument | undefined {
    const untabbed = (line: string) => line.replace(/^\t+/, '');
    const begin = this.#next;
    for (let at = begin; at < this.lines.length; at++) {
      const line = this.lines[at]!;
      if ((chomps ? untabbed(line) : line) !== name) continue;
      this.#next = at + 1;
      const lines = this.lines.slice(begin, at);
      const whole = (each: readonly string[]) => each.map((text) => `${text}\n`).join('');
      return { name, expands, raw: whole(lines), content: whole(chomps ? lines.map(untabbed) : lines) };
    }
    return undefined;
  }
}
