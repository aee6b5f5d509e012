// The rule file: one rule a line, as a sentence. Pure. The grammar for people is docs/guard.md.
//
//   file    = { line }            "#" begins a comment, anywhere
//   line    = "protect" NAME… | "protect" "project" NAME…
//           | "while" subject what [ "for" DURATION ] "," act
//   subject = NAME | "project" NAME | "any" "container"
//   what    = "'s" measure "is" ("over"|"under") NUMBER ["%"] | "suffers" "from" ("cpu"|"memory"|"io")
//   act     = ("quiet" "down" | "halve" | "pause") whom | "limit" limit "of" whom "to" VALUE
//   whom    = "it" | "itself" | NAME | "whoever" "does" "it" | "the" "heaviest" (…) ["not" "marked" "protected"]
import {
  isTscontainError,
  parseBytes,
  parseContainerName,
  parseCpus,
  parseInteger,
  parseProject,
} from '../engine/index.js';
import type { Resource } from '../metrics/index.js';
import type {
  Act,
  Condition,
  Heaviest,
  LimitName,
  Measure,
  Rule,
  RuleProblem,
  RuleSet,
  Subject,
  Whom,
} from './model.js';

/** How long something must be so when a rule does not say: a single second is no reason. */
const FOR_MS = 5000;

const MEASURES: readonly Measure[] = ['cpu pressure', 'memory pressure', 'io pressure', 'throttling', 'cpu', 'memory'];
const HEAVIEST: readonly Heaviest[] = ['cpu user', 'memory user', 'writer', 'reader'];
const LIMITS: readonly LimitName[] = [
  'cpu weight',
  'io weight',
  'memory high',
  'cpu',
  'memory',
  'reads',
  'writes',
  'pids',
];
const RESOURCES: readonly Resource[] = ['cpu', 'memory', 'io'];

/** @returns the rules, or everything that is wrong, in the order of the file */
export function parseRules(text: string): RuleSet | { readonly problems: readonly RuleProblem[] } {
  const rules: Rule[] = [];
  const problems: RuleProblem[] = [];
  const protectedNames = new Set<string>();
  const protectedProjects = new Set<string>();
  for (const [index, whole] of text.split(/\r?\n/).entries()) {
    const words = new Words(whole.replace(/#.*$/, ''));
    if (words.atEnd()) continue;
    try {
      if (words.take('protect')) {
        const kind = words.take('project') ? 'project' : 'container';
        const into = kind === 'project' ? protectedProjects : protectedNames;
        do into.add(words.name('the name of what is never to be acted upon', kind));
        while (!words.atEnd());
      } else {
        rules.push({ line: index + 1, text: whole.replace(/#.*$/, '').trim(), ...ruleIn(words) });
      }
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      problems.push({ line: index + 1, column: error.column, message: error.message });
    }
  }
  return problems.length > 0 ? { problems } : { rules, protectedNames, protectedProjects };
}

class Wrong extends Error {
  constructor(
    readonly column: number,
    message: string,
  ) {
    super(message);
  }
}

interface Word {
  readonly text: string;
  /** from 1 */
  readonly column: number;
}

/** The words of one line, taken one after the other. */
class Words {
  private at = 0;
  private readonly words: readonly Word[];
  private readonly end: number;

  constructor(line: string) {
    this.words = [...line.matchAll(/,|%|[^\s,%]+/g)].map(({ 0: text, index }) => ({ text, column: index + 1 }));
    this.end = line.trimEnd().length + 1;
  }

  atEnd(): boolean {
    return this.at >= this.words.length;
  }

  private get next(): Word | undefined {
    return this.words[this.at];
  }

  /** Takes these words if they come next. */
  take(phrase: string): boolean {
    const wanted = phrase.split(' ');
    if (!wanted.every((word, i) => this.words[this.at + i]?.text === word)) return false;
    this.at += wanted.length;
    return true;
  }

  expect(phrase: string): void {
    if (!this.take(phrase)) throw this.wrong(`"${phrase}"`);
  }

  oneOf<Phrase extends string>(phrases: readonly Phrase[], what: string): Phrase {
    const found = [...phrases].sort((a, b) => b.length - a.length).find((phrase) => this.take(phrase));
    if (found === undefined) throw this.wrong(`${what}: ${phrases.join(', ')}`);
    return found;
  }

  any(what: string): Word {
    const word = this.next;
    if (word === undefined || word.text === ',') throw this.wrong(what);
    this.at += 1;
    return word;
  }

  /** A container's name; with `possessive` the 's is taken off, and must be there. */
  name(what: string, kind: 'container' | 'project' = 'container', possessive = false): string {
    const word = this.any(what);
    const bare = possessive ? /^(.+)['\u2019]s$/.exec(word.text)?.[1] : word.text;
    if (bare === undefined)
      throw new Wrong(word.column, `“${shown(word.text)}” is no ${what}: write ${shown(word.text)}'s`);
    return this.value(word, () => (kind === 'project' ? parseProject(bare) : parseContainerName(bare)));
  }

  /** What `read` makes of a word; its complaint is told where the word stands. */
  value<T>(word: Word, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!isTscontainError(error)) throw error;
      throw new Wrong(word.column, error.message);
    }
  }

  /** The possessive that stands at the end of the next word, if that is one: "web's". */
  get isPossessive(): boolean {
    return /['\u2019]s$/.test(this.next?.text ?? '');
  }

  wrong(right: string): Wrong {
    const word = this.next;
    return word === undefined
      ? new Wrong(this.end, `the line ends where there should be ${right}`)
      : new Wrong(word.column, `“${shown(word.text)}” cannot stand here: there should be ${right}`);
  }

  finish(): void {
    if (!this.atEnd()) throw this.wrong('the end of the line');
  }
}

/** What a hostile file has in it goes to a terminal. */
const shown = (text: string): string => text.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '?').slice(0, 40);

function ruleIn(words: Words): Pick<Rule, 'condition' | 'act'> {
  if (!words.take('while')) throw words.wrong('"while", "protect", or a comment that begins with #');
  const condition = conditionIn(words);
  words.expect(',');
  const act = actIn(words, condition);
  words.finish();
  return { condition, act };
}

function conditionIn(words: Words): Condition {
  const what = 'name of a container, "project NAME" or "any container"';
  let subject: Subject;
  let isPossessive: boolean;
  if (words.take('any')) {
    subject = { kind: 'any' };
    isPossessive = words.isPossessive;
    if (isPossessive ? !words.take("container's") && !words.take('container’s') : !words.take('container'))
      throw words.wrong('"container"');
  } else {
    const kind = words.take('project') ? 'project' : 'container';
    isPossessive = words.isPossessive;
    subject = { kind, name: words.name(what, kind, isPossessive) };
  }
  if (!isPossessive) {
    if (subject.kind === 'project') throw words.wrong(`“'s” and what is measured: a project as a whole is not judged`);
    if (!words.take('suffers from')) throw words.wrong(`“'s” after the name, or "suffers from"`);
    const resource = words.oneOf(RESOURCES, 'what it suffers from');
    return { kind: 'suffers', subject, resource, forMs: durationIn(words, 0) };
  }
  const measure = words.oneOf(MEASURES, 'what is measured');
  words.expect('is');
  const compare = words.oneOf(['over', 'under'] as const, 'how it compares');
  const threshold = thresholdIn(words, measure);
  return { kind: 'measure', subject, measure, compare, threshold, forMs: durationIn(words, FOR_MS) };
}

function thresholdIn(words: Words, measure: Measure): number {
  const word = words.any('a number');
  if (!/^\d+(\.\d+)?$/.test(word.text))
    throw new Wrong(
      word.column,
      `“${shown(word.text)}” is no number: write such as ${measure === 'cpu' ? '1.5' : '20 %'}`,
    );
  const value = Number(word.text);
  const isPercent = words.take('%');
  if (measure === 'cpu') {
    if (isPercent) throw new Wrong(word.column, `cpu is measured in cores, not in %: write ${value / 100}`);
    words.take('cores');
    return value;
  }
  if (!isPercent) throw words.wrong(`"%", since ${measure} is measured in it`);
  if (value > 100) throw new Wrong(word.column, `${value} % cannot be: ${measure} is 0 to 100 %`);
  return value;
}

function durationIn(words: Words, otherwise: number): number {
  if (!words.take('for')) return otherwise;
  const word = words.any('a duration such as 10 s');
  const match = /^(\d+(?:\.\d+)?)(s|m|min)?$/.exec(word.text);
  const unit = match?.[2] ?? (words.take('s') ? 's' : words.take('min') || words.take('m') ? 'm' : undefined);
  if (!match || unit === undefined)
    throw new Wrong(word.column, `“${shown(word.text)}” is no duration: write such as 10 s or 2 min`);
  return Number(match[1]) * (unit === 's' ? 1000 : 60_000);
}

function actIn(words: Words, condition: Condition): Act {
  const at = words.oneOf(['quiet down', 'halve', 'pause', 'limit'] as const, 'what is done');
  if (at !== 'limit') {
    const whom = whomIn(words, condition);
    if (at === 'halve' && whom.kind === 'heaviest' && whom.of === 'memory user')
      throw words.wrong('another act: half of its memory would kill it; write "quiet down the heaviest memory user"');
    return { kind: at, whom };
  }
  const limit = words.oneOf(LIMITS, 'what is limited');
  words.expect('of');
  const whom = whomIn(words, condition);
  words.expect('to');
  const word = words.any('the limit');
  return { kind: 'limit', limit, whom, value: words.value(word, () => limitValue(limit, word.text)) };
}

const NANO = 1e9;

function limitValue(limit: LimitName, text: string): number {
  switch (limit) {
    case 'cpu':
      return parseCpus(text, 'the number of cores') / NANO;
    case 'memory':
    case 'memory high':
      return parseBytes(text, `the ${limit} limit`);
    case 'reads':
    case 'writes':
      return parseBytes(text.replace(/\/s$/, ''), `the rate of ${limit}`);
    case 'cpu weight':
      return parseInteger(text, 'the cpu weight', { min: 2, max: 262_144 });
    case 'io weight':
      return parseInteger(text, 'the io weight', { min: 10, max: 1000 });
    case 'pids':
      return parseInteger(text, 'the number of processes', { min: 1 });
  }
}

function whomIn(words: Words, condition: Condition): Whom {
  if (words.take('itself') || words.take('it')) {
    if (condition.subject.kind === 'project') throw words.wrong('a container: a project is not acted upon as a whole');
    return { kind: 'itself' };
  }
  if (words.take('whoever does it')) {
    if (condition.kind !== 'suffers')
      throw words.wrong('somebody in particular: who does it is known only of one that "suffers from" something');
    return { kind: 'suspect' };
  }
  if (words.take('the heaviest')) {
    const of = words.oneOf(HEAVIEST, 'the heaviest of what');
    // It is so anyway: the words are there to be read.
    words.take('not marked protected');
    return { kind: 'heaviest', of };
  }
  return {
    kind: 'container',
    name: words.name('name of a container, "it", "the heaviest writer" or "whoever does it"'),
  };
}
