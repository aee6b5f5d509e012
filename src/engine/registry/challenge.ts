// What a registry asks for with a 401: WWW-Authenticate, in which several challenges may stand one after the other (RFC 9110,
// 11.6.1). Pure. Tests: test/pure/engine/registry/challenge.test.ts.

export interface Challenge {
  /** in small letters: "bearer", "basic" */
  readonly scheme: string;
  /** by name in small letters: realm, service, scope, error */
  readonly parameters: ReadonlyMap<string, string>;
}

const SPACE = /[ \t,]*/y;
const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const EQUALS = /[ \t]*=[ \t]*/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;

/** What cannot be read ends it; what stood before counts. */
export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(header);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  for (;;) {
    take(SPACE);
    const name = take(TOKEN)?.[0].toLowerCase();
    if (name === undefined) return challenges;
    if (take(EQUALS) === null) {
      challenges.push({ scheme: name, parameters: new Map() });
      continue;
    }
    const value = take(QUOTED)?.[1]?.replace(/\\(.)/g, '$1') ?? take(TOKEN)?.[0] ?? '';
    challenges.at(-1)?.parameters.set(name, value);
  }
}
