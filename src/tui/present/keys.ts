// Keys as people read them, and the help, the palette and the docs page that the keymap makes.
import {
  bindingsIn,
  bindingsOf,
  DEFAULT_KEYMAP,
  ESCAPE_KEY,
  paletteBindings,
  type Keymap,
} from '../keymap/bound-keys.js';
import { CONTEXTS, type Binding, type CommandName, type Context } from '../keymap.js';
import type { Glyphs } from '../screen/index.js';
import type { HelpSection, MenuItem } from '../widgets/index.js';

const NAMES: Readonly<Record<string, string>> = {
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  delete: 'Del',
  tab: 'Tab',
  'shift-tab': 'S-Tab',
  f1: 'F1',
};

/** "⏎", "␣", "←", "ctrl-k", "n". */
export function keyName(key: string, glyphs: Glyphs): string {
  switch (key) {
    case 'enter':
      return glyphs.enter;
    case 'escape':
      return glyphs.escape;
    case 'space':
      return glyphs.space;
    case 'left':
      return glyphs.leftRight[0];
    case 'right':
      return glyphs.leftRight[1];
    case 'up':
      return glyphs.ascii ? 'up' : '↑';
    case 'down':
      return glyphs.ascii ? 'down' : '↓';
    default:
      return NAMES[key] ?? key;
  }
}

/** All keys of a binding: "e E x"; a run of digits as "1…9". */
export function keyNames({ keys }: Binding, glyphs: Glyphs): string {
  const digits = keys.filter((key) => /^(alt-)?[1-9]$/.test(key));
  const others = keys.filter((key) => !digits.includes(key)).map((key) => keyName(key, glyphs));
  const dots = glyphs.ascii ? '..' : '…';
  const runs = [...(digits.includes('1') ? [`1${dots}9`] : []), ...(digits.includes('alt-1') ? [`alt-1${dots}9`] : [])];
  return [...others, ...runs].join(' ');
}

const contextTitle = (context: Context, { escapeKey }: Keymap): string =>
  CONTEXTS[context].replace(ESCAPE_KEY, escapeKey);

/** The keys of these contexts, the most particular first; what a particular one covers is left out of the wider. */
export function helpSections(contexts: readonly Context[], glyphs: Glyphs, keymap: Keymap): readonly HelpSection[] {
  const usable = bindingsIn(contexts, keymap);
  return contexts
    .map((context) => ({
      title: contextTitle(context, keymap),
      rows: usable
        .filter((binding) => binding.in === context && binding.keys.length > 0)
        .map((binding) => ({ keys: keyNames(binding, glyphs), text: binding.help })),
    }))
    .filter(({ rows }) => rows.length > 0);
}

export const menuItem = (binding: Binding<CommandName>, glyphs: Glyphs): MenuItem => ({
  id: binding.command,
  label: binding.word.toLowerCase(),
  detail: binding.help,
  ...(binding.keys.length > 0 ? { key: keyName(binding.keys[0]!, glyphs) } : {}),
});

const BULK: readonly CommandName[] = ['limits', 'restart', 'pause', 'stop', 'kill', 'remove', 'copy-id', 'clear-marks'];

export const bulkItems = (glyphs: Glyphs, keymap: Keymap): readonly MenuItem[] =>
  paletteBindings(keymap)
    .filter(({ command }) => BULK.includes(command))
    .map((binding) => menuItem(binding, glyphs));

/** The docs page of all keys. */
export function keysMarkdown(glyphs: Glyphs): string {
  const parts = (Object.keys(CONTEXTS) as Context[]).map((context) => {
    const rows = bindingsOf(context, DEFAULT_KEYMAP).map(
      (binding) => `| ${binding.keys.length > 0 ? `\`${keyNames(binding, glyphs)}\`` : 'palette'} | ${binding.help} |`,
    );
    return rows.length === 0 ? '' : `## ${CONTEXTS[context]}\n\n| key | |\n|---|---|\n${rows.join('\n')}\n`;
  });
  return ['# Keys of the dashboard\n', ...parts.filter((part) => part !== '')].join('\n');
}
