// What a person types to find things: "text" is a substring, "!text" is everything without it, "re:…" a regular expression.
// Upper and lower case are alike unless the text has upper case in it.
import { compileExpression } from './expression/index.js';

export interface Pattern {
  matches(text: string): boolean;
  /** Where the first match at or after `from` stands; for a search, not for a filter. */
  find(text: string, from?: number): { readonly start: number; readonly end: number } | undefined;
  /** Why the text is no pattern: it then matches nothing. */
  readonly problem?: string;
}

const hasUpperCase = (text: string): boolean => text !== text.toLowerCase();

/** The last that was made: one frame asks for it line by line. */
let lastText: string | undefined;
let lastPattern: Pattern | undefined;

/** A search: substring or `re:`. */
export function searchPattern(text: string): Pattern {
  if (text !== lastText || lastPattern === undefined) {
    lastPattern = text.startsWith('re:') ? expression(text.slice(3)) : substring(text);
    lastText = text;
  }
  return lastPattern;
}

function substring(text: string): Pattern {
  const exact = hasUpperCase(text);
  const find = (line: string, from = 0): { start: number; end: number } | undefined => {
    if (text === '') return undefined;
    const lower = exact ? line : line.toLowerCase();
    // Where lower case has another length the places would not agree: then only what is written the same is marked.
    const start = (lower.length === line.length ? lower : line).indexOf(text, from);
    return start < 0 ? undefined : { start, end: start + text.length };
  };
  return { find, matches: (line) => (exact ? line : line.toLowerCase()).includes(text) };
}

function expression(source: string): Pattern {
  try {
    return compileExpression(source, !hasUpperCase(source.replace(/\\./g, '')));
  } catch (error) {
    return {
      find: () => undefined,
      matches: () => false,
      problem: error instanceof Error ? error.message : String(error),
    };
  }
}

/** A filter: as a search, and `!` turns it round. */
export function filterPattern(text: string): Pattern {
  if (!text.startsWith('!') || text === '!') return searchPattern(text === '!' ? '' : text);
  const inner = searchPattern(text.slice(1));
  return { ...inner, find: () => undefined, matches: (line) => inner.problem === undefined && !inner.matches(line) };
}
