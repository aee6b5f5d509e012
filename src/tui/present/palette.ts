// The palette: everything that can be done, every look there is, and every container, each found by typing some letters of it.
import { paletteBindings, type Keymap } from '../keymap/bound-keys.js';
import type { CommandName } from '../keymap.js';
import { aboutTheme, clean, GLYPH_SETS, glyphsFor, THEME_NAMES } from '../screen/index.js';
import type { State } from '../state.js';
import type { MenuItem } from '../widgets/index.js';
import { statusWords } from './container.js';
import { keyName, menuItem } from './keys.js';
import { bytes } from './units.js';

/** What can be done to one container by its name: "stop web". */
const VERBS: readonly CommandName[] = [
  'shell',
  'logs',
  'inspect',
  'limits',
  'restart',
  'pause',
  'stop',
  'kill',
  'remove',
];

/** So many that were chosen before stand first. */
export const MAX_RECENT = 8;

/** @param kind stands before the name where other things are listed too */
export const themeItems = (kind = ''): readonly MenuItem[] =>
  ['auto' as const, ...THEME_NAMES].map((name) => ({
    id: `theme:${name}`,
    label: kind + name,
    detail: name === 'auto' ? 'Dark or light, by what the terminal says of itself' : aboutTheme(name),
  }));

const glyphItems = (): readonly MenuItem[] =>
  GLYPH_SETS.map((set) => ({ id: `glyphs:${set}`, label: `glyphs: ${set}`, detail: `Draw with ${set}` }));

export const layoutItems = ({ settings }: State): readonly MenuItem[] => [
  { id: 'layout:', label: 'layout: usual', detail: 'The table and its graphs' },
  ...[...settings.layouts.keys()].map((name) => ({
    id: `layout:${name}`,
    label: `layout: ${clean(name)}`,
    detail: 'A saved layout',
  })),
];

function containerItems({ containers, keymap, now, ...state }: State): readonly MenuItem[] {
  const glyphs = glyphsFor(state.appearance.glyphs);
  const verbs = paletteBindings(keymap).filter(({ command }) => VERBS.includes(command));
  const named = containers.list.map((container) => ({ container, name: clean(container.config.name) }));
  return [
    ...named.map(({ container, name }) => ({
      id: `go:${container.id}`,
      label: `go to ${name}`,
      detail: clean(statusWords(container, now) ?? container.config.image.name),
    })),
    ...named.flatMap(({ container, name }) =>
      verbs.map(({ command, word, keys }) => ({
        id: `do:${command}:${container.id}`,
        label: `${word.toLowerCase()} ${name}`,
        whenTyped: true as const,
        ...(keys[0] === undefined ? {} : { key: keyName(keys[0], glyphs) }),
      })),
    ),
  ];
}

/** The images that were listed, each to go to and to run. */
function imageItems({ images }: State): readonly MenuItem[] {
  const named = (images.list ?? []).flatMap(({ name, sizeBytes }) => (name === undefined ? [] : { name, sizeBytes }));
  return named.flatMap(({ name, sizeBytes }): MenuItem[] => [
    { id: `image:${name}`, label: `image ${clean(name)}`, detail: bytes(sizeBytes), whenTyped: true },
    { id: `run:${name}`, label: `run ${clean(name)}`, whenTyped: true },
  ]);
}

/** The commands of the keymap as items. */
export const commandItems = (state: State, keymap: Keymap = state.keymap): readonly MenuItem[] =>
  paletteBindings(keymap).map((binding) => menuItem(binding, glyphsFor(state.appearance.glyphs)));

/** Everything, what was chosen last first. */
export function everythingItems(state: State): readonly MenuItem[] {
  const all = [
    ...commandItems(state),
    ...themeItems('theme: '),
    ...glyphItems(),
    ...layoutItems(state),
    ...containerItems(state),
    ...imageItems(state),
  ];
  const recent = state.recent.flatMap((id) => all.find((item) => item.id === id) ?? []);
  return [
    ...recent.map((item) => ({ ...item, whenTyped: undefined })),
    ...all.filter((item) => !recent.includes(item)),
  ];
}
