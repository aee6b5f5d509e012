// Where something stands in a Dockerfile, and how a fault there is shown: one sentence, and the line with a caret below it. Pure.
import { TscontainError, type ErrorCode } from '../../errors.js';

/** Both from 1. */
export interface Position {
  readonly line: number;
  /** characters */
  readonly column: number;
}

/** A Dockerfile as it is spoken of. */
export interface Source {
  /** "Dockerfile", "docker/web.Dockerfile", "-" */
  readonly name: string;
  readonly lines: readonly string[];
}

/** What is wrong with a Dockerfile, or with doing what it says. */
export class BuildError extends TscontainError {
  /** the lines around the fault with a caret below it; "" where it is the fault of no line */
  readonly excerpt: string;
  readonly position: Position | undefined;
  /** of a RUN that failed */
  readonly exitCode: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      readonly hint?: string;
      readonly cause?: unknown;
      readonly excerpt?: string;
      readonly position?: Position;
      readonly exitCode?: number;
    } = {},
  ) {
    super(code, message, options);
    this.excerpt = options.excerpt ?? '';
    this.position = options.position;
    this.exitCode = options.exitCode;
  }
}

export const placeOf = ({ name }: Source, { line, column }: Position): string => `${name}:${line}:${column}`;

/** Lines that are shown above the one at fault. */
const ABOVE = 2;
/** Characters of a line that are shown; the caret stays in sight. */
const WIDTH = 100;

/** One character a cell, so that the caret stands where it should: what a terminal would act on is shown as a dot. */
const drawable = (line: string): string =>
  line.replace(/[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, (character) =>
    character === '\t' ? ' ' : '·',
  );

/**
 *   2 | FROM base
 *   3 | RNU make
 *     | ^^^
 */
export function excerptOf({ lines }: Source, { line, column }: Position, length = 1): string {
  const shift = column > WIDTH - 10 ? column - WIDTH / 2 : 0;
  const gutter = String(line).length;
  const from = Math.max(1, line - ABOVE);
  const shown = lines.slice(from - 1, line).map((text, index) => {
    const number = String(from + index).padStart(gutter);
    return `${number} | ${drawable(text).slice(shift, shift + WIDTH)}`.trimEnd();
  });
  const room = Math.max(1, Math.min(length, WIDTH - (column - 1 - shift)));
  return [...shown, `${' '.repeat(gutter)} | ${' '.repeat(column - 1 - shift)}${'^'.repeat(room)}`].join('\n');
}

/** @param what one clause, without a full stop */
export function faultAt(
  source: Source,
  position: Position,
  what: string,
  { hint, length = 1 }: { readonly hint?: string; readonly length?: number } = {},
): BuildError {
  return new BuildError('INVALID_VALUE', `${placeOf(source, position)}: ${what}`, {
    position,
    excerpt: excerptOf(source, position, length),
    ...(hint === undefined ? {} : { hint }),
  });
}

/** What is allowed, and is probably not what was meant. The rules have the names that `docker build --check` gives them. */
export interface Warning {
  readonly rule: string;
  readonly position: Position;
  /** one sentence */
  readonly message: string;
}
