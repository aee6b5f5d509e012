// What there is before anything has happened: the state that the dashboard begins with.
import type { TerminalSize } from '../../engine/index.js';
import { appearanceFor, type Appearance } from '../appearance.js';
import { keymapOf } from '../keymap/bound-keys.js';
import { DEFAULT_IMAGE_COLUMNS } from '../images/columns.js';
import { DEFAULT_NETWORK_COLUMNS } from '../networks/columns.js';
import { DEFAULT_VOLUME_COLUMNS } from '../volumes/columns.js';
import { DEFAULT_LAYOUT, DEFAULT_SETTINGS, type SavedLayout, type Settings } from '../config/schema.js';
import type { Prompt, State, ViewSlice } from '../state.js';
import { LIST_START, VIEWER_START } from '../widgets/index.js';

/** What a saved layout brings to the screen. */
export const viewOf = ({ table, ...view }: SavedLayout): ViewSlice => ({ ...view, tableShare: table });

export interface InitialOptions {
  readonly now: number;
  readonly size: TerminalSize;
  /** what the terminal can do */
  readonly appearance: Appearance;
  readonly readOnly?: boolean;
  /** of the config file */
  readonly saved?: Settings;
  readonly configProblems?: readonly string[];
  /** of the command line, which comes before the file */
  readonly flags?: Partial<Settings>;
}

const prompt: Prompt = { text: '', editing: false };

/** Of a page that lists things, before anything was listed. */
const emptyCatalogue = {
  list: undefined,
  error: undefined,
  selected: undefined,
  position: LIST_START,
  marks: new Set<string>(),
  filter: prompt,
  descending: false,
  focus: 'list',
} as const;

export function initialState(options: InitialOptions): State {
  const { now, size, readOnly = false, saved = DEFAULT_SETTINGS, configProblems = [], flags } = options;
  const settings = { ...saved, ...flags };
  const appearance = appearanceFor(settings, options.appearance);
  const layout = settings.layouts.get(settings.layout) ?? DEFAULT_LAYOUT;
  return {
    now,
    size,
    readOnly,
    ascii: appearance.glyphs === 'ascii',
    appearance,
    detected: options.appearance,
    settings,
    saved,
    configProblems,
    keymap: keymapOf(settings.keys, settings['escape-key']),
    host: { facts: undefined, root: '', disk: undefined, ioWeights: false, sampledSince: undefined },
    containers: { engine: 'opening', list: [], byId: new Map(), pending: new Map(), undo: [] },
    table: {
      selected: undefined,
      position: LIST_START,
      marks: new Set(),
      sort: settings.sort,
      descending: settings.descending,
      filter: prompt,
      grouped: settings.group,
      folded: new Set(),
      showStopped: settings['show-stopped'],
      columns: settings.columns,
      loads: new Map(),
      ranks: new Map(),
      rankedAt: 0,
      movedAt: 0,
    },
    view: viewOf(layout),
    graphs: { spanMs: undefined, until: undefined, pinned: undefined },
    logs: {
      viewer: { ...VIEWER_START, wrap: true },
      base: 0,
      timestamps: 'none',
      structured: true,
      search: prompt,
      filter: prompt,
      range: { ...prompt, from: undefined, until: undefined },
    },
    processes: {
      id: undefined,
      list: [],
      error: undefined,
      at: 0,
      cores: new Map(),
      sort: 'cpu',
      position: LIST_START,
    },
    inspect: { as: 'tree', folded: new Set(), position: LIST_START, search: prompt },
    launch: { id: undefined, startedAt: undefined, report: undefined, error: undefined, position: LIST_START },
    shells: { list: [], nextNumber: 1, captured: true, broadcast: [] },
    split: { panes: [], direction: 'side', shares: [], alone: false },
    grid: { scale: 'same', onlyMarked: false, top: 0 },
    neighbours: { findings: [], past: [], shown: undefined, side: 'victim' },
    images: {
      ...emptyCatalogue,
      sort: 'name',
      columns: DEFAULT_IMAGE_COLUMNS,
      tab: 'layers',
      details: undefined,
      layers: LIST_START,
      config: LIST_START,
      transfers: LIST_START,
    },
    jobs: {
      list: [],
      nextNumber: 1,
      build: undefined,
      viewer: { ...VIEWER_START, wrap: true },
      base: 0,
      search: prompt,
    },
    networks: {
      ...emptyCatalogue,
      sort: 'name',
      columns: DEFAULT_NETWORK_COLUMNS,
      tab: 'members',
      at: { members: LIST_START, map: LIST_START, settings: LIST_START },
      talks: undefined,
    },
    connections: { id: undefined, found: undefined, error: undefined, position: LIST_START },
    volumes: {
      ...emptyCatalogue,
      sort: 'name',
      columns: DEFAULT_VOLUME_COLUMNS,
      tab: 'files',
      at: { files: LIST_START, about: LIST_START },
      sizes: new Map(),
      path: [],
      directory: undefined,
    },
    events: { list: [], back: 0 },
    overlay: undefined,
    notice: undefined,
    news: undefined,
    guard: undefined,
    recent: [],
  };
}
