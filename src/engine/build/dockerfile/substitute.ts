// Replaces variables in a word and takes its quotes and escapes away, as a shell does it with the part of its language that
// Dockerfiles have: $a ${a} ${a:-b} ${a:+b} ${a:?b} (and without the colon) ${a#p} ${a##p} ${a%p} ${a%%p} ${a/p/b} ${a//p/b}.
// Pure. Tests: test/pure/engine/build/substitute.test.ts.
import { replaced, withoutPrefix, withoutSuffix } from './pattern.js';

export interface Variables {
  /** undefined for one that is not set, which is not the same as one that is empty */
  get(name: string): string | undefined;
}

export interface Substitution {
  readonly text: string;
  /** cut at blanks that were neither quoted nor escaped; what a variable brings along is cut too */
  readonly words: readonly string[];
  /** asked for and not set, with no other value given */
  readonly unset: readonly string[];
}

/** What cannot be understood, with the offset in the word at which that was seen. */
export class SubstitutionError extends Error {
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

/** Variables in variables' alternatives, and so on: nobody needs more, and a stack has an end. */
const MAX_DEPTH = 100;

class Substituter {
  #at = 0;
  #depth = 0;
  readonly #unset = new Set<string>();
  readonly #words: string[] = [];
  #word: string | undefined;

  constructor(
    private readonly source: string,
    private readonly escape: string,
    private readonly variables: Variables,
    /** not in here documents, in which quotes are text */
    private readonly hasQuotes: boolean,
  ) {}

  run(): Substitution {
    const text = this.#until(undefined, false);
    if (this.#word !== undefined) this.#words.push(this.#word);
    return { text, words: this.#words.filter((word) => word !== ''), unset: [...this.#unset] };
  }

  #fail(message: string, offset = this.#at): never {
    throw new SubstitutionError(Math.min(offset, Math.max(0, this.source.length - 1)), message);
  }

  /** Takes down text for the words: of what is not quoted, blanks end one. Only of the outermost text. */
  #add(text: string, isQuoted: boolean): void {
    if (this.#depth > 0) return;
    if (isQuoted) {
      this.#word = (this.#word ?? '') + text;
      return;
    }
    for (const character of text) {
      if (!/\s/.test(character)) this.#word = (this.#word ?? '') + character;
      else if (this.#word !== undefined) {
        this.#words.push(this.#word);
        this.#word = undefined;
      }
    }
  }

  /** @param keepsEscapes in patterns, which have a meaning for them */
  #until(stop: string | undefined, keepsEscapes: boolean): string {
    let text = '';
    while (this.#at < this.source.length) {
      const character = this.source[this.#at]!;
      if (character === stop) {
        this.#at += 1;
        return text;
      }
      let piece: string;
      let isQuoted = true;
      if (character === '$') {
        piece = this.#dollar();
        isQuoted = false;
      } else if (this.hasQuotes && character === "'") piece = this.#singleQuoted();
      else if (this.hasQuotes && character === '"') piece = this.#doubleQuoted();
      else if (character === this.escape) {
        const next = this.source[this.#at + 1] ?? '';
        this.#at += 2;
        // In a here document it has a meaning only where it takes one away, as in a shell.
        const isText = !this.hasQuotes && this.#depth === 0 && next !== '$' && next !== this.escape;
        piece = keepsEscapes || isText ? character + next : next;
      } else {
        piece = character;
        isQuoted = false;
        this.#at += 1;
      }
      this.#add(piece, isQuoted);
      text += piece;
    }
    if (stop !== undefined) this.#fail(`"${stop}" is missing at the end of a variable`);
    return text;
  }

  #singleQuoted(): string {
    const end = this.source.indexOf("'", this.#at + 1);
    if (end < 0) this.#fail('this quote has no end');
    const text = this.source.slice(this.#at + 1, end);
    this.#at = end + 1;
    return text;
  }

  #doubleQuoted(): string {
    const begin = this.#at;
    this.#at += 1;
    let text = '';
    while (this.#at < this.source.length) {
      const character = this.source[this.#at]!;
      if (character === '"') {
        this.#at += 1;
        return text;
      }
      if (character === '$') {
        // Its words are those of the quote.
        this.#depth += 1;
        text += this.#dollar();
        this.#depth -= 1;
        continue;
      }
      this.#at += 1;
      const next = this.source[this.#at];
      if (character === this.escape && (next === '"' || next === '$' || next === this.escape)) {
        text += next;
        this.#at += 1;
      } else text += character;
    }
    this.#fail('this quote has no end', begin);
  }

  #dollar(): string {
    const begin = this.#at;
    this.#at += 1;
    if (this.source[this.#at] === '{') {
      this.#at += 1;
      this.#depth += 1;
      if (this.#depth > MAX_DEPTH) this.#fail('variables are nested too deeply', begin);
      const text = this.#braced(begin);
      this.#depth -= 1;
      return text;
    }
    const name = this.#name();
    return name === '' ? '$' : this.#value(name);
  }

  #name(): string {
    const match = /^(?:[0-9]+|[A-Za-z_][A-Za-z0-9_]*|[@*#?$!-])/.exec(this.source.slice(this.#at, this.#at + 1024));
    this.#at += match?.[0].length ?? 0;
    return match?.[0] ?? '';
  }

  #value(name: string): string {
    const value = this.variables.get(name);
    if (value === undefined) this.#unset.add(name);
    return value ?? '';
  }

  #braced(begin: number): string {
    const name = this.#name();
    if (name === '') this.#fail('this variable has no name', begin);
    const operator = this.source[this.#at];
    this.#at += 1;
    switch (operator) {
      case '}':
        return this.#value(name);
      case '/':
        return this.#replacing(name);
      case '#':
      case '%':
        return this.#trimming(name, operator);
      case ':':
        return this.#alternative(name, begin, true);
      case '-':
      case '+':
      case '?':
        this.#at -= 1;
        return this.#alternative(name, begin, false);
      case undefined:
        return this.#fail('"}" is missing at the end of a variable', begin);
      default:
        return this.#fail(`"${operator}" means nothing behind the name of a variable`, this.#at - 1);
    }
  }

  #alternative(name: string, begin: number, emptyIsUnset: boolean): string {
    const operator = this.source[this.#at];
    this.#at += 1;
    if (operator !== '-' && operator !== '+' && operator !== '?')
      this.#fail('behind the colon of a variable stands -, + or ?', this.#at - 1);
    const word = this.#until('}', false);
    const value = this.variables.get(name);
    const isSet = value !== undefined && !(emptyIsUnset && value === '');
    if (operator === '-') return isSet ? value : word;
    if (operator === '+') return isSet ? word : '';
    if (!isSet) this.#fail(`${name}: ${word === '' ? 'it is to be set' : word}`, begin);
    return value;
  }

  #trimming(name: string, operator: '#' | '%'): string {
    const isLongest = this.source[this.#at] === operator;
    if (isLongest) this.#at += 1;
    const pattern = this.#until('}', true);
    const trim = operator === '#' ? withoutPrefix : withoutSuffix;
    return trim(this.#value(name), pattern, isLongest);
  }

  #replacing(name: string): string {
    const isAll = this.source[this.#at] === '/';
    if (isAll) this.#at += 1;
    const pattern = this.#until('/', true);
    const by = this.#until('}', false);
    return replaced(this.#value(name), pattern, by, isAll);
  }
}

/** @throws SubstitutionError */
export function substitute(
  source: string,
  { escape, variables, hasQuotes = true }: { escape: string; variables: Variables; hasQuotes?: boolean },
): Substitution {
  return new Substituter(source, escape, variables, hasQuotes).run();
}
