// What a command is, as data. The parser, the completions and the manual are all made from these, so they cannot disagree.
import type { Context } from './context.js';

/** What a shell can offer in a place. */
export type Completion =
  | 'container'
  | 'running'
  | 'stopped'
  | 'paused'
  | 'image'
  | 'volume'
  | 'network'
  | 'file'
  | 'directory'
  | 'signal'
  | readonly string[];

export interface Argument {
  readonly name: string;
  readonly optional?: boolean;
  readonly variadic?: boolean;
  readonly complete?: Completion;
}

export interface Option {
  /** as commander reads them: "-m, --memory <bytes>", "--rm", "--tail [lines]" */
  readonly flags: string;
  readonly description: string;
  /** may be given several times and is read as a list */
  readonly repeat?: true;
  readonly complete?: Completion;
}

/** Option values by camelCase name: true, a string, or a list of strings where the option may be repeated. */
export type Values = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

export interface Command {
  /** "run", "image ls" */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** further paragraphs for the manual */
  readonly description?: string;
  readonly arguments: readonly Argument[];
  readonly options: readonly Option[];
  readonly examples?: readonly { readonly command: string; readonly what: string }[];
  /** Everything after the first argument is the container's, options too. */
  readonly passThrough?: true;
  /** Exit code when the engine fails: 125 for those that hand on a container's own code. */
  readonly failure?: number;
  /** @returns the exit code */
  run(context: Context, args: readonly string[], values: Values): Promise<number>;
}

export function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

export function flag(values: Values, name: string): boolean {
  return values[name] === true;
}

export function list(values: Values, name: string): readonly string[] {
  const value = values[name];
  return Array.isArray(value) ? (value as readonly string[]) : typeof value === 'string' ? [value] : [];
}
