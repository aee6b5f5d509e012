// Where the eyes are: which page, which pane has the focus, which tab is in front.
import { noticed, refuse, step } from '../actions.js';
import { inside, isEmpty, isSplit, layoutOf, paneRect, type Layout } from '../layout.js';
import { rowsOf, selectedRow } from '../rows.js';
import { FIXED_TABS, type Page, type State, type TabId, type ViewSlice } from '../state.js';
import type { Handler } from './handler.js';
import { catalogueInFront, settledCatalogues } from './catalogues.js';
import { clearMarks, setFilter, setFolded, settled } from './table.js';

const withView = (state: State, view: Partial<ViewSlice>): State => ({ ...state, view: { ...state.view, ...view } });

/** Every tab in the order in which they stand; the first has number 2 in the border. */
export const tabsOf = (state: State): readonly TabId[] => [
  ...FIXED_TABS,
  ...state.shells.list.map(({ number }): TabId => `shell:${number}`),
];

export const shellOf = (state: State, tab: TabId = state.view.tab): State['shells']['list'][number] | undefined =>
  state.shells.list.find(({ number }) => tab === `shell:${number}`);

/** Brings a tab to the front and the focus to it. A shell gets the keys at once: that is what it is opened for. */
export function showTab(state: State, tab: TabId): State {
  if (isEmpty(state)) return noticed(showTable(state), 'warning', 'There is no container here; n runs one.');
  const shown = withView(state, { page: 'overview', focus: 'tabs', tab });
  const shells = tab.startsWith('shell:')
    ? {
        ...shown.shells,
        captured: true,
        list: shown.shells.list.map((shell) => (tab === `shell:${shell.number}` ? { ...shell, bell: false } : shell)),
      }
    : shown.shells;
  return settled({ ...shown, shells });
}

export const showTable = (state: State): State => settled(withView(state, { page: 'overview', focus: 'table' }));

export function showPage(state: State, page: Page): State {
  return settledCatalogues(settled(withView(state, { page, zoomed: false })));
}

const pageCommand =
  (page: Page): Handler =>
  (state) =>
    step(showPage(state, state.view.page === page ? 'overview' : page));

/** Enter on the table: into the tabs; a project folds. */
const open: Handler = (state) => {
  const catalogue = catalogueInFront(state);
  if (catalogue) return catalogue.open(state);
  const row = selectedRow(state);
  if (!row) return refuse(state, 'There is nothing to open; n runs a container.');
  if (row.kind === 'group') return step(setFolded(state, row.project, !row.folded));
  return step(showTab(state, state.view.tab));
};

/** Leaves what was entered last, one thing at a time. */
const back: Handler = (state) => {
  const { page, zoomed, focus } = state.view;
  const inside = catalogueInFront(state)?.back(state);
  if (inside !== undefined) return step(inside);
  if (page !== 'overview') return step(showPage(state, 'overview'));
  if (zoomed) return step(settled(withView(state, { zoomed: false })));
  if (focus === 'tabs') return step(showTable(state));
  if (state.table.filter.text !== '') return step(setFilter(state, '', false));
  if (state.table.marks.size > 0) return step(clearMarks(state));
  return refuse(state, 'There is nothing to go back to; q leaves the dashboard.');
};

const zoom: Handler = (state) => {
  const catalogue = catalogueInFront(state);
  if (catalogue) return catalogue.zoom(state);
  if (state.view.page !== 'overview') return refuse(state, 'This page has the whole screen already.');
  const { narrow } = layoutOf(state);
  // With a split the whole screen is given twice: to all of its panes, then to the one in focus.
  if (state.view.focus === 'tabs' && isSplit(state) && (state.view.zoomed || narrow))
    return step(settled(typingAgain({ ...state, split: { ...state.split, alone: true } })));
  const together = state.split.alone ? { ...state, split: { ...state.split, alone: false } } : state;
  if (narrow && together === state) return refuse(state, 'On a screen this small every pane has the whole of it.');
  const zoomed = withView(together, { zoomed: !state.view.zoomed && !narrow });
  // In a shell one wants to type on; ctrl-] was only for this key.
  return step(settled(typingAgain(zoomed)));
};

const typingAgain = (state: State): State => ({ ...state, shells: { ...state.shells, captured: true } });

const pane: Handler = (state, key = '') => {
  const digit = Number(key.replace('alt-', ''));
  const catalogue = catalogueInFront(state);
  if (catalogue) return catalogue.paneByDigit(state, digit);
  if (digit === 1) return step(showTable(state));
  const tab = tabsOf(state)[digit - 2];
  if (tab === undefined) return refuse(state, `There is no tab ${digit}.`);
  return step(showTab(state, tab));
};

const stepTab =
  (by: number): Handler =>
  (state) => {
    const catalogue = catalogueInFront(state);
    if (catalogue) return step(catalogue.stepTab(state, by));
    const tabs = tabsOf(state);
    const at = tabs.indexOf(state.view.tab);
    return step(showTab(state, tabs[(at + by + tabs.length) % tabs.length]!));
  };

const otherPane: Handler = (state) =>
  step(
    catalogueInFront(state)?.otherPane(state) ??
      (state.view.page !== 'overview'
        ? showPage(state, 'overview')
        : state.view.focus === 'table'
          ? showTab(state, state.view.tab)
          : showTable(state)),
  );

export const viewCommands = {
  open,
  back,
  zoom,
  pane,
  'next-pane': otherPane,
  'previous-pane': otherPane,
  'next-tab': stepTab(1),
  'previous-tab': stepTab(-1),
  grid: pageCommand('grid'),
  events: pageCommand('events'),
  images: pageCommand('images'),
  networks: pageCommand('networks'),
  volumes: pageCommand('volumes'),
  logs: (state) => step(showTab(state, 'logs')),
  inspect: (state) => step(showTab(state, 'inspect')),
} satisfies Record<string, Handler>;

/** Rows and columns inside the pane of tabs (or the page that stands in its place). */
export function paneSize(state: State, layout: Layout = layoutOf(state)): { width: number; height: number } {
  const rect = state.view.page !== 'overview' ? layout.body : layout.tabs ? paneRect(state) : layout.body;
  const { width, height } = inside(rect);
  return { width, height };
}

/** After containers came or went: a page that shows nothing is left, a selection that is gone moves on. */
export function withRowsChanged(state: State): State {
  const settledState = settled(state);
  const isGone = rowsOf(settledState).length === 0 && settledState.shells.list.length === 0;
  // Whatever page is in front, there are no tabs to go back to.
  return isGone && settledState.view.focus === 'tabs'
    ? settled(withView(settledState, { focus: 'table', zoomed: false }))
    : settledState;
}
