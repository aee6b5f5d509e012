// The Logs tab: whose lines are read, which of them are shown, what is searched for, what is written to a file.
import { noticed, refuse, step, type Action, type Step } from '../actions.js';
import { logFilter } from '../logs/filter.js';
import { parseLogRange } from '../present/log-range.js';
import { plural } from '../present/units.js';
import { searchPattern } from '../filter.js';
import { subjects } from '../rows.js';
import type { LogSource } from '../logs/buffer.js';
import type { LogsSlice, State } from '../state.js';
import type { Handler } from './handler.js';
import { ask } from './verbs.js';
import { exportForm } from './run-form.js';

const withLogs = (state: State, logs: Partial<LogsSlice>): State => ({ ...state, logs: { ...state.logs, ...logs } });

/** More than this in one stream nobody can tell apart. */
const MAX_SOURCES = 32;

/** Whose logs the tab shows: the marked containers', a project's, or the selected one's. */
export function logSources(state: State): readonly LogSource[] {
  return subjects(state)
    .slice(0, MAX_SOURCES)
    .map(({ id, config }) => ({ id, name: config.name }));
}

/** What is read, as one text: another one is another log. */
export function logKey(state: State): string | undefined {
  const sources = logSources(state);
  if (sources.length === 0) return undefined;
  const { from, until } = state.logs.range;
  return [...sources.map(({ id }) => id), from ?? '', until ?? ''].join(' ');
}

const FOLLOWING = { top: 0, skip: 0, left: 0, follow: true, found: -1 } as const;

/** Another log is shown: from its end, unless somebody went to a moment. */
export const logsRestarted = (state: State): State =>
  withLogs(state, { viewer: { ...state.logs.viewer, ...FOLLOWING }, base: 0 });

export function setLogSearch(state: State, text: string, editing: boolean): Step {
  const search = { text, editing };
  const next = withLogs(state, { search, viewer: { ...state.logs.viewer, query: text, found: -1 } });
  if (editing || text === '') return step(next);
  const { problem } = searchPattern(text);
  if (problem !== undefined) return refuse(next, `“${text}” cannot be searched for: ${problem}.`);
  return step(next, { type: 'scroll-logs', by: 'N' });
}

export function setLogFilter(state: State, text: string, editing: boolean): Step {
  const next = withLogs(state, { filter: { text, editing } });
  const { problem } = logFilter(text);
  return editing || problem === undefined ? step(next) : refuse(next, `“${text}” is no filter: ${problem}.`);
}

/** A stretch of time is read when it has been typed to its end: half a time is another time. */
export function setLogRange(state: State, text: string, editing: boolean): Step {
  if (editing) return step(withLogs(state, { range: { ...state.logs.range, text, editing } }));
  const range = parseLogRange(text, state.now);
  const before = { ...state.logs.range, text: '', editing: false };
  switch (range.kind) {
    case 'wrong':
      return refuse(withLogs(state, { range: before }), `${range.problem}.`);
    case 'jump':
      return step(withLogs(state, { range: before }), { type: 'jump-logs', at: range.at });
    case 'all':
      return step(withRange(state, undefined, undefined, ''));
    case 'range':
      return step(withRange(state, range.from, range.until, text.trim()));
  }
}

function withRange(state: State, from: number | undefined, until: number | undefined, text: string): State {
  const { range } = state.logs;
  const next = withLogs(state, { range: { text, editing: false, from, until } });
  return range.from === from && range.until === until ? next : logsRestarted(next);
}

/** What was gone to is older than what is kept: from there on it is read anew. */
export function logsFrom(state: State, at: number): State {
  const next = withRange(state, at, undefined, `from ${new Date(at).toTimeString().slice(0, 8)}`);
  return withLogs(next, { viewer: { ...next.logs.viewer, follow: false } });
}

const search =
  (by: 'n' | 'N'): Handler =>
  (state) =>
    state.logs.search.text === ''
      ? refuse(state, 'Nothing is searched for; / begins a search.')
      : step(state, { type: 'scroll-logs', by });

export const findInLogs = (direction: 1 | -1): Handler => search(direction > 0 ? 'n' : 'N');

const viewerKey =
  (key: string): Handler =>
  (state) =>
    step(state, { type: 'scroll-logs', by: key });

const sideways =
  (key: 'left' | 'right'): Handler =>
  (state) =>
    state.logs.viewer.wrap
      ? refuse(state, 'Lines are wrapped; w cuts them, then ← → move.')
      : step(state, { type: 'scroll-logs', by: key });

const NEXT_TIMES = { none: 'absolute', absolute: 'relative', relative: 'none' } as const;

/** "web-20261121-140500.log", in the directory in which the dashboard was started. */
function exportName(state: State): string {
  const sources = logSources(state);
  const stamp = new Date(state.now).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  const name = sources.length === 1 ? sources[0]!.name : plural(sources.length, 'container').replace(' ', '-');
  return `${name}-${stamp}.log`;
}

const openExport: Handler = (state) => {
  if (logSources(state).length === 0) return refuse(state, 'There are no log lines to save.');
  return step({
    ...state,
    overlay: {
      kind: 'form',
      purpose: 'export',
      title: 'save the log lines that are shown',
      form: exportForm(exportName(state)),
      failure: undefined,
      busy: false,
    },
  });
};

/** The file is there: whether it shall be replaced. */
export function exportExists(state: State, { path, what }: Extract<Action, { type: 'export-exists' }>): Step {
  return ask(
    { ...state, overlay: undefined },
    'replace the file?',
    [{ text: `${path} is ${what}.` }, { text: 'Cancel leaves it as it is; s asks for another name.', tone: 'dim' }],
    { label: 'Replace', effects: [{ type: 'export-logs', path, replace: true }] },
  );
}

export const logCommands = {
  follow: viewerKey('f'),
  wrap: viewerKey('w'),
  timestamps: (state) => step(withLogs(state, { timestamps: NEXT_TIMES[state.logs.timestamps] })),
  structured: (state) =>
    step(
      noticed(
        withLogs(state, { structured: !state.logs.structured }),
        'info',
        state.logs.structured
          ? 'Lines that are JSON are shown as they were written.'
          : 'Lines that are JSON are shown as time, level, message and the rest.',
      ),
    ),
  'scroll-left': sideways('left'),
  'scroll-right': sideways('right'),
  'log-filter': (state) => setLogFilter(state, state.logs.filter.text, true),
  'log-range': (state) => setLogRange(state, state.logs.range.text, true),
  'open-line': (state) => step(state, { type: 'open-log-line' }),
  'export-logs': openExport,
} satisfies Record<string, Handler>;
