// Clicks: what a place on the screen means is named by whoever painted it.
import { step, type Action, type Step } from '../actions.js';
import type { CommandName } from '../keymap.js';
import { SORT_COLUMNS, type SortColumn, type State, type TabId } from '../state.js';
import type { ImageTab } from '../images/columns.js';
import { isImageSort, selectImage, selectPaneLine, showImageList, showImageTab, sortImages } from './images.js';
import { showFinding } from './neighbours.js';
import { answer, chooseItem, type RunCommand } from './overlay.js';
import { toggleColumn } from './columns.js';
import { selectLine } from './panes.js';
import { select, setFolded, sortBy } from './table.js';
import { selectedRow } from '../rows.js';
import { showPage, showTab, showTable } from './view.js';

const LIST_KINDS = { process: 'processes', branch: 'inspect', step: 'launch' } as const;
const IMAGE_LINES = { layer: 'layers', fact: 'config', transfer: 'transfers' } as const;

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
    case 'step': {
      const selected = selectLine(showTab(state, state.view.tab), LIST_KINDS[kind], index);
      const opens = kind === 'branch' ? 'fold-branch' : kind === 'step' ? 'open-step' : undefined;
      return double && opens !== undefined ? run(selected, opens) : step(selected);
    }
    case 'image': {
      const selected = showImageList(selectImage(state, id));
      return double ? step(showImageTab(selected, selected.images.tab)) : step(selected);
    }
    case 'images':
      return step(showImageList(state));
    case 'image-column':
      return step(isImageSort(id) ? sortImages(state, id) : state);
    case 'image-tab':
      return step(showImageTab(state, id as ImageTab));
    case 'layer':
    case 'fact':
    case 'transfer': {
      const tab = IMAGE_LINES[kind];
      const selected = selectPaneLine(showImageTab(state, tab), tab, index);
      const opens = kind === 'layer' ? 'open-layer' : kind === 'fact' ? 'open-fact' : undefined;
      return double && opens !== undefined ? run(selected, opens) : step(selected);
    }
    case 'jobs':
      return step(showImageTab(showPage(state, 'images'), id as ImageTab));
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
