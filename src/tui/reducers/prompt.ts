// A line that is typed into a border: the filter of the table, the search in logs and inspect.
import { step, type Step } from '../actions.js';
import type { KeyEvent, PasteEvent } from '../screen/index.js';
import type { State } from '../state.js';
import { editLine, lineOf } from '../widgets/index.js';
import { setLogFilter, setLogRange } from './logs.js';
import { CATALOGUE_ACTS } from './catalogues.js';
import { CATALOGUES, isCatalogue, type CatalogueName } from '../state/catalogue.js';
import { setBuildSearch } from './jobs.js';
import { setSearch } from './panes.js';
import { moveInTable, setFilter } from './table.js';

export type PromptName = 'filter' | 'search' | 'log-filter' | 'log-range' | 'build-search' | CatalogueName;

/** Which line is being typed, if any; the filter of a page that lists things goes by the name of the page. */
export function promptOf(state: State): PromptName | undefined {
  const { table, logs, inspect, jobs } = state;
  if (table.filter.editing) return 'filter';
  const filtered = CATALOGUES.find((name) => CATALOGUE_ACTS[name].filterOf(state).editing);
  if (filtered !== undefined) return filtered;
  if (jobs.search.editing) return 'build-search';
  if (logs.filter.editing) return 'log-filter';
  if (logs.range.editing) return 'log-range';
  return logs.search.editing || inspect.search.editing ? 'search' : undefined;
}

function textOf(state: State, prompt: PromptName): string {
  if (isCatalogue(prompt)) return CATALOGUE_ACTS[prompt].filterOf(state).text;
  const { table, logs, inspect, view, jobs } = state;
  switch (prompt) {
    case 'filter':
      return table.filter.text;
    case 'search':
      return (view.tab === 'logs' ? logs : inspect).search.text;
    case 'log-filter':
      return logs.filter.text;
    case 'log-range':
      return logs.range.text;
    case 'build-search':
      return jobs.search.text;
  }
}

function withText(state: State, prompt: PromptName, text: string, editing: boolean): Step {
  if (isCatalogue(prompt)) return step(CATALOGUE_ACTS[prompt].setFilter(state, text, editing));
  switch (prompt) {
    case 'filter':
      return step(setFilter(state, text, editing));
    case 'search':
      return setSearch(state, text, editing);
    case 'log-filter':
      return setLogFilter(state, text, editing);
    case 'log-range':
      return setLogRange(state, text, editing);
    case 'build-search':
      return setBuildSearch(state, text, editing);
  }
}

export function promptInput(state: State, prompt: PromptName, event: KeyEvent | PasteEvent): Step {
  const text = textOf(state, prompt);
  const set = (value: string, editing: boolean): Step => withText(state, prompt, value, editing);
  if (event.type === 'key') {
    if (event.key === 'escape' || event.key === 'ctrl-c') return set('', false);
    if (event.key === 'enter') return set(text, false);
    // What is found can be walked through while it is still being typed.
    if (event.key === 'up' || event.key === 'down') {
      if (prompt === 'filter') return step(moveInTable(state, event.key));
      if (isCatalogue(prompt)) return CATALOGUE_ACTS[prompt].move(state, event.key);
    }
    if (event.key === 'backspace' && text === '') return set('', false);
  }
  const line = editLine(lineOf(text), event);
  return line ? set(line.text, true) : step(state);
}
