// Where an expression first matches, as JavaScript's would (leftmost, the preferred way first), in bounded time (Pike's
// machine): for what is marked on the screen. Whether it matches at all is asked of matcher.ts, which is quicker.
import { isIn, WORD } from './parse.js';
import type { Program } from './program.js';

export interface Found {
  readonly start: number;
  readonly end: number;
}

interface Threads {
  readonly places: number[];
  readonly starts: number[];
}

const isWordAt = (text: string, index: number): boolean => {
  const code = index >= 0 && index < text.length ? text.charCodeAt(index) : -1;
  return code >= 0 && isIn(WORD, code);
};

export function find({ instructions, start }: Program, text: string, from = 0): Found | undefined {
  const seen = new Int32Array(instructions.length).fill(-1);
  let current: Threads = { places: [], starts: [] };
  let best: Found | undefined;
  const stack: number[] = [];
  /** All places that are reached from one without a character, the preferred first. */
  const enter = (threads: Threads, place: number, began: number, index: number): void => {
    stack.push(place);
    while (stack.length > 0) {
      const at = stack.pop()!;
      if (seen[at] === index) continue;
      seen[at] = index;
      const instruction = instructions[at]!;
      if (instruction.op === 'split') stack.push(instruction.second, instruction.first);
      else if (instruction.op === 'assert') {
        if (holds(instruction.what, text, index)) stack.push(instruction.next);
      } else {
        threads.places.push(at);
        threads.starts.push(began);
      }
    }
  };
  let index = from;
  // What is entered at an index is marked with it: the threads of this index are entered while the one before is worked off.
  for (;;) {
    if (best === undefined) enter(current, start, index, index);
    if (current.places.length === 0 && best !== undefined) return best;
    const code = index < text.length ? text.codePointAt(index)! : -1;
    const after = index + (code > 0xffff ? 2 : 1);
    const next: Threads = { places: [], starts: [] };
    for (let i = 0; i < current.places.length; i++) {
      const instruction = instructions[current.places[i]!]!;
      const began = current.starts[i]!;
      if (instruction.op === 'match') {
        // Nothing is no find: the search goes on for something.
        if (index === began) continue;
        best = { start: began, end: index };
        break;
      }
      if (instruction.op === 'set' && code >= 0 && isIn(instruction.ranges, code))
        enter(next, instruction.next, began, after);
    }
    if (code < 0) return best;
    current = next;
    index = after;
  }
}

function holds(what: '^' | '$' | 'b' | 'B', text: string, index: number): boolean {
  if (what === '^') return index === 0;
  if (what === '$') return index === text.length;
  return (isWordAt(text, index - 1) !== isWordAt(text, index)) === (what === 'b');
}
