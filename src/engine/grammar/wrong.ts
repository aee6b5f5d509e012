// The one sentence for a value that cannot be right: what it is, the value, and what would be right.
import { TscontainError } from '../errors.js';

/** Control characters beyond those that JSON spells out, and those that make text look different from what it is. */
const MISLEADING = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** A value in quotes, shortened when it is long, with what a terminal would act on spelled out: it may be anything. */
export function shown(value: string): string {
  const short = value.length <= 80 ? value : `${value.slice(0, 79)}…`;
  return JSON.stringify(short).replace(MISLEADING, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export function wrong(what: string, value: string, right: string): TscontainError {
  return new TscontainError('INVALID_VALUE', `${what} ${shown(value)} cannot be: ${right}`);
}
