// Clicks: what a place on the screen means is named by whoever painted it.
import { step, type Action, type Spot, type Step } from '../actions.js';
import type { CommandName } from '../keymap.js';
import { SORT_COLUMNS, type SortColumn, type State, type TabId } from '../state.js';
import { catalogueInFront } from './catalogues.js';
import { imageActs } from './images.js';
import { showFinding } from './neighbours.js';
import { answer, chooseItem, type RunCommand } from './overlay.js';
import { toggleColumn } from './columns.js';
import { selectLine } from './panes.js';
import { select, setFolded, sortBy } from './table.js';
import { selectedRow } from '../rows.js';
import { showPage, showTab, showTable } from './view.js';

const LIST_KINDS = { process: 'processes', branch: 'inspect', step: 'launch', connection: 'network' } as const;
const OPENS = { process: undefined, branch: 'fold-branch', step: 'open-step', connection: 'open-connection' } as const;

export function click(state: State, { spot, double }: Extract<Action, { type: 'click' }>, run: RunCommand): Step {
  const { kind, id = '', index = -1 } = spot;
  const { overlay } = state;
  if (overlay) {
    if (overlay.kind === 'question' && kind === 'answer') return answer(state, overlay, index);
    if (overlay.kind === 'columns' && kind === 'item') return step(toggleColumn(state, overlay, id));
    if (overlay.kind === 'menu' && kind === 'item') return chooseItem(state, overlay, id, run);
    if ((overlay.kind === 'form' || overlay.kind === 'limits') && kind === 'field') {
      return step({ ...state, overlay: { ...overlay, form: { ...overlay.form, focus: id } } });
    }
    return step(state);
  }
  switch (kind) {
    case 'command':
      return run(state, id as CommandName);
    case 'tab':
      return step(showTab(state, id as TabId));
    case 'table':
      return step(showTable(state));
    case 'row':
      return clickRow(state, id, double);
    case 'column':
      return (SORT_COLUMNS as readonly string[]).includes(id) ? step(sortBy(state, id as SortColumn)) : step(state);
    case 'tile': {
      const selected = select(state, id);
      return double ? run(selected, 'zoom-tile') : step(selected);
    }
    case 'finding':
      return run(showFinding(state, id), 'victim-side');
    case 'side':
      return run(state, id === 'suspect' ? 'suspect-side' : 'victim-side');
    case 'terminal':
      return step(showTab(state, `shell:${index}`));
    case 'tabs':
      return step(showTab(state, id === '' ? state.view.tab : (id as TabId)));
    case 'log-line': {
      const focused = showTab(state, 'logs');
      return double ? step(focused, { type: 'open-log-line', place: index }) : step(focused);
    }
    case 'process':
    case 'branch':
    case 'step':
    case 'connection': {
      const selected = selectLine(showTab(state, state.view.tab), LIST_KINDS[kind], index);
      const opens = OPENS[kind];
      return double && opens !== undefined ? run(selected, opens) : step(selected);
    }
    case 'jobs':
      return step(imageActs.showTab(showPage(state, 'images'), id));
    default:
      return clickInCatalogue(state, spot, double, run);
  }
}

/** On the pages that list things of one kind: a row, the list, a title of a column, a tab, a line of a tab. */
function clickInCatalogue(state: State, { kind, id = '', index = -1 }: Spot, double: boolean, run: RunCommand): Step {
  const catalogue = catalogueInFront(state);
  if (catalogue === undefined) return step(state);
  switch (kind) {
    case 'entry': {
      const selected = catalogue.showList(catalogue.select(state, id));
      return double ? step(catalogue.showTab(selected, catalogue.tabOf(selected))) : step(selected);
    }
    case 'entries':
      return step(catalogue.showList(state));
    case 'entry-column':
      return step(catalogue.sort(state, id));
    case 'entry-tab':
      return step(catalogue.showTab(state, id));
    case 'entry-line': {
      const selected = catalogue.selectLine(catalogue.showTab(state, id), id, index);
      const opens = catalogue.opens(id);
      return double && opens !== undefined ? run(selected, opens) : step(selected);
    }
    default:
      return step(state);
  }
}

function clickRow(state: State, key: string, double: boolean): Step {
  const selected = select(showTable(state), key);
  if (!double) return step(selected);
  const row = selectedRow(selected);
  if (row?.kind === 'group') return step(setFolded(selected, row.project, !row.folded));
  return step(showTab(selected, selected.view.tab));
}
