// Whether an expression matches anywhere in a text, one table look-up a character: the sets of places that the machine can be
// in are made when they are first met and kept (a lazy deterministic automaton), at most so many.
import { isIn, MAX_CODE_POINT, WORD } from './parse.js';
import type { Program } from './program.js';

/** Sets kept; when there are more, all are forgotten and made anew. */
const MAX_STATES = 1000;
const UNKNOWN = -1;
const MATCHED = -2;
const NO_MATCH = -3;
/** Code points whose class is looked up in a table. */
const TABLE = 256;

interface Place {
  readonly places: readonly number[];
  readonly atBegin: boolean;
  readonly afterWord: boolean;
  /** by class of the next character; the last is the end of the text */
  readonly next: Int32Array;
}

export class Matcher {
  private readonly bounds: readonly number[];
  private readonly table = new Uint16Array(TABLE);
  private readonly known = new Map<string, number>();
  private states: Place[] = [];
  private readonly first: number;
  private readonly hasWords: boolean;

  constructor(private readonly program: Program) {
    this.hasWords = program.instructions.some(
      ({ op, ...rest }) => op === 'assert' && 'what' in rest && /b/i.test(rest.what),
    );
    const bounds = new Set([0]);
    const add = (ranges: readonly (readonly [number, number])[]): void => {
      for (const [first, last] of ranges) bounds.add(first).add(last + 1);
    };
    for (const instruction of program.instructions) if (instruction.op === 'set') add(instruction.ranges);
    if (this.hasWords) add(WORD);
    bounds.delete(MAX_CODE_POINT + 1);
    this.bounds = [...bounds].sort((a, b) => a - b);
    for (let code = 0; code < TABLE; code++) this.table[code] = this.search(code);
    this.first = this.state([], true, false);
  }

  matches(text: string): boolean {
    let at = this.first;
    const end = this.bounds.length;
    for (let i = 0; i < text.length; i++) {
      let code = text.charCodeAt(i);
      let kind: number;
      if (code < TABLE) kind = this.table[code]!;
      else {
        code = text.codePointAt(i)!;
        if (code > 0xffff) i += 1;
        kind = this.search(code);
      }
      const known = this.states[at]!.next[kind]!;
      at = known === UNKNOWN ? this.step(at, kind) : known;
      if (at === MATCHED) return true;
    }
    const known = this.states[at]!.next[end]!;
    return (known === UNKNOWN ? this.step(at, end) : known) === MATCHED;
  }

  /** The class of a code point: which of the stretches between bounds it is in. */
  private search(code: number): number {
    let low = 0;
    let high = this.bounds.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.bounds[middle]! <= code) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private step(at: number, kind: number): number {
    const { instructions, start } = this.program;
    const { places, atBegin, afterWord, next } = this.states[at]!;
    const isEnd = kind === this.bounds.length;
    const code = isEnd ? -1 : this.bounds[kind]!;
    const isWord = this.hasWords && !isEnd && isIn(WORD, code);
    const seen = new Set<number>();
    const stack = [start, ...places];
    const after = new Set<number>();
    while (stack.length > 0) {
      const place = stack.pop()!;
      if (seen.has(place)) continue;
      seen.add(place);
      const instruction = instructions[place]!;
      switch (instruction.op) {
        case 'match':
          return (next[kind] = MATCHED);
        case 'split':
          stack.push(instruction.first, instruction.second);
          break;
        case 'assert': {
          const { what } = instruction;
          const isAtEdge = afterWord !== isWord;
          const holds = what === '^' ? atBegin : what === '$' ? isEnd : isAtEdge === (what === 'b');
          if (holds) stack.push(instruction.next);
          break;
        }
        case 'set':
          if (!isEnd && isIn(instruction.ranges, code)) after.add(instruction.next);
      }
    }
    if (isEnd) return (next[kind] = NO_MATCH);
    if (this.states.length < MAX_STATES) return (next[kind] = this.state([...after], false, isWord));
    // Full: the first stays, all others are made anew from here on.
    this.states = this.states.slice(0, 1);
    this.states[0]!.next.fill(UNKNOWN);
    this.known.clear();
    return this.state([...after], false, isWord);
  }

  private state(places: readonly number[], atBegin: boolean, afterWord: boolean): number {
    const sorted = [...places].sort((a, b) => a - b);
    const key = `${sorted.join(' ')}${atBegin ? '^' : ''}${afterWord ? 'w' : ''}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const next = new Int32Array(this.bounds.length + 1).fill(UNKNOWN);
    const number = this.states.push({ places: sorted, atBegin, afterWord, next }) - 1;
    this.known.set(key, number);
    return number;
  }
}
