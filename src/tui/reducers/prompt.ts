// A line that is typed into a border: the filter of the table, the search in logs and inspect.
import { step, type Step } from '../actions.js';
import type { KeyEvent, PasteEvent } from '../screen/index.js';
import type { State } from '../state.js';
import { editLine, lineOf } from '../widgets/index.js';
import { setSearch } from './panes.js';
import { moveInTable, setFilter } from './table.js';

export type PromptName = 'filter' | 'search';

/** Which line is being typed, if any. */
export function promptOf({ table, logs, inspect }: State): PromptName | undefined {
  if (table.filter.editing) return 'filter';
  return logs.search.editing || inspect.search.editing ? 'search' : undefined;
}

export function promptInput(state: State, prompt: PromptName, event: KeyEvent | PasteEvent): Step {
  const text =
    prompt === 'filter'
      ? state.table.filter.text
      : (state.view.tab === 'logs' ? state.logs : state.inspect).search.text;
  const set = (value: string, editing: boolean): Step =>
    prompt === 'filter' ? step(setFilter(state, value, editing)) : setSearch(state, value, editing);
  if (event.type === 'key') {
    if (event.key === 'escape' || event.key === 'ctrl-c') return set('', false);
    if (event.key === 'enter') return set(text, false);
    // What is found can be walked through while it is still being typed.
    if (prompt === 'filter' && (event.key === 'up' || event.key === 'down')) return step(moveInTable(state, event.key));
    if (event.key === 'backspace' && text === '') return set('', false);
  }
  const line = editLine(lineOf(text), event);
  return line ? set(line.text, true) : step(state);
}
