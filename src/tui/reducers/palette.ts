// What is chosen in the palette and in the menus of looks: a command, a theme, a layout, a container, something done to one.
import { noticed, refuse, step, type Step } from '../actions.js';
import { appearanceFor, type Appearance } from '../appearance.js';
import { DEFAULT_LAYOUT, type SavedLayout, type Settings } from '../config/index.js';
import { LAYOUT_PAGES } from '../columns.js';
import type { CommandName } from '../keymap.js';
import { everythingItems, layoutItems, MAX_RECENT, themeItems } from '../present/palette.js';
import { GLYPH_SETS, THEME_NAMES } from '../screen/index.js';
import { rowsOf } from '../rows.js';
import { viewOf } from '../state/initial.js';
import { FIXED_TABS, type FixedTab, type State } from '../state.js';
import { lineOf, openMenu, selectedItem } from '../widgets/index.js';
import type { Handler } from './handler.js';
import { withSettings } from './settings.js';
import { clearMarks, select, setFilter, settled } from './table.js';
import { imageActs } from './images.js';
import { showPage, showTable, withRowsChanged } from './view.js';

type RunCommand = (state: State, command: CommandName) => Step;

const themeOf = (id: string): Settings['theme'] | undefined =>
  (['auto', ...THEME_NAMES] as const).find((name) => id === `theme:${name}`);

/** The look while one moves over themes: the one that is selected, before it is chosen. */
export function shownAppearance(state: State): Appearance {
  const { overlay } = state;
  if (overlay?.kind !== 'menu' || (overlay.purpose !== 'palette' && overlay.purpose !== 'theme'))
    return state.appearance;
  const theme = themeOf(selectedItem(overlay.menu)?.id ?? '');
  return theme === undefined
    ? state.appearance
    : { ...state.appearance, theme: appearanceFor({ ...state.settings, theme }, state.detected).theme };
}

/** The container's row in sight and selected, whatever hid it. */
export function goTo(state: State, id: string): State {
  const container = state.containers.byId.get(id);
  if (!container) return state;
  const isHidden = (s: State): boolean => !rowsOf(s).some(({ key }) => key === id);
  let next = showTable(state);
  if (isHidden(next)) {
    const folded = new Set(next.table.folded);
    folded.delete(container.config.project ?? '');
    next = settled({ ...next, table: { ...next.table, folded } });
  }
  if (isHidden(next)) next = setFilter(next, '', false);
  if (isHidden(next)) next = settled({ ...next, table: { ...next.table, showStopped: true } });
  return select(next, id);
}

export function choosePaletteItem(state: State, id: string, run: RunCommand): Step {
  const recent = [id, ...state.recent.filter((one) => one !== id)].slice(0, MAX_RECENT);
  const next: State = { ...state, overlay: undefined, recent };
  const [kind = '', ...rest] = id.split(':');
  const value = rest.join(':');
  const theme = themeOf(id);
  if (theme !== undefined)
    return step(noticed(withSettings(next, { theme }), 'info', `Theme ${theme}; “save settings” keeps it.`));
  switch (kind) {
    case 'glyphs': {
      const glyphs = GLYPH_SETS.find((set) => set === value);
      return glyphs === undefined ? step(next) : step(withSettings(next, { glyphs }));
    }
    case 'layout':
      return step(withLayout(next, value));
    case 'go':
      return next.containers.byId.has(value) ? step(goTo(next, value)) : refuse(next, 'That container is gone.');
    case 'do': {
      const [command = '', container = ''] = rest;
      if (!next.containers.byId.has(container)) return refuse(next, 'That container is gone.');
      // The one that was named, and no other: marks would be meant otherwise.
      return run(goTo(clearMarks(next), container), command as CommandName);
    }
    case 'image':
    case 'run': {
      if (!next.images.list?.some(({ name }) => name === value)) return refuse(next, 'That image is gone.');
      const shown = imageActs.select(imageActs.setFilter(showPage(next, 'images'), '', false), value);
      return kind === 'run' ? run(shown, 'run-image') : step(shown);
    }
    default:
      return run(next, id as CommandName);
  }
}

// Layouts.

function withLayout(state: State, name: string): State {
  const layout = name === '' ? DEFAULT_LAYOUT : state.settings.layouts.get(name);
  return layout ? withRowsChanged({ ...state, view: viewOf(layout) }) : state;
}

/** What is on the screen, to be saved; of shells and findings, which come and go, their place. */
export function layoutNow({ view }: State): SavedLayout {
  const page = LAYOUT_PAGES.find((one) => one === view.page) ?? 'overview';
  const tab = (FIXED_TABS as readonly string[]).includes(view.tab) ? (view.tab as FixedTab) : 'graphs';
  const { focus, zoomed, tableShare } = view;
  return { page, focus, tab, zoomed, ...(tableShare === undefined ? {} : { table: tableShare }) };
}

/** The name was given: the layout goes into the config file, and nothing else of what was changed here. */
export function saveLayout(state: State, name: string): Step {
  const layouts = (of: Settings): Settings['layouts'] => new Map([...of.layouts, [name, layoutNow(state)]]);
  const settings = { ...state.settings, layouts: layouts(state.settings) };
  return step(
    { ...state, overlay: undefined, settings },
    { type: 'save-settings', settings: { ...state.saved, layouts: layouts(state.saved) } },
  );
}

const menu =
  (
    purpose: 'palette' | 'theme' | 'layout',
    title: string,
    make: (state: State) => ReturnType<typeof themeItems>,
  ): Handler =>
  (state) =>
    step({ ...state, overlay: { kind: 'menu', purpose, title, menu: openMenu(make(state), purpose === 'palette') } });

export const paletteCommands = {
  palette: menu('palette', 'everything that can be done', everythingItems),
  themes: (state) => {
    const opened = menu('theme', 'themes', () => themeItems())(state);
    const { overlay } = opened.state;
    const selected = themeItems().findIndex(({ id }) => id === `theme:${state.settings.theme}`);
    return overlay?.kind === 'menu'
      ? step({ ...state, overlay: { ...overlay, menu: { ...overlay.menu, position: { selected, top: 0 } } } })
      : opened;
  },
  layouts: menu('layout', 'layouts', layoutItems),
  'save-layout': (state) =>
    step({
      ...state,
      overlay: {
        kind: 'form',
        purpose: 'layout',
        title: 'save this layout',
        form: {
          rows: [
            { kind: 'text', id: 'name', label: 'name', line: lineOf(''), width: 24, hint: 'what the palette calls it' },
          ],
          focus: 'name',
          top: 0,
        },
        failure: undefined,
        busy: false,
      },
    }),
} satisfies Record<string, Handler>;
