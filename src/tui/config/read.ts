// A config file read: what it sets, and what is wrong with it, each with its place. Whatever is wrong leaves the rest as it is.
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node, type YAMLMap } from 'yaml';
import { clean } from '../screen/index.js';
import { escapeProblem, keyNamed } from './key-names.js';
import { readKeys } from './read-keys.js';
import { nearestName } from './nearest.js';
import {
  DEFAULT_LAYOUT,
  DEFAULT_SETTINGS,
  LAYOUT_FIELDS,
  SCHEMA,
  SETTING_NAMES,
  type Kind,
  type SavedLayout,
  type SettingName,
  type Settings,
} from './schema.js';

export interface Problem {
  readonly line: number;
  readonly column: number;
  /** One sentence: the value, and what would be right. */
  readonly text: string;
}

export interface ReadConfig {
  readonly settings: Settings;
  /** in the order of the file */
  readonly problems: readonly Problem[];
}

/** A config file is written by a person: what is longer than this is something else. */
const MAX_BYTES = 256 * 1024;
/** Written words are told cut to this. */
const MAX_SHOWN = 40;
const MAX_SENTENCE = 300;

/** How a word from the file is told: on one line, without anything that a terminal acts on, not endless. */
export function shown(value: unknown): string {
  const text = clean(typeof value === 'string' ? value : JSON.stringify(value));
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`;
}

export type Tell = (node: unknown, text: string) => void;

export function readConfig(text: string): ReadConfig {
  if (Buffer.byteLength(text) > MAX_BYTES) {
    const tooLong = `This is longer than ${MAX_BYTES / 1024} KiB: no config file is`;
    return { settings: DEFAULT_SETTINGS, problems: [{ line: 1, column: 1, text: tooLong }] };
  }
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true, merge: false });
  const problems: Problem[] = [];
  const tellAt = (offset: number, sentence: string): void => {
    const { line, col } = lineCounter.linePos(offset);
    problems.push({ line: Math.max(1, line), column: Math.max(1, col), text: clean(sentence).slice(0, MAX_SENTENCE) });
  };
  const tell: Tell = (node, sentence) => tellAt((node as Node | null)?.range?.[0] ?? 0, sentence);
  for (const { pos, message } of document.errors) tellAt(pos[0], `This is no YAML: ${shown(message.split('\n')[0])}`);

  const { contents } = document;
  let settings = DEFAULT_SETTINGS;
  if (isMap(contents)) settings = readSettings(contents, tell);
  else if (contents !== null && !(isScalar(contents) && contents.value === null)) {
    tell(contents, 'A config file is a list of settings like “theme: nord”, one a line');
  }
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
  return { settings, problems };
}

function readSettings(map: YAMLMap, tell: Tell): Settings {
  const found: Partial<Record<SettingName, unknown>> = {};
  for (const { name, key, value } of entriesOf(map, tell)) {
    const setting = SETTING_NAMES.find((known) => known === name);
    if (setting === undefined) {
      tell(key, unknown(name, 'setting', SETTING_NAMES));
      continue;
    }
    const read = readSetting(setting, value, tell);
    if (read !== undefined) found[setting] = read;
  }
  const settings = { ...DEFAULT_SETTINGS, ...found } as Settings;
  if (settings.layout === '' || settings.layouts.has(settings.layout)) return settings;
  const layout = map.get('layout', true);
  tell(
    layout,
    `There is no layout ${shown(settings.layout)}${settings.layouts.size === 0 ? ': save one first' : `: there are ${[...settings.layouts.keys()].map(shown).join(', ')}`}`,
  );
  return { ...settings, layout: '' };
}

function readSetting(name: SettingName, node: unknown, tell: Tell): unknown {
  const { kind } = SCHEMA[name];
  switch (kind.is) {
    case 'switches':
      return readSwitches(kind.of, node, tell);
    case 'layouts':
      return readLayouts(node, tell);
    case 'keys':
      return readKeys(node, tell);
    case 'list':
      return readList(name, kind.of, node, tell);
    default:
      return readValue(name, kind, node, tell);
  }
}

/** A scalar as it was written, near enough; undefined for whatever is none. */
export function wordOf(node: unknown): string | undefined {
  const value = isScalar(node) ? node.value : undefined;
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
    ? String(value)
    : undefined;
}

/** The entries of a mapping, those that are told wrong left out. */
export function entriesOf(
  map: YAMLMap,
  tell: Tell,
): readonly { readonly name: string; readonly key: unknown; readonly value: unknown }[] {
  return map.items.flatMap(({ key, value }) => {
    const name = wordOf(key);
    if (name !== undefined) return [{ name, key, value }];
    tell(key, 'A name is expected here, like “theme”');
    return [];
  });
}

export function unknown(name: string, what: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  const right = near === undefined ? `there are ${known.join(', ')}` : `did you mean ${near}?`;
  return `${shown(name)} is no ${what}: ${right}`;
}

/** A single value; undefined where it cannot be. */
function readValue(name: string, kind: Kind, node: unknown, tell: Tell): unknown {
  const value = isScalar(node) ? node.value : node === null ? null : undefined;
  const cannot = (right: string): void =>
    tell(node, `${name} cannot be ${value === undefined ? 'this' : shown(value)}: ${right}`);
  switch (kind.is) {
    case 'choice': {
      const text = wordOf(node) ?? '';
      if (kind.of.includes(text)) return text;
      const near = typeof value === 'string' ? nearestName(text, kind.of) : undefined;
      cannot(near === undefined ? `give ${kind.of.join(', ')}` : `did you mean ${near}?`);
      return undefined;
    }
    case 'number':
      if (typeof value === 'number' && value >= kind.least && value <= kind.most) return value;
      cannot(`give a number from ${kind.least} to ${kind.most} (${kind.unit})`);
      return undefined;
    case 'boolean':
      if (typeof value === 'boolean') return value;
      cannot('give true or false');
      return undefined;
    case 'name':
      if (value === null || typeof value === 'string') return value ?? '';
      cannot('give a name');
      return undefined;
    case 'key': {
      const named = keyNamed(wordOf(node) ?? '');
      const problem = 'problem' in named ? named.problem : escapeProblem(named.key);
      if (problem === undefined && 'key' in named) return named.key;
      cannot(problem ?? '');
      return undefined;
    }
    default:
      return undefined;
  }
}

function readList(name: string, known: readonly string[], node: unknown, tell: Tell): readonly string[] | undefined {
  const items: readonly unknown[] = isSeq(node) ? node.items : [node];
  const result: string[] = [];
  for (const item of items) {
    const value = wordOf(item) ?? '';
    if (!known.includes(value)) tell(item, unknown(value, 'column', known));
    else if (result.includes(value)) tell(item, `${value} is there twice: leave one out`);
    else result.push(value);
  }
  if (result.length > 0) return result;
  if (items.length === 0) tell(node, `${name} cannot be empty: leave the line out for the usual ones`);
  return undefined;
}

function readSwitches(known: readonly string[], node: unknown, tell: Tell): Settings['confirm'] | undefined {
  const all = (on: boolean): Settings['confirm'] =>
    Object.fromEntries(known.map((name) => [name, on])) as Settings['confirm'];
  if (isScalar(node) && typeof node.value === 'boolean') return all(node.value);
  if (!isMap(node)) {
    tell(node, `confirm is true, false, or one of them for each of ${known.join(', ')}`);
    return undefined;
  }
  let result = all(true);
  for (const { name, key, value } of entriesOf(node, tell)) {
    if (!known.includes(name)) tell(key, unknown(name, 'action that asks', known));
    else {
      const on = readValue(name, { is: 'boolean' }, value, tell);
      if (on !== undefined) result = { ...result, [name]: on };
    }
  }
  return result;
}

function readLayouts(node: unknown, tell: Tell): Settings['layouts'] {
  const layouts = new Map<string, SavedLayout>();
  if (!isMap(node)) {
    if (node !== null) tell(node, 'layouts are names with page, focus, tab, zoomed and table below each');
    return layouts;
  }
  const fields = Object.keys(LAYOUT_FIELDS);
  for (const { name, key, value } of entriesOf(node, tell)) {
    if (!isMap(value)) {
      tell(value ?? key, `The layout ${shown(name)} needs at least one of ${fields.join(', ')} below it`);
      continue;
    }
    let layout = DEFAULT_LAYOUT;
    for (const field of entriesOf(value, tell)) {
      const kind = (LAYOUT_FIELDS as Readonly<Record<string, Kind>>)[field.name];
      if (kind === undefined) tell(field.key, unknown(field.name, 'part of a layout', fields));
      else {
        const read = readValue(field.name, kind, field.value, tell);
        if (read !== undefined) layout = { ...layout, [field.name]: read };
      }
    }
    layouts.set(name, layout);
  }
  return layouts;
}
