// Settings in force: those of the config file, changed by what a person chooses here; written back only when they say so.
import { noticed, refuse, step, type Action, type Step } from '../actions.js';
import { appearanceFor } from '../appearance.js';
import { configText, type Settings } from '../config/index.js';
import { keymapOf } from '../keymap/bound-keys.js';
import type { State } from '../state.js';
import type { Handler } from './handler.js';
import { settled } from './table.js';

/** The settings as they are now, what was changed in the table included. */
export function settingsNow({ settings, table }: State): Settings {
  return {
    ...settings,
    columns: table.columns,
    sort: table.sort,
    descending: table.descending,
    group: table.grouped,
    'show-stopped': table.showStopped,
  };
}

/** The state with these settings in force. */
export function withSettings(state: State, changes: Partial<Settings>): State {
  const settings = { ...settingsNow(state), ...changes };
  const appearance = appearanceFor(settings, state.detected);
  return settled({
    ...state,
    settings,
    appearance,
    ascii: appearance.glyphs === 'ascii',
    keymap:
      changes.keys === undefined && changes['escape-key'] === undefined
        ? state.keymap
        : keymapOf(settings.keys, settings['escape-key']),
    table: {
      ...state.table,
      columns: settings.columns,
      sort: settings.sort,
      descending: settings.descending,
      grouped: settings.group,
      showStopped: settings['show-stopped'],
    },
  });
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(plain(a)) === JSON.stringify(plain(b));
const plain = (value: unknown): unknown => (value instanceof Map ? [...(value as Map<unknown, unknown>)] : value);

/** The file was saved: what it sets otherwise than before is applied, what was changed here besides stays. */
export function configured(state: State, { settings, problems }: Extract<Action, { type: 'configured' }>): State {
  const names = (Object.keys(settings) as (keyof Settings)[]).filter(
    (name) => !same(settings[name], state.saved[name]),
  );
  const changes = Object.fromEntries(names.map((name) => [name, settings[name]])) as Partial<Settings>;
  const next = { ...withSettings(state, changes), saved: settings, configProblems: problems };
  if (problems.length > 0) return withProblemsTold(next);
  return names.length === 0 ? next : noticed(next, 'info', `The config file was saved: ${names.join(', ')}.`);
}

export function withProblemsTold(state: State): State {
  const [first, ...more] = state.configProblems;
  if (first === undefined) return state;
  return noticed(
    state,
    'error',
    more.length === 0 ? first : `${first} (and ${more.length} more: “config” in the palette)`,
  );
}

export function settingsSaved(state: State, { settings, path }: Extract<Action, { type: 'settings-saved' }>): State {
  return noticed({ ...state, saved: settings }, 'good', `Saved to ${path}.`);
}

const save = (state: State): Step => {
  const settings = settingsNow(state);
  return step({ ...state, settings }, { type: 'save-settings', settings });
};

const show: Handler = (state) => {
  const text = configText(settingsNow(state));
  const problems = state.configProblems.map((problem) => ({ text: problem, tone: 'error' as const }));
  const lines = text
    .split('\n')
    .map((line) => ({ text: line, ...(line.startsWith('#') ? { tone: 'dim' as const } : {}) }));
  const gap = problems.length > 0 ? [{ text: '' }] : [];
  return step({
    ...state,
    overlay: { kind: 'text', title: 'settings in force', lines: [...problems, ...gap, ...lines], copy: text, top: 0 },
  });
};

export const settingsCommands = {
  'save-settings': (state) => {
    const isSame = (Object.keys(state.saved) as (keyof Settings)[]).every((name) =>
      same(state.saved[name], settingsNow(state)[name]),
    );
    return isSame ? refuse(state, 'Nothing is otherwise than the config file says.') : save(state);
  },
  config: show,
} satisfies Record<string, Handler>;
