// Which variables there are where: arguments before the first FROM, arguments and environment of a stage, and those that need
// no declaration. Pure. Tests: test/pure/engine/build/scope.test.ts.
import type { Platform } from '../image/oci.js';
import type { Raw } from './dockerfile/instruction.js';
import { faultAt, type Source } from './dockerfile/position.js';
import { substitute, SubstitutionError, type Substitution, type Variables } from './dockerfile/substitute.js';

/** Of a build on whatever host: what it is built on and for. In a stage they have to be declared by ARG like others. */
export function platformArgs(build: Platform, target: Platform): ReadonlyMap<string, string> {
  const of = (prefix: string, { os, architecture, variant }: Platform): [string, string][] => [
    [`${prefix}PLATFORM`, [os, architecture, ...(variant === undefined ? [] : [variant])].join('/')],
    [`${prefix}OS`, os],
    [`${prefix}ARCH`, architecture],
    [`${prefix}VARIANT`, variant ?? ''],
  ];
  return new Map([...of('BUILD', build), ...of('TARGET', target)]);
}

/** Taken from the command line without being declared, seen by RUN, and in no image, history or cache key. */
const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY'];
export const isProxyArg = (name: string): boolean => PROXIES.includes(name.toUpperCase());

/** Those that BuildKit takes for itself, and that are no fault where nothing asks for them. */
export const isOwnArg = (name: string): boolean => name.startsWith('BUILDKIT_') || name === 'SOURCE_DATE_EPOCH';

export interface Arguments {
  /** --build-arg */
  readonly given: ReadonlyMap<string, string>;
  readonly platform: ReadonlyMap<string, string>;
}

/** The arguments before the first FROM. They are for FROM, and for a stage that declares them again. */
export class GlobalScope implements Variables {
  readonly #values = new Map<string, string | undefined>();

  constructor(readonly args: Arguments) {}

  declare(name: string, value: string | undefined): void {
    this.#values.set(name, this.args.given.get(name) ?? value ?? this.args.platform.get(name));
  }

  isDeclared(name: string): boolean {
    return this.#values.has(name);
  }

  get(name: string): string | undefined {
    return this.#values.has(name) ? this.#values.get(name) : this.args.platform.get(name);
  }
}

/** A stage's. What ENV says wins over ARG, wherever the two stand. */
export class StageScope implements Variables {
  readonly #args = new Map<string, string | undefined>();
  #env: ReadonlyMap<string, string>;

  constructor(
    private readonly global: GlobalScope,
    env: readonly string[],
  ) {
    this.#env = variablesOf(env);
  }

  declare(name: string, value: string | undefined): void {
    const { given, platform } = this.global.args;
    const inherited = this.global.isDeclared(name) ? this.global.get(name) : undefined;
    this.#args.set(name, given.get(name) ?? value ?? inherited ?? platform.get(name));
  }

  setEnv(env: readonly string[]): void {
    this.#env = variablesOf(env);
  }

  get(name: string): string | undefined {
    return this.#env.get(name) ?? this.#args.get(name);
  }

  /** What RUN gets besides the environment: declared, with a value, and not hidden by ENV. In the order of declaration. */
  argsOfRun(): string[] {
    return [...this.#args].flatMap(([name, value]) =>
      value === undefined || this.#env.has(name) ? [] : [`${name}=${value}`],
    );
  }

  /** Proxies of the command line that nobody declared: for RUN, and to be kept nowhere. */
  proxiesOfRun(): string[] {
    return [...this.global.args.given].flatMap(([name, value]) =>
      isProxyArg(name) && !this.#args.has(name) && !this.#env.has(name) ? [`${name}=${value}`] : [],
    );
  }
}

export function variablesOf(env: readonly string[]): Map<string, string> {
  return new Map(
    env.map((entry) => {
      const equals = entry.indexOf('=');
      return equals < 0 ? [entry, ''] : [entry.slice(0, equals), entry.slice(equals + 1)];
    }),
  );
}

export interface Expanding {
  readonly source: Source;
  readonly escape: string;
  readonly variables: Variables;
  /** a variable that is not set, and where */
  readonly onUnset?: (name: string, raw: Raw) => void;
}

/** @throws BuildError that points at the place in the word */
export function expand(raw: Raw, { source, escape, variables, onUnset }: Expanding): Substitution {
  try {
    const result = substitute(raw.text, { escape, variables });
    for (const name of result.unset) onUnset?.(name, raw);
    return result;
  } catch (error) {
    if (!(error instanceof SubstitutionError)) throw error;
    const position = { line: raw.position.line, column: raw.position.column + error.offset };
    throw faultAt(source, position, error.message, {
      hint: 'write \\$ for a dollar sign, and close every brace and quote',
    });
  }
}
