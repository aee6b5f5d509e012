// The part of a config file that gives commands other keys: unknown names, keys that there are not, keys given twice.
import { isMap, isSeq } from 'yaml';
import { keymapOf, type KeyOverrides } from '../keymap/bound-keys.js';
import { BINDINGS, CONTEXTS, type Binding, type Context } from '../keymap.js';
import { keyNamed, RESERVED } from './key-names.js';
import { entriesOf, unknown, wordOf, type Tell } from './read.js';

const bindings: readonly Binding[] = BINDINGS;

export function readKeys(node: unknown, tell: Tell): KeyOverrides {
  const overrides = new Map<string, readonly string[]>();
  if (!isMap(node)) {
    if (node !== null) tell(node, 'keys are contexts with commands below them, like “global: {palette: ctrl-k}”');
    return overrides;
  }
  /** where each `context command` stands in the file */
  const places = new Map<string, unknown>();
  for (const { name: context, key, value } of entriesOf(node, tell)) {
    if (!(context in CONTEXTS)) tell(key, unknown(context, 'context of keys', Object.keys(CONTEXTS)));
    else if (isMap(value)) readContext(context as Context, value, tell, overrides, places);
    else tell(value ?? key, `Below ${context} stand commands with their keys, like “help: f1”`);
  }
  tellOfTheKeyless(overrides, places, tell);
  return overrides;
}

function readContext(
  context: Context,
  map: Parameters<typeof entriesOf>[0],
  tell: Tell,
  overrides: Map<string, readonly string[]>,
  places: Map<string, unknown>,
): void {
  const taken = new Map<string, string>();
  const commands = [...new Set(bindings.filter((binding) => binding.in === context).map(({ command }) => command))];
  for (const { name: command, key: place, value } of entriesOf(map, tell)) {
    if (!commands.includes(command)) {
      tell(place, unknown(command, `command of “${context}”`, commands));
      continue;
    }
    if (command === 'pane') {
      tell(place, 'pane keeps its digits, which are what the borders show: give other commands other keys');
      continue;
    }
    const keys: string[] = [];
    const items: readonly unknown[] = isSeq(value) ? value.items : value === null ? [] : [value];
    for (const item of items) {
      const key = readKey(context, item, tell);
      if (key === undefined) continue;
      const other = taken.get(key);
      if (other !== undefined && other !== command)
        tell(item, `${key} is ${other}’s already: a key does one thing in “${context}”`);
      else {
        taken.set(key, command);
        keys.push(key);
      }
    }
    // Where nothing of what was written can be, the command keeps the keys that it had.
    if (keys.length === 0 && items.length > 0) continue;
    overrides.set(`${context} ${command}`, keys);
    places.set(`${context} ${command}`, place);
  }
}

function readKey(context: Context, item: unknown, tell: Tell): string | undefined {
  const word = wordOf(item);
  const named = word === undefined ? { problem: 'A key is expected here' } : keyNamed(word);
  if ('problem' in named) {
    tell(item, named.problem);
    return undefined;
  }
  const { key } = named;
  const reserved = RESERVED[key];
  const digit = /^(alt-)?[1-9]$/.test(key) && (context === 'global' || context === 'typing');
  if (reserved !== undefined) tell(item, `${key} cannot be bound: ${reserved}`);
  else if (digit) tell(item, `${key} cannot be bound: it goes to the pane with that number`);
  else if (context === 'typing' && !/^(ctrl-|alt-|f\d)/.test(key))
    tell(item, `${key} cannot be bound inside a shell, which needs it: give ctrl, alt or a function key`);
  else return key;
  return undefined;
}

/** A command that has lost its last key to another is told, at the place of the other. */
function tellOfTheKeyless(overrides: KeyOverrides, places: ReadonlyMap<string, unknown>, tell: Tell): void {
  const { bindings: after, byKey } = keymapOf(overrides);
  bindings.forEach((before, i) => {
    if (before.keys.length === 0 || after[i]!.keys.length > 0 || overrides.has(`${before.in} ${before.command}`))
      return;
    const lost = before.keys[0]!;
    const now = byKey.get(`${before.in} ${lost}`);
    if (now === undefined) return;
    tell(
      places.get(`${before.in} ${now.command}`),
      `${now.command} takes ${lost}, the only key of ${before.command}: give ${before.command} another one too`,
    );
  });
}
