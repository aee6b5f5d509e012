// The flags of an instruction, `--name=value` before its words: which there are, and that each is given once. Pure.
import { nearest } from './nearest.js';
import { faultAt, type BuildError, type Position, type Source } from './position.js';
import { quotedWords, unquoted } from './words.js';

export interface Flag {
  readonly name: string;
  /** undefined for one that stands without = */
  readonly value: string | undefined;
  readonly position: Position;
  /** as it stands */
  readonly text: string;
}

type Kind = 'value' | 'switch' | 'repeat';

/** A flag that Docker has and that is not done here, with the reason. */
interface Refused {
  readonly why: string;
  readonly hint: string;
}

const COPY_FLAGS = {
  chown: 'value',
  chmod: 'value',
  link: 'switch',
  exclude: 'repeat',
} as const;

const FLAGS: Readonly<Record<string, Readonly<Record<string, Kind | Refused>>>> = {
  FROM: { platform: 'value' },
  RUN: {
    mount: 'repeat',
    network: 'value',
    security: {
      why: 'a build runs with the rights of an ordinary container',
      hint: 'do what needs more of them in a container that you run yourself: tscontain run --privileged',
    },
    device: {
      why: 'a build gets no devices',
      hint: 'pass them to a container that you run yourself: tscontain run --device',
    },
  },
  COPY: { ...COPY_FLAGS, from: 'value', parents: 'switch' },
  ADD: {
    ...COPY_FLAGS,
    checksum: 'value',
    unpack: 'switch',
    'keep-git-dir': { why: 'nothing is fetched by git', hint: 'clone it beside the Dockerfile, and COPY it' },
  },
};

export class Flags {
  constructor(
    private readonly source: Source,
    readonly all: readonly Flag[],
    private readonly keyword: string,
  ) {}

  get(name: string): Flag | undefined {
    return this.all.find((flag) => flag.name === name);
  }

  list(name: string): readonly Flag[] {
    return this.all.filter((flag) => flag.name === name);
  }

  isSet(name: string): boolean {
    const flag = this.get(name);
    return flag !== undefined && this.truth(flag);
  }

  /** A switch: --link, --link=true, --link=false. */
  truth(flag: Flag): boolean {
    if (flag.value === undefined || flag.value === 'true') return true;
    if (flag.value === 'false') return false;
    throw this.fault(flag, `--${flag.name} is true or false, not ${JSON.stringify(flag.value.slice(0, 40))}`);
  }

  fault(flag: Flag, what: string, hint?: string): BuildError {
    return faultAt(this.source, flag.position, what, {
      length: flag.text.length,
      ...(hint === undefined ? {} : { hint }),
    });
  }

  /** @throws BuildError for one that the instruction does not have, has no value, or is there twice */
  check(): this {
    const known = FLAGS[this.keyword] ?? {};
    const seen = new Set<string>();
    for (const flag of this.all) {
      const kind = known[flag.name];
      if (kind === undefined) throw this.#unknown(flag, Object.keys(known));
      if (typeof kind === 'object')
        throw this.fault(flag, `${this.keyword} --${flag.name} is not supported: ${kind.why}`, kind.hint);
      if (kind !== 'switch' && (flag.value === undefined || flag.value === ''))
        throw this.fault(flag, `--${flag.name} needs a value: --${flag.name}=…`);
      if (kind !== 'repeat' && seen.has(flag.name)) throw this.fault(flag, `--${flag.name} stands here twice`);
      seen.add(flag.name);
    }
    return this;
  }

  #unknown(flag: Flag, known: readonly string[]): BuildError {
    const meant = nearest(flag.name, known);
    const there =
      known.length === 0
        ? `${this.keyword} has no flags`
        : `there ${known.length === 1 ? 'is' : 'are'} ${known.map((name) => `--${name}`).join(', ')}`;
    return this.fault(
      flag,
      `${this.keyword} has no flag ${JSON.stringify(`--${flag.name.slice(0, 40)}`)}`,
      meant === undefined ? there : `did you mean --${meant}?`,
    );
  }
}

/**
 * Takes the flags from the front of what follows a keyword.
 * @returns where the words begin
 */
export function takeFlags(
  source: Source,
  keyword: string,
  { text, at, escape, position }: { text: string; at: number; escape: string; position: (offset: number) => Position },
): { flags: Flags; rest: number } {
  const flags: Flag[] = [];
  let rest = at;
  for (const word of quotedWords(text.slice(at), at, escape)) {
    rest = word.at;
    if (!word.text.startsWith('--')) break;
    rest = word.at + word.text.length;
    // The end of flags, for what begins with -- itself.
    if (word.text === '--') break;
    const plain = unquoted(word.text, escape);
    const equals = plain.indexOf('=');
    flags.push({
      name: plain.slice(2, equals < 0 ? undefined : equals),
      value: equals < 0 ? undefined : plain.slice(equals + 1),
      position: position(word.at),
      text: word.text,
    });
  }
  return { flags: new Flags(source, flags, keyword).check(), rest };
}
