// The tree of an expression as a program for a machine that is in several places at once (Thompson, "Regular expression
// search algorithm", 1968): no place is ever gone back to, so the time is the text's length times the program's, whatever both hold.
import type { Assertion, Node, Ranges } from './parse.js';

export type Instruction =
  | { readonly op: 'set'; readonly ranges: Ranges; readonly next: number }
  | { readonly op: 'assert'; readonly what: Assertion; readonly next: number }
  /** both ways; the first is preferred */
  | { readonly op: 'split'; first: number; second: number }
  | { readonly op: 'match' };

export interface Program {
  readonly instructions: readonly Instruction[];
  readonly start: number;
}

/** Repeats of repeats grow fast; more than this nobody means. */
const MAX_INSTRUCTIONS = 5000;

/** @throws Error with one sentence where it would be too large */
export function programOf(node: Node): Program {
  const instructions: Instruction[] = [{ op: 'match' }];
  const emit = (instruction: Instruction): number => {
    if (instructions.length >= MAX_INSTRUCTIONS) throw new Error('its repeats are too large together');
    return instructions.push(instruction) - 1;
  };
  const compile = (part: Node, next: number): number => {
    switch (part.kind) {
      case 'set':
        return emit({ op: 'set', ranges: part.ranges, next });
      case 'assert':
        return emit({ op: 'assert', what: part.what, next });
      case 'sequence':
        return part.items.reduceRight((after, item) => compile(item, after), next);
      case 'choice':
        return part.items
          .map((item) => compile(item, next))
          .reduceRight((second, first) => emit({ op: 'split', first, second }));
      case 'repeat':
        return repeat(part, next);
    }
  };
  const fork = (body: number, next: number, greedy: boolean): number =>
    emit(greedy ? { op: 'split', first: body, second: next } : { op: 'split', first: next, second: body });
  const repeat = ({ item, least, most, greedy }: Extract<Node, { kind: 'repeat' }>, next: number): number => {
    let after = next;
    if (most === Infinity) {
      const loop: Extract<Instruction, { op: 'split' }> = { op: 'split', first: 0, second: 0 };
      after = emit(loop);
      const body = compile(item, after);
      loop.first = greedy ? body : next;
      loop.second = greedy ? next : body;
    } else {
      for (let i = least; i < most; i++) after = fork(compile(item, after), next, greedy);
    }
    for (let i = 0; i < least; i++) after = compile(item, after);
    return after;
  };
  const start = compile(node, 0);
  return { instructions, start };
}
