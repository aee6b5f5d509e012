// A template filled with a value. Pure.
import { functionsWith, kindOf, type TemplateFunction, type ToJson } from './functions.js';
import { TemplateError, type Branch, type Node, type Pipeline, type Word } from './model.js';
import { isTrue, shown } from './values.js';

export interface Filling {
  /** how an object is written: harmless in a terminal */
  readonly toJson: ToJson;
  /** how a text is that came with the value */
  readonly toText: (text: string) => string;
  /** of a field that the value has not; undefined makes "<no value>" of it, and what it throws is told */
  readonly onMissing?: (field: string, value: Readonly<Record<string, unknown>>) => void;
}

/** Enough for lists of everything on a host, and an end for a template that would fill the memory. */
const MOST_CHARACTERS = 64 * 1024 * 1024;

/** A value, and whether it is harmless in a terminal as it stands: it was in the template, or has been made so. */
interface Seen {
  readonly value: unknown;
  readonly isHarmless: boolean;
}

interface Variable {
  readonly name: string;
  seen: Seen;
}

type Leap = 'break' | 'continue' | undefined;

/** @throws TemplateError */
export function fillTemplate(nodes: readonly Node[], value: unknown, filling: Filling): string {
  const filler = new Filler(filling);
  const seen = { value, isHarmless: false };
  filler.run(nodes, seen, [{ name: '$', seen }]);
  return filler.text;
}

class Filler {
  text = '';
  readonly #functions: ReadonlyMap<string, TemplateFunction>;

  constructor(private readonly filling: Filling) {
    this.#functions = functionsWith(filling.toJson);
  }

  /** @param around the variables of the branches around it; its own end with it */
  run(nodes: readonly Node[], dot: Seen, around: readonly Variable[]): Leap {
    const variables = [...around];
    for (const node of nodes) {
      switch (node.kind) {
        case 'text':
          this.#write(node.text);
          break;
        case 'show':
          this.#write(this.#shown(this.#pipeline(node.pipeline, dot, variables)));
          break;
        case 'set': {
          const seen = this.#pipeline(node.pipeline, dot, variables);
          if (node.isNew) variables.push({ name: node.name, seen });
          else variableNamed(node.name, variables, node.pipeline.at).seen = seen;
          break;
        }
        case 'break':
        case 'continue':
          return node.kind;
        default: {
          const leap = this.#branch(node, dot, variables);
          if (leap !== undefined) return leap;
        }
      }
    }
    return undefined;
  }

  #write(text: string): void {
    this.text += text;
    if (this.text.length > MOST_CHARACTERS) throw new TemplateError('it makes too much text', 0);
  }

  #shown({ value, isHarmless }: Seen): string {
    const text = shown(value, this.filling.toJson);
    return isHarmless || isMap(value) ? text : this.filling.toText(text);
  }

  #branch(branch: Branch, dot: Seen, variables: readonly Variable[]): Leap {
    const seen = this.#pipeline(branch.pipeline, dot, variables);
    if (branch.kind === 'range') return this.#range(branch, seen, dot, variables);
    const own = branch.variables.map((name) => ({ name, seen }));
    if (!isTrue(seen.value)) return this.run(branch.otherwise, dot, [...variables, ...own]);
    return this.run(branch.body, branch.kind === 'with' ? seen : dot, [...variables, ...own]);
  }

  #range(branch: Branch, { value, isHarmless }: Seen, dot: Seen, variables: readonly Variable[]): Leap {
    const entries = entriesOf(value, branch.pipeline.at);
    if (entries.length === 0) return this.run(branch.otherwise, dot, variables);
    for (const pair of entries) {
      const [key, each] = pair.map((part) => ({ value: part, isHarmless })) as [Seen, Seen];
      const values = branch.variables.length === 2 ? [key, each] : [each];
      const own = branch.variables.map((name, index) => ({ name, seen: values[index]! }));
      if (this.run(branch.body, each, [...variables, ...own]) === 'break') break;
    }
    return undefined;
  }

  #pipeline({ commands }: Pipeline, dot: Seen, variables: readonly Variable[]): Seen {
    let made: readonly Seen[] = [];
    for (const words of commands) made = [this.#command(words, made, dot, variables)];
    return made[0]!;
  }

  #command(words: readonly Word[], piped: readonly Seen[], dot: Seen, variables: readonly Variable[]): Seen {
    const [first, ...rest] = words;
    if (first!.kind !== 'function') {
      if (rest.length > 0 || piped.length > 0)
        throw new TemplateError('only a function can be given a value', first!.at);
      return this.#word(first!, dot, variables);
    }
    const values = rest.map((word) => this.#word(word, dot, variables));
    return this.#call(first!, [...values, ...piped]);
  }

  #call({ name, at }: Extract<Word, { kind: 'function' }>, given: readonly Seen[]): Seen {
    const called = this.#functions.get(name);
    if (called === undefined) {
      const known = [...this.#functions.keys()].sort().join(', ');
      throw new TemplateError(`there is no function ${name}: there are ${known}`, at);
    }
    const asTheyAre = AS_THEY_ARE.has(name);
    const values = given.map((seen) => (asTheyAre ? seen.value : this.#harmless(seen)));
    try {
      const isHarmless = name === 'json' || !asTheyAre || given.every((seen) => seen.isHarmless);
      return { value: called(...values), isHarmless };
    } catch (error) {
      throw new TemplateError(error instanceof Error ? error.message : String(error), at);
    }
  }

  #harmless({ value, isHarmless }: Seen): unknown {
    const { toText } = this.filling;
    if (isHarmless) return value;
    if (typeof value === 'string') return toText(value);
    return Array.isArray(value)
      ? value.map((each: unknown) => (typeof each === 'string' ? toText(each) : each))
      : value;
  }

  #word(word: Word, dot: Seen, variables: readonly Variable[]): Seen {
    return word.fields.reduce((seen, field) => this.#field(seen, field, word.at), this.#base(word, dot, variables));
  }

  #base(word: Word, dot: Seen, variables: readonly Variable[]): Seen {
    switch (word.kind) {
      case 'dot':
        return dot;
      case 'variable':
        return variableNamed(word.name, variables, word.at).seen;
      case 'constant':
        return { value: word.value, isHarmless: true };
      case 'function':
        return this.#call(word, []);
      case 'pipeline':
        return this.#pipeline(word.pipeline, dot, variables);
    }
  }

  #field({ value, isHarmless }: Seen, field: string, at: number): Seen {
    const nothing = { value: undefined, isHarmless: true };
    if (value === undefined || value === null) return nothing;
    if (!isMap(value)) throw new TemplateError(`.${field} is asked of ${kindOf(value)}`, at);
    if (Object.hasOwn(value, field)) return { value: value[field], isHarmless };
    this.filling.onMissing?.(field, value);
    return nothing;
  }
}

/** They make no text of what they are given: they choose of it, compare it, or (json) make it harmless themselves. */
const AS_THEY_ARE: ReadonlySet<string> = new Set([
  'and',
  'or',
  'not',
  'eq',
  'ne',
  'lt',
  'le',
  'gt',
  'ge',
  'len',
  'index',
  'slice',
  'json',
]);

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function variableNamed(name: string, variables: readonly Variable[], at: number): Variable {
  const found = variables.findLast((variable) => variable.name === name);
  if (found === undefined) throw new TemplateError(`there is no variable ${name}`, at);
  return found;
}

/** With what $key is for each. Maps go by their keys in order, as in Go. */
function entriesOf(value: unknown, at: number): readonly (readonly [unknown, unknown])[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return [...value.entries()];
  if (isMap(value)) return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  throw new TemplateError(`range takes a list or a map, and this is ${kindOf(value)}`, at);
}
