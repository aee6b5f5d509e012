// .dockerignore: which files of a context are left out of it. The patterns of Go's filepath.Match with ** for any number of
// directories and ! for what stays in all the same; the last line that fits decides. Pure.
// Tests: test/pure/engine/build/ignore.test.ts.

interface Rule {
  readonly keeps: boolean;
  readonly parts: readonly Part[];
}

/** `**`, or what one name of a path has to look like. */
type Part = '**' | readonly Token[];
type Token =
  '*' | '?' | { readonly literal: string } | { readonly ranges: readonly Range[]; readonly isNegated: boolean };
type Range = readonly [from: string, to: string];

export class Ignore {
  readonly #rules: readonly Rule[];
  readonly #keepsAny: boolean;

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
    this.#keepsAny = rules.some(({ keeps }) => keeps);
  }

  /** @param path relative, components joined by "/" */
  ignores(path: string): boolean {
    const names = path.split('/');
    let isIgnored = false;
    for (const { keeps, parts } of this.#rules) if (isIgnored === keeps && fits(parts, names)) isIgnored = !keeps;
    return isIgnored;
  }

  /** Whether nothing below a directory that is ignored can be kept, so that it need not be looked into. */
  ignoresAllBelow(path: string): boolean {
    return this.ignores(path) && !this.#keepsAny;
  }
}

/** @returns what the text of a .dockerignore says; a pattern that cannot be is none */
export function parseIgnore(text: string): Ignore {
  const rules = text
    .replace(/^\ufeff/, '')
    .split('\n')
    .flatMap((line) => ruleOf(line.replace(/\r$/, '')) ?? []);
  return new Ignore(rules);
}

function ruleOf(line: string): Rule | undefined {
  if (line.startsWith('#')) return undefined;
  const trimmed = line.trim();
  const keeps = trimmed.startsWith('!');
  const pattern = keeps ? trimmed.slice(1).trim() : trimmed;
  const parts: Part[] = [];
  for (const name of pattern.split('/')) {
    if (name === '' || name === '.') continue;
    if (name === '..') parts.pop();
    else parts.push(name === '**' ? '**' : tokensOf(name));
  }
  return parts.length === 0 ? undefined : { keeps, parts };
}

function tokensOf(name: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < name.length; at++) {
    const character = name[at]!;
    if (character === '\\' && at + 1 < name.length) tokens.push({ literal: name[(at += 1)]! });
    else if (character === '*') {
      // Within a name, ** is no more than *.
      if (tokens.at(-1) !== '*') tokens.push('*');
    } else if (character === '?') tokens.push('?');
    else if (character === '[') {
      const found = classAt(name, at);
      if (found === undefined) tokens.push({ literal: '[' });
      else {
        tokens.push(found.token);
        at = found.end;
      }
    } else tokens.push({ literal: character });
  }
  return tokens;
}

/** [abc], [a-z], [^a-z]; undefined when it has no end. */
function classAt(name: string, begin: number): { token: Token; end: number } | undefined {
  let at = begin + 1;
  const isNegated = name[at] === '^' || name[at] === '!';
  if (isNegated) at += 1;
  const ranges: Range[] = [];
  const take = (): string | undefined => {
    if (name[at] === '\\') at += 1;
    return name[at++];
  };
  for (let isFirst = true; at < name.length; isFirst = false) {
    if (name[at] === ']' && !isFirst) return { token: { ranges, isNegated }, end: at };
    const from = take();
    if (from === undefined) return undefined;
    if (name[at] === '-' && at + 1 < name.length && name[at + 1] !== ']') {
      at += 1;
      const to = take();
      if (to === undefined) return undefined;
      ranges.push([from, to]);
    } else ranges.push([from, from]);
  }
  return undefined;
}

/** Whether one name looks so. Without going back: the positions that can be reached, token after token. */
function nameFits(tokens: readonly Token[], name: string): boolean {
  let reached = new Set([0]);
  for (const token of tokens) {
    const next = new Set<number>();
    if (token === '*') for (let at = Math.min(...reached); at <= name.length; at++) next.add(at);
    else for (const at of reached) if (at < name.length && characterFits(token, name[at]!)) next.add(at + 1);
    if (next.size === 0) return false;
    reached = next;
  }
  return reached.has(name.length);
}

function characterFits(token: Exclude<Token, '*'>, character: string): boolean {
  if (token === '?') return true;
  if ('literal' in token) return token.literal === character;
  return token.ranges.some(([from, to]) => from <= character && character <= to) !== token.isNegated;
}

/** How many names of a path a pattern can take, from its beginning. */
function reach(parts: readonly Part[], names: readonly string[]): ReadonlySet<number> {
  let reached = new Set([0]);
  for (const [index, part] of parts.entries()) {
    const next = new Set<number>();
    if (part === '**') {
      // At the end it stands for what is inside, and not for the directory itself.
      const least = Math.min(...reached) + (index === parts.length - 1 && index > 0 ? 1 : 0);
      for (let at = least; at <= names.length; at++) next.add(at);
    } else for (const at of reached) if (at < names.length && nameFits(part, names[at]!)) next.add(at + 1);
    if (next.size === 0) return next;
    reached = next;
  }
  return reached;
}

/** What fits a directory fits all that is in it. */
const fits = (parts: readonly Part[], names: readonly string[]): boolean => reach(parts, names).size > 0;

/** A pattern of COPY: whether a path, relative, is what it names itself. */
export function matcherOf(pattern: string): (path: string) => boolean {
  const parts = pattern
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .map((name): Part => (name === '**' ? '**' : tokensOf(name)));
  return (path) => {
    const names = path.split('/');
    return reach(parts, names).has(names.length);
  };
}

export const hasWildcards = (path: string): boolean => /[*?[\\]/.test(path);
