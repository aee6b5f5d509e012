// The tokens of a template → what it is made of. Pure.
import { TemplateError, type Branch, type Node, type Pipeline, type Word } from './model.js';
import { scan, type Piece, type Token } from './scan.js';

/** @throws TemplateError */
export function parseTemplate(template: string): readonly Node[] {
  const pieces = new Pieces(scan(template));
  const { nodes } = pieces.list(undefined);
  return nodes;
}

/** How a list of nodes ended: where the template does, or at an action that belongs to the branch around it. */
interface List {
  readonly nodes: readonly Node[];
  readonly ended: { readonly by: 'end' | 'else'; readonly action: Action } | undefined;
}

class Pieces {
  #next = 0;
  #loops = 0;

  constructor(private readonly pieces: readonly Piece[]) {}

  /** @param branch the action that it belongs to; undefined for the whole template */
  list(branch: Action | undefined): List {
    const nodes: Node[] = [];
    for (;;) {
      const piece = this.pieces[this.#next++];
      if (piece === undefined) {
        if (branch !== undefined) throw new TemplateError(`{{${branch.name}}} has no {{end}}`, branch.at);
        return { nodes, ended: undefined };
      }
      if (piece.kind === 'text') {
        nodes.push(piece);
        continue;
      }
      const action = new Action(piece);
      const { word } = action;
      if (word === 'end' || word === 'else') {
        if (branch === undefined) throw new TemplateError(`{{${word}}} belongs to nothing`, action.at);
        action.take();
        return { nodes, ended: { by: word, action } };
      }
      nodes.push(this.#node(action));
    }
  }

  #node(action: Action): Node {
    switch (action.word) {
      case 'if':
      case 'with':
      case 'range':
        return this.#branch(action, action.word);
      case 'break':
      case 'continue':
        if (this.#loops === 0) throw new TemplateError(`{{${action.word}}} is in no {{range}}`, action.at);
        return { kind: action.word };
      case 'define':
      case 'template':
      case 'block':
        throw new TemplateError(`{{${action.word}}} is not for templates of one line`, action.at);
      default:
        return action.setOrShow();
    }
  }

  #branch(action: Action, kind: Branch['kind']): Branch {
    action.take();
    const variables = action.variables(kind === 'range' ? 2 : 1);
    const pipeline = action.pipeline();
    action.requireEnd();
    if (kind === 'range') this.#loops += 1;
    const { nodes: body, ended } = this.list(action);
    if (kind === 'range') this.#loops -= 1;
    const otherwise = ended!.by === 'else' ? this.#otherwise(ended!.action) : [];
    return { kind, variables, pipeline, body, otherwise };
  }

  /** What stands behind {{else}}; {{else if …}} has the {{end}} in common with what it belongs to. */
  #otherwise(action: Action): readonly Node[] {
    if (action.word === 'if' || action.word === 'with') return [this.#branch(action, action.word)];
    action.requireEnd();
    const { nodes, ended } = this.list(action);
    if (ended!.by === 'else') throw new TemplateError('there is a second {{else}}', ended!.action.at);
    return nodes;
  }
}

/** The tokens of one action, from left to right. */
class Action {
  readonly at: number;
  /** its first word, as of if, range and end */
  readonly name: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor({ tokens, at }: Extract<Piece, { kind: 'action' }>) {
    this.at = at;
    this.#tokens = tokens;
    this.name = this.word ?? '';
  }

  /** The word that comes next, if it is one. */
  get word(): string | undefined {
    this.#skipSpace();
    const token = this.#tokens[this.#next];
    return token?.kind === 'word' ? token.text : undefined;
  }

  take(): void {
    this.#skipSpace();
    this.#next += 1;
  }

  /** $a := or $a, $b := before a pipeline; none where it begins otherwise. */
  variables(most: number): readonly string[] {
    const begin = this.#next;
    const names: string[] = [];
    for (;;) {
      const name = this.#peek();
      if (name?.kind !== 'variable') break;
      this.take();
      names.push(name.text);
      const mark = this.#peek();
      if (mark?.text === ':=') {
        this.take();
        if (names.length > most) throw new TemplateError('there are too many variables', name.at);
        return names;
      }
      if (mark?.text !== ',') break;
      this.take();
    }
    this.#next = begin;
    return [];
  }

  setOrShow(): Node {
    const begin = this.#next;
    const name = this.#peek();
    if (name?.kind === 'variable') {
      this.take();
      const mark = this.#peek()?.text;
      if (mark === ':=' || mark === '=') {
        this.take();
        const pipeline = this.pipeline();
        this.requireEnd();
        return { kind: 'set', name: name.text, isNew: mark === ':=', pipeline };
      }
      this.#next = begin;
    }
    const pipeline = this.pipeline();
    this.requireEnd();
    return { kind: 'show', pipeline };
  }

  pipeline(): Pipeline {
    const at = this.#peek()?.at ?? this.at;
    const commands = [this.#command()];
    while (this.#peek()?.text === '|' && this.#peek()?.kind === 'mark') {
      this.take();
      commands.push(this.#command());
    }
    return { commands, at };
  }

  requireEnd(): void {
    const left = this.#peek();
    if (left !== undefined) throw new TemplateError(`${left.text} has no meaning there`, left.at);
  }

  #command(): readonly Word[] {
    const words: Word[] = [];
    for (;;) {
      const token = this.#peek();
      if (token === undefined || (token.kind === 'mark' && token.text !== '(')) break;
      words.push(this.#word(token));
    }
    if (words.length === 0) throw new TemplateError('a value is missing', this.#peek()?.at ?? this.at);
    return words;
  }

  #word(token: Token): Word {
    this.take();
    const { at, text } = token;
    switch (token.kind) {
      case 'field':
        return { kind: 'dot', at, fields: [text, ...this.#fields()] };
      case 'dot':
        return { kind: 'dot', at, fields: [] };
      case 'variable':
        return { kind: 'variable', at, name: text, fields: this.#fields() };
      case 'string':
        return { kind: 'constant', at, value: text, fields: [] };
      case 'number':
        return { kind: 'constant', at, value: Number(text), fields: [] };
      case 'word':
        if (text === 'true' || text === 'false') return { kind: 'constant', at, value: text === 'true', fields: [] };
        if (text === 'nil') return { kind: 'constant', at, value: null, fields: [] };
        return { kind: 'function', at, name: text, fields: [] };
      default: {
        const pipeline = this.pipeline();
        if (this.#peek()?.text !== ')') throw new TemplateError('( is not closed by )', at);
        this.take();
        return { kind: 'pipeline', at, pipeline, fields: this.#fields() };
      }
    }
  }

  /** With no space before them. */
  #fields(): string[] {
    const fields: string[] = [];
    for (let token = this.#tokens[this.#next]; token?.kind === 'field'; token = this.#tokens[this.#next]) {
      fields.push(token.text);
      this.#next += 1;
    }
    return fields;
  }

  #peek(): Token | undefined {
    this.#skipSpace();
    return this.#tokens[this.#next];
  }

  #skipSpace(): void {
    while (this.#tokens[this.#next]?.kind === 'space') this.#next += 1;
  }
}
