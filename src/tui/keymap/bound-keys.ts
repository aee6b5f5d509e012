// The keys in force, as a value: the table of keymap.ts with what a person has changed in it. Help, hints and the palette read it.
import { BINDINGS, type Binding, type CommandName, type Context } from '../keymap.js';

/** The table with its entries' exact types forgotten, for everything that only reads it. */
const bindings: readonly Binding<CommandName>[] = BINDINGS;

export interface Keymap {
  readonly bindings: readonly Binding<CommandName>[];
  /** by `context key` */
  readonly byKey: ReadonlyMap<string, Binding<CommandName>>;
  /** leaves a shell's keys to the dashboard */
  readonly escapeKey: string;
}

export const ESCAPE_KEY = 'ctrl-]';

/** Keys that a person has given to commands, by `context command`. */
export type KeyOverrides = ReadonlyMap<string, readonly string[]>;

/**
 * The keymap with other keys. Who is given a key has it: whoever had it in the same context by default loses it.
 *
 * @param escapeKey stands wherever the table says ctrl-]
 */
export function keymapOf(overrides: KeyOverrides = new Map(), escapeKey = ESCAPE_KEY): Keymap {
  const given = new Set<string>();
  for (const [place, keys] of overrides) for (const key of keys) given.add(`${place.split(' ')[0]!} ${key}`);
  const said = (text: string): string => text.replaceAll(ESCAPE_KEY, escapeKey);
  const all = bindings.map((binding): Binding<CommandName> => {
    const own = overrides.get(`${binding.in} ${binding.command}`);
    const keys = own ?? binding.keys.map(said).filter((key) => !given.has(`${binding.in} ${key}`));
    return { ...binding, keys, word: said(binding.word), help: said(binding.help) };
  });
  const byKey = new Map<string, Binding<CommandName>>();
  for (const binding of all) for (const key of binding.keys) byKey.set(`${binding.in} ${key}`, binding);
  return { bindings: all, byKey, escapeKey };
}

export const DEFAULT_KEYMAP = keymapOf();

/** What a key means in these contexts, if anything. */
export function bindingFor(
  key: string,
  contexts: readonly Context[],
  { byKey }: Keymap,
): Binding<CommandName> | undefined {
  for (const context of contexts) {
    const binding = byKey.get(`${context} ${key}`);
    if (binding) return binding;
  }
  return undefined;
}

/** The bindings that a person can use in these contexts: one that is covered by a more particular one is left out. */
export function bindingsIn(contexts: readonly Context[], keymap: Keymap): readonly Binding<CommandName>[] {
  return contexts.flatMap((context) =>
    keymap.bindings.filter(
      (binding) =>
        binding.in === context &&
        (binding.keys.length === 0 || binding.keys.some((key) => bindingFor(key, contexts, keymap) === binding)),
    ),
  );
}

export function bindingsOf(context: Context, keymap: Keymap): readonly Binding<CommandName>[] {
  return keymap.bindings.filter((binding) => binding.in === context);
}

/** Commands that make sense from anywhere: what the palette offers. A command bound in several contexts comes once. */
export function paletteBindings(keymap: Keymap): readonly Binding<CommandName>[] {
  const seen = new Set<string>();
  return keymap.bindings.filter((binding) => {
    if (binding.local || seen.has(binding.command)) return false;
    seen.add(binding.command);
    return true;
  });
}

/** The key of a command as sentences name it: "n"; of one without a key its place in the palette. */
export function keyOf(command: CommandName, { bindings: all, byKey }: Keymap): string {
  const binding = all.find((one) => one.command === command && one.keys.length > 0);
  const palette = byKey.size > 0 ? all.find((one) => one.command === 'palette')?.keys[0] : undefined;
  return binding?.keys[0] ?? `${palette ?? ''} ${command}`;
}
