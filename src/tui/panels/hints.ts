// The keys that the border of the pane in focus names, from the keymap.
import { isSplit } from '../layout.js';
import { bindingFor, bindingsIn, keyOf, type Keymap } from '../keymap/bound-keys.js';
import { contextsOf, type Binding, type CommandName } from '../keymap.js';
import { keyName } from '../present/keys.js';
import type { Glyphs, Target } from '../screen/index.js';
import { isCatalogue, type State } from '../state.js';
import type { KeyHint } from '../widgets/index.js';

/** Hints from this place on are named wherever one is. */
const EVERYWHERE = 20;
/** On a screen this narrow the words must be few: the tab says what it is by itself. */
const NARROW_COLUMNS = 100;

export const commandTarget = (command: CommandName): Target => ({ kind: 'command', id: command });

/** The key of a command where one is, as it is printed; where none leads to it there, the one that does elsewhere. */
export function printedKey(command: CommandName, state: State, glyphs: Glyphs): string {
  const contexts = [...contextsOf(state), 'global' as const];
  const binding = bindingsIn(contexts, state.keymap).find((one) => one.command === command);
  const key = binding?.keys.find((one) => bindingFor(one, contexts, state.keymap) === binding);
  return keyName(key ?? keyOf(command, state.keymap), glyphs);
}

/** A key to press that is named outside of a pane's border. */
export const hintFor = (command: CommandName, label: string, state: State, glyphs: Glyphs): KeyHint => ({
  key: printedKey(command, state, glyphs),
  label,
  target: commandTarget(command),
});

function isShown(binding: Binding<CommandName>, state: State, first: string): boolean {
  if (binding.hint === undefined) return false;
  const onTable = first === 'table' || first === 'empty';
  const onList = isCatalogue(first);
  if (binding.command === 'back')
    return !onTable && (state.view.page !== 'overview' || state.view.zoomed || state.size.columns < NARROW_COLUMNS);
  if (binding.command === 'next-split' && !isSplit(state)) return false;
  if (first === 'empty' && (binding.command === 'zoom' || binding.command === 'grid')) return false;
  if (binding.command === 'zoom' && isCatalogue(state.view.page)) return state.size.columns >= NARROW_COLUMNS;
  if (binding.command === 'zoom' || binding.command === 'grid')
    return state.view.page === 'overview' && state.size.columns >= NARROW_COLUMNS;
  // What n does on the page of containers is no thing of this one.
  if (binding.command === 'new' && isCatalogue(state.view.page)) return false;
  if (onTable || onList || binding.hint >= EVERYWHERE) return true;
  return binding.in === first;
}

export function hintsOf(state: State, glyphs: Glyphs): readonly KeyHint[] {
  const contexts = contextsOf(state);
  const first = contexts[0]!;
  const shown = bindingsIn(contexts, state.keymap).filter((binding) => isShown(binding, state, first));
  const also: readonly KeyHint[] =
    first === 'typing' && state.size.columns >= NARROW_COLUMNS
      ? [
          {
            key: `${state.keymap.escapeKey} ${keyOf('zoom', state.keymap)}`,
            label: 'whole screen',
            target: commandTarget('zoom'),
          },
        ]
      : [];
  const named = shown
    .sort((a, b) => a.hint! - b.hint!)
    .map((binding) => ({
      key: hintKey(binding, glyphs, state.keymap),
      label: binding.word.toLowerCase(),
      // Which of several tabs a click would mean, nobody can say.
      ...(binding.command === 'pane' ? {} : { target: commandTarget(binding.command) }),
    }));
  if (first === 'typing' && isSplit(state)) {
    // In half the room the way out is what is named last, as the last is always shown.
    const out = named
      .filter(({ target }) => target?.id === 'release')
      .map((hint) => ({ ...hint, label: 'leaves the keys' }));
    return [...named.filter(({ target }) => target?.id !== 'release'), ...also, ...out];
  }
  return [...named, ...also];
}

/** Commands that come in pairs: one hint tells both keys. */
const PARTNERS: Readonly<Partial<Record<CommandName, CommandName>>> = {
  'time-in': 'time-out',
  'scrub-back': 'scrub-forward',
  'search-next': 'search-previous',
};

/** The first key, or a pair that belongs together: "+ -", "← →", "alt-1…9". */
function hintKey({ command, in: context, keys }: Binding<CommandName>, glyphs: Glyphs, keymap: Keymap): string {
  if (command === 'pane') return glyphs.ascii ? 'alt-1..9' : 'alt-1…9';
  const partner = keymap.bindings.find((one) => one.in === context && one.command === PARTNERS[command]);
  return [keys[0], partner?.keys[0]].flatMap((key) => (key === undefined ? [] : keyName(key, glyphs))).join(' ');
}
