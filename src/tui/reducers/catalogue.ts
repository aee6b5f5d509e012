// The pages that list things of one kind: which row and which pane has the focus, how rows are ordered, filtered and marked, moving
// about in panes. The same for images, networks and volumes; what is done to them stands with each.
import { noticed, refuse, step, type Failure, type Step } from '../actions.js';
import { catalogueListRows, cataloguePaneInside, selectedOf, type Catalogue } from '../catalogue.js';
import type { CommandName } from '../keymap.js';
import { layoutOf } from '../layout.js';
import type { State } from '../state.js';
import { fitPosition, openMenu, type ListPosition } from '../widgets/index.js';
import { moveList, type Handler, type Move } from './handler.js';

/** Keys of the viewer widget, for panes that are no lists. */
const KEY_OF: Readonly<Record<Move, string>> = {
  up: 'up',
  down: 'down',
  'page-up': 'pageup',
  'page-down': 'pagedown',
  first: 'home',
  last: 'end',
};

/** What a kind does in its own way. */
export interface Own<Tab extends string> {
  /** `c`: what the pane in focus shows */
  readonly copy: Handler;
  /** a double click on a line of a tab */
  readonly opens?: Readonly<Partial<Record<Tab, CommandName>>>;
  /** a key of the viewer, or lines by the wheel, in a tab that is no list */
  readonly scroll?: (state: State, by: string | number) => Step;
}

/** What can be done on such a page, whatever it lists. */
export interface CatalogueActs {
  readonly name: string;
  readonly settled: (state: State) => State;
  readonly focusOf: (state: State) => 'list' | 'pane';
  readonly tabOf: (state: State) => string;
  readonly showList: (state: State) => State;
  readonly showTab: (state: State, tab: string) => State;
  readonly paneByDigit: (state: State, digit: number) => Step;
  readonly otherPane: (state: State) => State;
  readonly stepTab: (state: State, by: number) => State;
  readonly open: Handler;
  readonly zoom: Handler;
  /** undefined where there is nothing to leave but the page itself */
  readonly back: (state: State) => State | undefined;
  readonly select: (state: State, key: string) => State;
  readonly filterOf: (state: State) => { readonly text: string; readonly editing: boolean };
  readonly setFilter: (state: State, text: string, editing: boolean) => State;
  readonly openSort: Handler;
  /** the same column again turns the order round; what is no column of it changes nothing */
  readonly sort: (state: State, column: string) => State;
  readonly sortAgain: (state: State) => State;
  readonly columnsOf: (state: State) => readonly string[];
  readonly withColumns: (state: State, columns: readonly string[]) => State;
  readonly mark: Handler;
  readonly clearMarks: Handler;
  readonly move: (state: State, move: Move) => Step;
  /** over the list, or over the pane */
  readonly wheel: (state: State, kind: string | undefined, lines: number) => Step;
  readonly selectLine: (state: State, tab: string, index: number) => State;
  readonly opens: (tab: string) => CommandName | undefined;
  readonly copy: Handler;
}

/** The state with a row selected that exists, and that row in sight: what follows every change of rows or size. */
export function settledCatalogue<Row, Sort extends string, Column extends string, Tab extends string>(
  catalogue: Catalogue<Row, Sort, Column, Tab>,
  state: State,
): State {
  const rows = catalogue.rows(state);
  const { selected, position, marks, list = [] } = catalogue.slice(state);
  const at = rows.findIndex((row) => catalogue.keyOf(row) === selected);
  const wanted = { selected: at < 0 ? Math.max(0, position.selected) : at, top: position.top };
  const next = fitPosition(wanted, rows.length, catalogueListRows(catalogue, state));
  const row = rows[next.selected];
  const known = new Set(list.map(catalogue.keyOf));
  return catalogue.with(withSelected(catalogue, state, row), {
    position: next,
    marks: [...marks].every((key) => known.has(key)) ? marks : new Set([...marks].filter((key) => known.has(key))),
  });
}

function withSelected<Row, Sort extends string, Column extends string, Tab extends string>(
  catalogue: Catalogue<Row, Sort, Column, Tab>,
  state: State,
  row: Row | undefined,
): State {
  const selected = row === undefined ? undefined : catalogue.keyOf(row);
  if (selected === catalogue.slice(state).selected) return state;
  return catalogue.with(catalogue.afresh(state), { selected });
}

/** The list as it came, or why there is none. */
export function listed<Row, Sort extends string, Column extends string, Tab extends string>(
  catalogue: Catalogue<Row, Sort, Column, Tab>,
  state: State,
  list: readonly Row[] | Failure,
): State {
  if ('message' in list) {
    const error = list.hint === undefined ? list.message : `${list.message}: ${list.hint}`;
    return catalogue.with(state, { error });
  }
  return settledCatalogue(catalogue, catalogue.with(state, { list, error: undefined }));
}

/** Where the list of a tab stands now: lines come and go below it. */
export function linePosition<Row, Sort extends string, Column extends string, Tab extends string>(
  catalogue: Catalogue<Row, Sort, Column, Tab>,
  state: State,
  tab: Tab,
): ListPosition {
  const { total, height } = roomOf(catalogue, state, tab);
  return fitPosition(catalogue.position(state, tab), total, height);
}

function roomOf<Row, Sort extends string, Column extends string, Tab extends string>(
  catalogue: Catalogue<Row, Sort, Column, Tab>,
  state: State,
  tab: Tab,
): { readonly total: number; readonly height: number } {
  const { total, above } = catalogue.lines(state, tab) ?? { total: 0, above: 0 };
  return { total, height: Math.max(1, cataloguePaneInside(catalogue, state).height - above) };
}

export function actsOf<Row, Sort extends string, Column extends string, Tab extends string>(
  catalogue: Catalogue<Row, Sort, Column, Tab>,
  own: Own<Tab>,
): CatalogueActs {
  const { slice, rows, keyOf, tabs, sorts } = catalogue;
  const settled = (state: State): State => settledCatalogue(catalogue, state);
  const isTab = (tab: string): tab is Tab => (tabs as readonly string[]).includes(tab);
  const isSort = (name: string): name is Sort => (sorts as readonly string[]).includes(name);

  const withFocus = (state: State, focus: 'list' | 'pane', tab: Tab): State =>
    settled(catalogue.with(state, { focus, tab }));
  const showList = (state: State): State => withFocus(state, 'list', slice(state).tab);
  const showTab = (state: State, tab: string): State =>
    catalogue.isEmpty(state)
      ? noticed(state, 'warning', catalogue.nothing)
      : isTab(tab)
        ? withFocus(state, 'pane', tab)
        : state;

  const setFilter = (state: State, text: string, editing: boolean): State =>
    settled(catalogue.with(state, { filter: { text, editing } }));

  /** Names are read from A on, everything else from its greatest on. */
  const sort = (state: State, column: string): State => {
    if (!isSort(column)) return state;
    const before = slice(state);
    const descending = before.sort === column ? !before.descending : column !== 'name';
    return settled(catalogue.with(state, { sort: column, descending }));
  };

  const moveInList = (state: State, move: Move): State => {
    const all = rows(state);
    const position = moveList(slice(state).position, move, all.length, catalogueListRows(catalogue, state));
    return catalogue.with(withSelected(catalogue, state, all[position.selected]), { position });
  };

  const scrolled = (from: ListPosition, by: number, total: number, height: number): ListPosition => {
    const top = Math.max(0, Math.min(from.top + by, total - height));
    return fitPosition({ selected: Math.max(top, Math.min(from.selected, top + height - 1)), top }, total, height);
  };

  return {
    name: catalogue.name,
    settled,
    focusOf: (state) => slice(state).focus,
    tabOf: (state) => slice(state).tab,
    showList,
    showTab,
    paneByDigit(state, digit) {
      // 1 is the list, then the tabs as they stand in the border.
      if (digit === 1) return step(showList(state));
      const tab = tabs[digit - 2];
      return tab === undefined ? refuse(state, `There is no tab ${digit}.`) : step(showTab(state, tab));
    },
    otherPane: (state) => (slice(state).focus === 'list' ? showTab(state, slice(state).tab) : showList(state)),
    stepTab: (state, by) => showTab(state, tabs[(tabs.indexOf(slice(state).tab) + by + tabs.length) % tabs.length]!),
    open: (state) =>
      catalogue.isEmpty(state) ? refuse(state, catalogue.nothing) : step(showTab(state, slice(state).tab)),
    zoom(state) {
      if (layoutOf(state).narrow) return refuse(state, 'On a screen this small every pane has the whole of it.');
      if (catalogue.isEmpty(state)) return refuse(state, 'There is one pane only.');
      return step(settled({ ...state, view: { ...state.view, zoomed: !state.view.zoomed } }));
    },
    back(state) {
      const { focus, filter, marks } = slice(state);
      if (state.view.zoomed) return settled({ ...state, view: { ...state.view, zoomed: false } });
      if (focus === 'pane') return showList(state);
      if (filter.text !== '') return setFilter(state, '', false);
      return marks.size > 0 ? catalogue.with(state, { marks: new Set() }) : undefined;
    },
    select: (state, key) =>
      settled(
        withSelected(
          catalogue,
          state,
          rows(state).find((row) => keyOf(row) === key),
        ),
      ),
    filterOf: (state) => slice(state).filter,
    setFilter,
    openSort(state) {
      const items = sorts.map((column) => ({ id: column, label: column }));
      const position = { selected: sorts.indexOf(slice(state).sort), top: 0 };
      const menu = { ...openMenu(items, false), position };
      return step({ ...state, overlay: { kind: 'menu', purpose: 'catalogue-sort', title: 'sort by', menu } });
    },
    sort,
    sortAgain: (state) => sort(state, slice(state).sort),
    columnsOf: (state) => slice(state).columns,
    withColumns: (state, columns) => catalogue.with(state, { columns: columns as readonly Column[] }),
    mark(state) {
      const row = selectedOf(catalogue, state);
      if (row === undefined) return refuse(state, 'There is nothing to mark.');
      const marks = new Set(slice(state).marks);
      if (!marks.delete(keyOf(row))) marks.add(keyOf(row));
      // On to the next row, so that several can be marked by holding the key.
      return step(moveInList(catalogue.with(state, { marks }), 'down'));
    },
    clearMarks: (state) =>
      slice(state).marks.size === 0
        ? refuse(state, 'Nothing is marked.')
        : step(catalogue.with(state, { marks: new Set() })),
    move(state, move) {
      const { focus, tab } = slice(state);
      if (focus === 'list') return step(moveInList(state, move));
      if (catalogue.lines(state, tab) === undefined) return own.scroll?.(state, KEY_OF[move]) ?? step(state);
      const { total, height } = roomOf(catalogue, state, tab);
      const position = moveList(linePosition(catalogue, state, tab), move, total, height);
      return step(catalogue.withPosition(state, tab, position));
    },
    wheel(state, kind, lines) {
      const { tab, position } = slice(state);
      if (kind === 'entry' || kind === 'entries') {
        const all = rows(state);
        const next = scrolled(position, lines, all.length, catalogueListRows(catalogue, state));
        return step(catalogue.with(withSelected(catalogue, state, all[next.selected]), { position: next }));
      }
      if (catalogue.lines(state, tab) === undefined) return own.scroll?.(state, lines) ?? step(state);
      const { total, height } = roomOf(catalogue, state, tab);
      const next = scrolled(linePosition(catalogue, state, tab), lines, total, height);
      return step(catalogue.withPosition(state, tab, next));
    },
    selectLine(state, tab, index) {
      if (!isTab(tab)) return state;
      const { total, height } = roomOf(catalogue, state, tab);
      const position = { ...catalogue.position(state, tab), selected: index };
      return catalogue.withPosition(state, tab, fitPosition(position, total, height));
    },
    opens: (tab) => (isTab(tab) ? own.opens?.[tab] : undefined),
    copy: own.copy,
  };
}
