// The instructions of a Dockerfile that change what an image says of itself and none of its files, applied to its defaults:
// by a build line after line, by --change of commit and import. Pure. Tests: test/pure/engine/image/instructions.test.ts.
import { posix } from 'node:path';
import { parseSignal, parseUser } from '../grammar/process.js';
import { parseDuration, parseInteger } from '../grammar/quantities.js';
import { shown, wrong } from '../grammar/wrong.js';
import type { Healthcheck, ImageDefaults } from './oci.js';

export const CONFIG_WORDS = [
  'CMD',
  'ENTRYPOINT',
  'ENV',
  'EXPOSE',
  'HEALTHCHECK',
  'LABEL',
  'ONBUILD',
  'SHELL',
  'STOPSIGNAL',
  'USER',
  'VOLUME',
  'WORKDIR',
] as const;
export type ConfigWord = (typeof CONFIG_WORDS)[number];

export const isConfigWord = (word: string): word is ConfigWord => CONFIG_WORDS.some((known) => known === word);

/** The defaults while instructions are applied to them. */
export interface Draft {
  readonly config: ImageDefaults;
  /** CMD was given here and not inherited: then an ENTRYPOINT that follows leaves it alone. */
  readonly hasOwnCmd: boolean;
}

export interface Reading {
  /** Replaces the variables of a word and takes its quotes away. */
  readonly expand: (word: string) => string;
  /** what `# escape=` of the Dockerfile says */
  readonly escape?: '\\' | '`';
}

const DEFAULT_SHELL = ['/bin/sh', '-c'];

/**
 * @param text what follows the word, continued lines joined, nothing replaced
 * @throws TscontainError INVALID_VALUE
 */
export function applyInstruction(draft: Draft, word: ConfigWord, text: string, reading: Reading): Draft {
  if (text.trim() === '') throw wrong(word, text, 'something has to follow it');
  const { config } = draft;
  const set = (change: Partial<ImageDefaults>): Draft => ({ ...draft, config: { ...config, ...change } });
  switch (word) {
    case 'CMD':
      return { ...set({ cmd: argvOf(config, text) }), hasOwnCmd: true };
    case 'ENTRYPOINT':
      // What the image below would have run by itself is no argument for this program.
      return set({ entrypoint: argvOf(config, text), ...(draft.hasOwnCmd ? {} : { cmd: [] }) });
    case 'ENV':
      return set({ env: withVariables(config.env, assignments(word, text, reading)) });
    case 'EXPOSE':
      return set({ exposedPorts: union(config.exposedPorts, words(text, reading).flatMap(portsOf)) });
    case 'HEALTHCHECK':
      return set({ healthcheck: readHealthcheck(text) });
    case 'LABEL':
      return set({ labels: { ...config.labels, ...Object.fromEntries(assignments(word, text, reading)) } });
    case 'ONBUILD':
      return set({ onBuild: [...config.onBuild, readTrigger(text)] });
    case 'SHELL':
      return set({ shell: readShell(text) });
    case 'STOPSIGNAL':
      return set({ stopSignal: readSignal(reading.expand(text.trim())) });
    case 'USER':
      return set({ user: readUser(reading.expand(text.trim())) });
    case 'VOLUME':
      return set({ volumes: union(config.volumes, readVolumes(text, reading)) });
    case 'WORKDIR':
      return set({ workingDir: readDirectory(config.workingDir, reading.expand(text.trim())) });
  }
}

/** The strings of `["a", "b"]`; undefined for what is no such list and therefore a line for a shell. */
export function jsonForm(text: string): string[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}

export function shellForm(config: Pick<ImageDefaults, 'shell'>, line: string): string[] {
  return [...(config.shell ?? DEFAULT_SHELL), line.trim()];
}

function argvOf(config: ImageDefaults, text: string): string[] {
  return jsonForm(text) ?? shellForm(config, text);
}

/** Splits at spaces that are neither quoted nor escaped; quotes and escapes stay for who replaces variables. */
export function splitWords(text: string, escape: '\\' | '`' = '\\'): string[] {
  const found: string[] = [];
  let current = '';
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === escape && quote !== "'" && at + 1 < text.length) {
      current += char + text[++at]!;
    } else if (quote === '' && /\s/.test(char)) {
      if (current !== '') found.push(current);
      current = '';
    } else {
      if (char === quote) quote = '';
      else if (quote === '' && (char === '"' || char === "'")) quote = char;
      current += char;
    }
  }
  return current === '' ? found : [...found, current];
}

/** A variable may hold several. */
const words = (text: string, { expand, escape }: Reading): string[] =>
  splitWords(text, escape).flatMap((word) =>
    expand(word)
      .split(/\s+/)
      .filter((part) => part !== ''),
  );

/** `a=1 b="2 3"`, or in the old form `a 2 3`, where all that follows the name is the value. */
function assignments(word: ConfigWord, text: string, { expand, escape }: Reading): [name: string, value: string][] {
  const parts = splitWords(text, escape);
  if (!parts[0]!.includes('=')) {
    const [, name = '', value] = /^\s*(\S+)\s+(.*)$/s.exec(text) ?? [];
    if (value === undefined || value.trim() === '')
      throw wrong(word, text.trim(), `give name=value, such as ${word} mode=fast`);
    return [named(word, expand(name), expand(value.trimEnd()))];
  }
  return parts.map((part) => {
    const equals = part.indexOf('=');
    if (equals < 0) throw wrong(word, part, 'every name has = and a value; quote a value that has spaces');
    return named(word, expand(part.slice(0, equals)), expand(part.slice(equals + 1)));
  });
}

function named(word: ConfigWord, name: string, value: string): [name: string, value: string] {
  if (name === '') throw wrong(word, `=${value}`, 'a name stands before the =');
  if (`${name}${value}`.includes('\0')) throw wrong(word, name, 'it has a zero byte, which no program can be given');
  return [name, value];
}

/** One that is there keeps its place and takes the new value. */
function withVariables(env: readonly string[], changes: readonly (readonly [string, string])[]): string[] {
  const values = new Map(env.map((entry) => [entry.split('=', 1)[0]!, entry]));
  for (const [name, value] of changes) values.set(name, `${name}=${value}`);
  return [...values.values()];
}

const union = (before: readonly string[], more: readonly string[]): string[] => [...new Set([...before, ...more])];

const MAX_PORT = 65_535;

/** "80", "80/udp", "8000-8010/tcp". */
function portsOf(text: string): string[] {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/i.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (match === null || first < 1 || last > MAX_PORT || last < first)
    throw wrong('EXPOSE', text, 'give a port or a range, such as 80, 53/udp or 8000-8010/tcp');
  const protocol = (match[3] ?? 'tcp').toLowerCase();
  return Array.from({ length: last - first + 1 }, (_, i) => `${first + i}/${protocol}`);
}

const TIMES = {
  interval: 'intervalNs',
  timeout: 'timeoutNs',
  'start-period': 'startPeriodNs',
  'start-interval': 'startIntervalNs',
} as const;
const INHERITED = { intervalNs: 0, timeoutNs: 0, startPeriodNs: 0, startIntervalNs: 0, retries: 0 };
const NS_PER_MS = 1_000_000;

function readHealthcheck(text: string): Healthcheck {
  const schedule = { ...INHERITED };
  let rest = text.trim();
  for (let match; (match = /^--([a-z-]+)=(\S*)\s*/.exec(rest)) !== null; rest = rest.slice(match[0].length)) {
    const [, option, value] = match as unknown as [string, string, string];
    if (option === 'retries') schedule.retries = parseInteger(value, 'HEALTHCHECK --retries', { min: 0 });
    else if (option in TIMES) schedule[TIMES[option as keyof typeof TIMES]] = timeNs(option, value);
    else {
      const known = [...Object.keys(TIMES), 'retries'].map((name) => `--${name}=`).join(', ');
      throw wrong('HEALTHCHECK', `--${option}`, `there are ${known}`);
    }
  }
  const [, word = '', command = ''] = /^(\S+)\s*(.*)$/s.exec(rest) ?? [];
  if (word.toUpperCase() === 'NONE' && command === '') return { test: ['NONE'], ...INHERITED };
  if (word.toUpperCase() !== 'CMD' || command.trim() === '')
    throw wrong('HEALTHCHECK', rest, 'give NONE, or CMD and a command');
  const list = jsonForm(command);
  if (list?.length === 0) throw wrong('HEALTHCHECK CMD', command, 'name a program in the list');
  return { test: list === undefined ? ['CMD-SHELL', command.trim()] : ['CMD', ...list], ...schedule };
}

function timeNs(option: string, text: string): number {
  const ms = parseDuration(text, `HEALTHCHECK --${option}`);
  if (ms !== 0 && ms < 1) throw wrong(`HEALTHCHECK --${option}`, text, 'give a millisecond or more, or 0');
  return Math.round(ms * NS_PER_MS);
}

/** Said again to each build upon this image; what it may be is judged there but for what never can. */
function readTrigger(text: string): string {
  const [, word = '', rest = ''] = /^\s*(\S+)\s*(.*)$/s.exec(text) ?? [];
  const name = word.toUpperCase();
  if (['ONBUILD', 'FROM', 'MAINTAINER'].includes(name))
    throw wrong('ONBUILD', text.trim(), `${name} cannot be put off`);
  return `${name} ${rest}`.trim();
}

function readShell(text: string): string[] {
  const list = jsonForm(text);
  if (list === undefined || list.length === 0)
    throw wrong('SHELL', text.trim(), 'give a list in JSON, such as ["/bin/bash", "-c"]');
  return list;
}

/** As it was written: other tools show it so. */
function readSignal(text: string): string {
  parseSignal(text, 'STOPSIGNAL');
  return text;
}

function readUser(text: string): string {
  if (text === '') throw wrong('USER', text, 'give user, uid, user:group or uid:gid');
  return parseUser(text);
}

function readVolumes(text: string, reading: Reading): string[] {
  const list = jsonForm(text)?.map(reading.expand) ?? words(text, reading);
  if (list.length === 0 || list.some((path) => path.trim() === ''))
    throw wrong('VOLUME', text.trim(), 'give paths in the container, such as /data');
  return list.map((path) => path.trim());
}

/** Relative to the one before. */
function readDirectory(before: string, text: string): string {
  if (text === '' || text.includes('\0')) throw wrong('WORKDIR', text, 'give a directory of the container');
  const path = posix.resolve('/', before, text);
  return path.length > 1 ? path.replace(/\/$/, '') : path;
}

/** `WORD what follows` as --change has it. @throws TscontainError INVALID_VALUE for a word that changes more than defaults */
export function readChange(text: string): { readonly word: ConfigWord; readonly rest: string } {
  const [, word = '', rest = ''] = /^\s*(\S+)\s*(.*)$/s.exec(text) ?? [];
  const name = word.toUpperCase();
  if (isConfigWord(name) && name !== 'SHELL') return { word: name, rest };
  const known = CONFIG_WORDS.filter((each) => each !== 'SHELL').join(', ');
  throw wrong('the change', text, `begin it with one of ${known}, not with ${shown(word)}`);
}
