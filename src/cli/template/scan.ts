// A template as pieces: text, and actions taken apart into tokens. Pure.
import { TemplateError } from './model.js';

export interface Token {
  readonly kind: 'string' | 'number' | 'field' | 'dot' | 'variable' | 'word' | 'mark' | 'space';
  /** as it was written; of a string what it says, of a field its name */
  readonly text: string;
  readonly at: number;
}

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly tokens: readonly Token[]; readonly at: number };

const TOKENS: readonly (readonly [Token['kind'], RegExp])[] = [
  ['space', /\s+/y],
  ['string', /"(?:[^"\\\n]|\\.)*"|`[^`]*`/y],
  ['number', /[+-]?\d+(?:\.\d+)?/y],
  ['field', /\.[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['dot', /\./y],
  ['variable', /\$[\p{L}\p{Nd}_]*/uy],
  ['word', /[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['mark', /:=|[=|,()]/y],
];
const COMMENT = /\/\*[^]*?\*\//y;
/** "{{- " takes the white space before it away, " -}}" that behind it. */
const OPENS = /\{\{(?:-(?=\s))?/g;
const CLOSES = /(?:\s-)?\}\}/y;

/** @throws TemplateError */
export function scan(template: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  let trimsNext = false;
  for (;;) {
    OPENS.lastIndex = at;
    const open = OPENS.exec(template);
    let text = template.slice(at, open?.index);
    if (trimsNext) text = text.trimStart();
    if (open?.[0].endsWith('-') === true) text = text.trimEnd();
    if (text !== '') pieces.push({ kind: 'text', text });
    if (open === null) return pieces;
    const action = scanAction(template, open.index + open[0].length);
    if (action.tokens !== undefined) pieces.push({ kind: 'action', tokens: action.tokens, at: open.index });
    ({ end: at, trimsNext } = action);
  }
}

interface ScannedAction {
  /** none of a comment */
  readonly tokens: readonly Token[] | undefined;
  readonly end: number;
  readonly trimsNext: boolean;
}

function scanAction(template: string, begin: number): ScannedAction {
  const tokens: Token[] = [];
  let at = begin;
  let isComment = false;
  for (;;) {
    const close = matchAt(CLOSES, template, at);
    if (close !== undefined)
      return { tokens: isComment ? undefined : tokens, end: at + close.length, trimsNext: close.includes('-') };
    if (at >= template.length) throw new TemplateError('{{ is not closed by }}', begin);
    const comment = matchAt(COMMENT, template, at);
    if (comment !== undefined) {
      isComment = true;
      at += comment.length;
      continue;
    }
    const token = tokenAt(template, at);
    tokens.push(token.token);
    at = token.end;
  }
}

function tokenAt(template: string, at: number): { readonly token: Token; readonly end: number } {
  for (const [kind, expression] of TOKENS) {
    const found = matchAt(expression, template, at);
    if (found === undefined) continue;
    return { token: { kind, text: textOf(kind, found, at), at }, end: at + found.length };
  }
  const what = template[at] === '"' ? 'a string is not closed' : `${template[at]!} has no meaning there`;
  throw new TemplateError(what, at);
}

function textOf(kind: Token['kind'], found: string, at: number): string {
  if (kind === 'field') return found.slice(1);
  if (kind !== 'string') return found;
  if (found.startsWith('`')) return found.slice(1, -1);
  try {
    return JSON.parse(found) as string;
  } catch {
    throw new TemplateError(`${found} has a backslash before a letter that is none of b, f, n, r, t and u`, at);
  }
}

function matchAt(expression: RegExp, text: string, at: number): string | undefined {
  expression.lastIndex = at;
  return expression.exec(text)?.[0];
}
