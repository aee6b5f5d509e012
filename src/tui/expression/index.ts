// Regular expressions that a person types against text that anybody may have written: no pairing of the two takes longer than
// their lengths multiplied, where JavaScript's own engine can take years over sixty characters.
//
//   source ─► parse ─► program ─► matcher: does it match?   find: where?
//
// Tests: test/pure/tui/expression.test.ts, against JavaScript's own.
import { find, type Found } from './find.js';
import { Matcher } from './matcher.js';
import { parseExpression } from './parse.js';
import { programOf } from './program.js';

export interface Expression {
  matches(text: string): boolean;
  /** The first match at or after `from` that is not empty. */
  find(text: string, from?: number): Found | undefined;
}

/** @throws Error whose message says in one sentence what is wrong with the source */
export function compileExpression(source: string, ignoreCase: boolean): Expression {
  const program = programOf(parseExpression(source, ignoreCase));
  const matcher = new Matcher(program);
  return {
    matches: (text) => matcher.matches(text),
    find: (text, from) => find(program, text, from),
  };
}
