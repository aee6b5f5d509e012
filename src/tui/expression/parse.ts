// The source of a regular expression to a tree. What can be searched in time proportional to the text is taken: characters,
// classes, groups, alternatives, repeats, anchors. What cannot (looking ahead or behind, references to groups) is refused.

/** First and last code point of each stretch, in order, none touching the next. */
export type Ranges = readonly (readonly [first: number, last: number])[];

export type Node =
  | { readonly kind: 'set'; readonly ranges: Ranges }
  | { readonly kind: 'assert'; readonly what: Assertion }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'choice'; readonly items: readonly Node[] }
  | {
      readonly kind: 'repeat';
      readonly item: Node;
      readonly least: number;
      readonly most: number;
      readonly greedy: boolean;
    };

/** Begin and end of the text, at the edge of a word, not at one. */
export type Assertion = '^' | '$' | 'b' | 'B';

export const MAX_CODE_POINT = 0x10ffff;
/** Nobody types more; it also bounds how deep groups are nested. */
const MAX_SOURCE = 500;
const MAX_REPEAT = 500;
/** A range with more characters than this has only its ASCII letters folded. */
const MAX_FOLDED = 2000;

const DIGIT: Ranges = [[0x30, 0x39]];
export const WORD: Ranges = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const SPACE: Ranges = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const LINE_END: Ranges = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];

const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, '0': 0 };

export function normal(ranges: Ranges): Ranges {
  const merged: [number, number][] = [];
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const before = merged.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

function complement(ranges: Ranges): Ranges {
  const rest: [number, number][] = [];
  let next = 0;
  for (const [first, last] of normal(ranges)) {
    if (first > next) rest.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= MAX_CODE_POINT) rest.push([next, MAX_CODE_POINT]);
  return rest;
}

/** With each letter its other case. */
function folded(ranges: Ranges): Ranges {
  const more: [number, number][] = [];
  const both = (from: number, to: number): void => {
    for (let code = from; code <= to; code++) {
      const ch = String.fromCodePoint(code);
      for (const other of [ch.toLowerCase(), ch.toUpperCase()]) {
        const point = other.codePointAt(0)!;
        if (point !== code && other.length === String.fromCodePoint(point).length) more.push([point, point]);
      }
    }
  };
  for (const [first, last] of ranges) both(first, Math.min(last, last - first > MAX_FOLDED ? 0x7f : last));
  return normal([...ranges, ...more]);
}

const among = (ranges: Ranges, code: number): boolean => ranges.some(([first, last]) => code >= first && code <= last);

/** @throws Error whose message says in one sentence what is wrong */
export function parseExpression(source: string, ignoreCase: boolean): Node {
  if (source.length > MAX_SOURCE) throw new Error(`it has ${source.length} characters; ${MAX_SOURCE} are the most`);
  return new Parser(source, ignoreCase).whole();
}

class Parser {
  private at = 0;

  constructor(
    private readonly source: string,
    private readonly ignoreCase: boolean,
  ) {}

  whole(): Node {
    const node = this.choice();
    if (this.at < this.source.length) throw new Error('a ) has no ( before it');
    return node;
  }

  private choice(): Node {
    const items = [this.sequence()];
    while (this.take('|')) items.push(this.sequence());
    return items.length === 1 ? items[0]! : { kind: 'choice', items };
  }

  private sequence(): Node {
    const items: Node[] = [];
    while (this.at < this.source.length && !this.sees('|') && !this.sees(')')) items.push(this.repeated());
    return items.length === 1 ? items[0]! : { kind: 'sequence', items };
  }

  private repeated(): Node {
    let item = this.atom();
    for (;;) {
      const range = this.quantifier();
      if (range === undefined) return item;
      if (item.kind === 'repeat' || item.kind === 'assert')
        throw new Error('there is nothing to repeat before a * + ? or {');
      const greedy = !this.take('?');
      item = { kind: 'repeat', item, least: range[0], most: range[1], greedy };
    }
  }

  private quantifier(): readonly [number, number] | undefined {
    if (this.take('*')) return [0, Infinity];
    if (this.take('+')) return [1, Infinity];
    if (this.take('?')) return [0, 1];
    const counted = /^\{(\d+)(,(\d*))?\}/.exec(this.source.slice(this.at));
    if (!counted) return undefined;
    this.at += counted[0].length;
    const least = Number(counted[1]);
    const most = counted[2] === undefined ? least : counted[3] === '' ? Infinity : Number(counted[3]);
    if (least > most) throw new Error(`${counted[0]} counts backwards`);
    if (least > MAX_REPEAT || (most !== Infinity && most > MAX_REPEAT))
      throw new Error(`${counted[0]} repeats more than ${MAX_REPEAT} times`);
    return [least, most];
  }

  private atom(): Node {
    const ch = this.next();
    switch (ch) {
      case '.':
        return { kind: 'set', ranges: complement(LINE_END) };
      case '^':
      case '$':
        return { kind: 'assert', what: ch };
      case '(':
        return this.group();
      case '[':
        return this.classNode();
      case '*':
      case '+':
      case '?':
        throw new Error(`there is nothing to repeat before ${ch}`);
      case '\\':
        if (this.take('b')) return { kind: 'assert', what: 'b' };
        if (this.take('B')) return { kind: 'assert', what: 'B' };
        return this.set(this.escape());
      default:
        return this.set(single(ch));
    }
  }

  private group(): Node {
    if (this.take('?') && !this.take(':')) {
      const name = /^<([A-Za-z_]\w*)>/.exec(this.source.slice(this.at));
      if (!name) throw new Error('(? looks ahead or behind, which no search in bounded time can: leave it out');
      this.at += name[0].length;
    }
    const inner = this.choice();
    if (!this.take(')')) throw new Error('a ( is not closed');
    // A group of its own, or the repeat after it would be taken for one more on its last item.
    return inner.kind === 'repeat' || inner.kind === 'assert' ? { kind: 'sequence', items: [inner] } : inner;
  }

  private classNode(): Node {
    const negated = this.take('^');
    const ranges: (readonly [number, number])[] = [];
    while (!this.take(']')) {
      if (this.at >= this.source.length) throw new Error('a [ is not closed');
      const first = this.classItem();
      if (this.sees('-') && this.source[this.at + 1] !== ']' && this.at + 1 < this.source.length) {
        this.at += 1;
        const last = this.classItem();
        const [from, to] = [only(first), only(last)];
        if (from === undefined || to === undefined) ranges.push(...first, ...single('-'), ...last);
        else if (from > to) throw new Error(`${String.fromCodePoint(from)}-${String.fromCodePoint(to)} runs backwards`);
        else ranges.push([from, to]);
      } else {
        ranges.push(...first);
      }
    }
    const own = this.ignoreCase ? folded(normal(ranges)) : normal(ranges);
    return { kind: 'set', ranges: negated ? complement(own) : own };
  }

  private classItem(): Ranges {
    const ch = this.next();
    if (ch !== '\\') return single(ch);
    return this.take('b') ? [[8, 8]] : this.escape();
  }

  private escape(): Ranges {
    if (this.at >= this.source.length) throw new Error('a backslash at the end has nothing to keep');
    const ch = this.next();
    const classes: Readonly<Record<string, Ranges>> = { d: DIGIT, w: WORD, s: SPACE };
    const known = classes[ch.toLowerCase()];
    if (known) return ch === ch.toLowerCase() ? known : complement(known);
    if (ch in CONTROLS) return [[CONTROLS[ch]!, CONTROLS[ch]!]];
    if (/[1-9k]/.test(ch))
      throw new Error(`\\${ch} refers to a group, which no search in bounded time can: leave it out`);
    const code = /^(?:x([\dA-Fa-f]{2})|u([\dA-Fa-f]{4})|u\{([\dA-Fa-f]{1,6})\})/.exec(this.source.slice(this.at - 1));
    if (code) {
      this.at += code[0].length - 1;
      const point = parseInt(code[1] ?? code[2] ?? code[3]!, 16);
      if (point <= MAX_CODE_POINT) return [[point, point]];
    }
    if (/[A-Za-z]/.test(ch)) throw new Error(`\\${ch} has no meaning here`);
    return single(ch);
  }

  private set(ranges: Ranges): Node {
    return { kind: 'set', ranges: this.ignoreCase ? folded(ranges) : ranges };
  }

  private next(): string {
    const ch = String.fromCodePoint(this.source.codePointAt(this.at)!);
    this.at += ch.length;
    return ch;
  }

  private sees(ch: string): boolean {
    return this.source[this.at] === ch;
  }

  private take(ch: string): boolean {
    if (!this.sees(ch)) return false;
    this.at += 1;
    return true;
  }
}

const single = (ch: string): Ranges => [[ch.codePointAt(0)!, ch.codePointAt(0)!]];

/** The one character of the ranges, if it is one. */
const only = (ranges: Ranges): number | undefined =>
  ranges.length === 1 && ranges[0]![0] === ranges[0]![1] ? ranges[0]![0] : undefined;

export const isIn = among;
