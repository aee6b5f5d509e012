// Everything that can be configured, as one table: the reader checks by it, `--print-config` and docs/configuration.md are
// written from it, and its types are the dashboard's.
import { ESCAPE_KEY, type KeyOverrides } from '../keymap/bound-keys.js';
import { GLYPH_SETS, THEME_NAMES, type GlyphSet, type ThemeName } from '../screen/index.js';
import {
  COLUMN_NAMES,
  DEFAULT_COLUMNS,
  FIXED_TABS,
  LAYOUT_PAGES,
  SORT_COLUMNS,
  type ColumnName,
  type FixedTab,
  type LayoutPage,
  type SortColumn,
} from '../columns.js';

export const COLOUR_NAMES = ['truecolour', '256', '16', 'none'] as const;
export type ColourName = (typeof COLOUR_NAMES)[number];

/** Questions that can be left out, by the command that asks. */
export const CONFIRMATIONS = ['kill', 'remove', 'prune', 'close-shell', 'quit'] as const;
export type Confirmation = (typeof CONFIRMATIONS)[number];

/** A saved layout: what is on the screen, and how much of it each pane has. */
export interface SavedLayout {
  readonly page: LayoutPage;
  readonly focus: 'table' | 'tabs';
  readonly tab: FixedTab;
  readonly zoomed: boolean;
  /** % of the height that the table has; absent is as much as its rows need */
  readonly table?: number;
}

export interface Settings {
  readonly theme: 'auto' | ThemeName;
  readonly colours: 'auto' | ColourName;
  readonly glyphs: 'auto' | GlyphSet;
  /** ms */
  readonly interval: number;
  readonly mouse: boolean;
  readonly columns: readonly ColumnName[];
  readonly sort: SortColumn;
  readonly descending: boolean;
  readonly group: boolean;
  readonly 'show-stopped': boolean;
  readonly confirm: Readonly<Record<Confirmation, boolean>>;
  readonly 'escape-key': string;
  readonly layout: string;
  readonly layouts: ReadonlyMap<string, SavedLayout>;
  readonly keys: KeyOverrides;
}

export type SettingName = keyof Settings;

/** What a value may be. */
export type Kind =
  | { readonly is: 'choice'; readonly of: readonly string[] }
  | { readonly is: 'number'; readonly least: number; readonly most: number; readonly unit: string }
  | { readonly is: 'boolean' }
  | { readonly is: 'list'; readonly of: readonly string[] }
  | { readonly is: 'key' }
  | { readonly is: 'name' }
  | { readonly is: 'switches'; readonly of: readonly string[] }
  | { readonly is: 'layouts' }
  | { readonly is: 'keys' };

export interface Setting {
  readonly kind: Kind;
  /** What it is for, in one sentence. */
  readonly help: string;
}

export const SCHEMA: Readonly<Record<SettingName, Setting>> = {
  theme: {
    kind: { is: 'choice', of: ['auto', ...THEME_NAMES] },
    help: 'The colours of everything; auto is dark, or light where the terminal says that it is light (COLORFGBG)',
  },
  colours: {
    kind: { is: 'choice', of: ['auto', ...COLOUR_NAMES] },
    help: 'How many colours the terminal is taken to have; auto goes by NO_COLOR, COLORTERM, TERM and terminfo',
  },
  glyphs: {
    kind: { is: 'choice', of: ['auto', ...GLYPH_SETS] },
    help: 'What graphs are drawn with; ascii draws everything in plain ASCII, and auto goes by the locale',
  },
  interval: {
    kind: { is: 'number', least: 100, most: 5000, unit: 'ms' },
    help: 'Time between two samples, in ms',
  },
  mouse: {
    kind: { is: 'boolean' },
    help: 'Whether the mouse is the dashboard’s; without it the terminal selects text by itself',
  },
  columns: {
    kind: { is: 'list', of: COLUMN_NAMES },
    help: 'Columns of the table in their order; where there is no room the least important are left out',
  },
  sort: { kind: { is: 'choice', of: SORT_COLUMNS }, help: 'What rows are sorted by' },
  descending: { kind: { is: 'boolean' }, help: 'Whether the greatest is first' },
  group: { kind: { is: 'boolean' }, help: 'Whether containers of a project stand together' },
  'show-stopped': { kind: { is: 'boolean' }, help: 'Whether containers that do not run are shown' },
  confirm: {
    kind: { is: 'switches', of: CONFIRMATIONS },
    help: 'Which actions ask before they do what cannot be taken back',
  },
  'escape-key': {
    kind: { is: 'key' },
    help: 'Leaves the keys of a shell to the dashboard; pressed twice it reaches the shell',
  },
  layout: { kind: { is: 'name' }, help: 'The layout to open with, one of those below; empty is the usual one' },
  layouts: {
    kind: { is: 'layouts' },
    help: 'Saved layouts by name: page, focus, tab, zoomed, and the share of the height that the table has, in %',
  },
  keys: {
    kind: { is: 'keys' },
    help: 'Other keys for commands, by context: the names of both are in the table below',
  },
};

export const SETTING_NAMES = Object.keys(SCHEMA) as readonly SettingName[];

/** Fields of a saved layout. */
export const LAYOUT_FIELDS: Readonly<Record<keyof SavedLayout, Kind>> = {
  page: { is: 'choice', of: LAYOUT_PAGES },
  focus: { is: 'choice', of: ['table', 'tabs'] },
  tab: { is: 'choice', of: FIXED_TABS },
  zoomed: { is: 'boolean' },
  table: { is: 'number', least: 15, most: 85, unit: '%' },
};

export const DEFAULT_LAYOUT: SavedLayout = { page: 'overview', focus: 'table', tab: 'graphs', zoomed: false };

export const DEFAULT_SETTINGS: Settings = {
  theme: 'auto',
  colours: 'auto',
  glyphs: 'auto',
  interval: 1000,
  mouse: true,
  columns: DEFAULT_COLUMNS,
  sort: 'cpu',
  descending: true,
  group: true,
  'show-stopped': true,
  confirm: { kill: true, remove: true, prune: true, 'close-shell': true, quit: true },
  'escape-key': ESCAPE_KEY,
  layout: '',
  layouts: new Map(),
  keys: new Map(),
};
