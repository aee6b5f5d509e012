// A page that lists things of one kind: what its list, its panes and its keys need to know of the kind. Pure; the reducers of such
// pages (reducers/catalogue.ts) and what paints them (panels/catalogue.ts) are made of it.
import { filterPattern } from './filter.js';
import { inside, layoutOf } from './layout.js';
import type { Rect } from './screen/index.js';
import type { CatalogueName, CatalogueSlice } from './state/catalogue.js';
import type { State } from './state.js';
import type { ListPosition } from './widgets/index.js';

export interface Catalogue<Row, Sort extends string, Column extends string, Tab extends string> {
  readonly name: CatalogueName;
  readonly tabs: readonly Tab[];
  /** the first is by name */
  readonly sorts: readonly Sort[];
  readonly slice: (state: State) => CatalogueSlice<Row, Sort, Column, Tab>;
  readonly with: (state: State, slice: Partial<CatalogueSlice<Row, Sort, Column, Tab>>) => State;
  readonly keyOf: (row: Row) => string;
  /** in the order in which they stand */
  readonly rows: (state: State) => readonly Row[];
  /** whether there is nothing that tabs could be about */
  readonly isEmpty: (state: State) => boolean;
  /** what is said then to who wants to go there */
  readonly nothing: string;
  /** how many lines a tab's list has, and how many stand above it; undefined for one that is no list */
  readonly lines: (state: State, tab: Tab) => { readonly total: number; readonly above: number } | undefined;
  readonly position: (state: State, tab: Tab) => ListPosition;
  readonly withPosition: (state: State, tab: Tab, position: ListPosition) => State;
  /** the tabs of another row are looked at from their beginning */
  readonly afresh: (state: State) => State;
}

// Rows.

/** What is listed, as it passes the filter and in its order; the last answer is kept, as one frame asks several times. */
export function rowsMemo<Row, Sort extends string>(
  by: Readonly<{
    slice: (state: State) => CatalogueSlice<Row, Sort, string, string>;
    /** what the filter looks at */
    text: (row: Row) => string;
    byName: (a: Row, b: Row) => number;
    /** by what it is sorted but by name; what else it depends on is named in `of` */
    value: (sort: Sort, state: State) => (row: Row) => number;
    of: (sort: Sort, state: State) => unknown;
  }>,
): (state: State) => readonly Row[] {
  let lastInput: readonly unknown[] = [];
  let lastRows: readonly Row[] = [];
  const make = (state: State): readonly Row[] => {
    const { list = [], filter, sort, descending } = by.slice(state);
    const pattern = filterPattern(filter.text);
    const shown = filter.text === '' ? [...list] : list.filter((row) => pattern.matches(by.text(row)));
    const sign = descending ? -1 : 1;
    if (sort === 'name') return shown.sort((a, b) => sign * by.byName(a, b));
    const pick = by.value(sort, state);
    const values = new Map(shown.map((row) => [row, pick(row)]));
    return shown.sort((a, b) => sign * (values.get(a)! - values.get(b)!) || by.byName(a, b));
  };
  return (state) => {
    const { list, filter, sort, descending } = by.slice(state);
    const input = [list, filter.text, sort, descending, by.of(sort, state)];
    if (input.some((value, i) => value !== lastInput[i])) {
      lastInput = input;
      lastRows = make(state);
    }
    return lastRows;
  };
}

export const compareNames = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

type AnyCatalogue<Row> = Pick<Catalogue<Row, string, string, string>, 'rows' | 'keyOf'> & {
  readonly slice: (state: State) => Pick<CatalogueSlice<Row, string, string, string>, 'selected' | 'marks' | 'list'>;
};

export const selectedOf = <Row>({ rows, keyOf, slice }: AnyCatalogue<Row>, state: State): Row | undefined =>
  rows(state).find((row) => keyOf(row) === slice(state).selected);

/** What a command is about: the marked ones, else the selected one. */
export function subjectsOf<Row>(catalogue: AnyCatalogue<Row>, state: State): readonly Row[] {
  const { marks, list = [] } = catalogue.slice(state);
  if (marks.size > 0) return list.filter((row) => marks.has(catalogue.keyOf(row)));
  const row = selectedOf(catalogue, state);
  return row === undefined ? [] : [row];
}

// Panes.

/** Borders and the line of column names. */
const LIST_FRAME_ROWS = 3;
const LIST_LEAST_ROWS = 8;
const LIST_SHARE = 0.5;

export interface CataloguePanes {
  readonly list?: Rect;
  readonly pane?: Rect;
}

interface Placed {
  readonly slice: (state: State) => { readonly focus: 'list' | 'pane' };
  readonly rows: (state: State) => readonly unknown[];
  readonly isEmpty: (state: State) => boolean;
}

/** One pane has all the room where there is little, or where it was given to it. */
export function cataloguePanes({ slice, rows, isEmpty }: Placed, state: State): CataloguePanes {
  const { body, narrow } = layoutOf(state);
  const isAlone = narrow || state.view.zoomed;
  if (isEmpty(state) || (isAlone && slice(state).focus === 'list')) return { list: body };
  if (isAlone) return { pane: body };
  const wanted = rows(state).length + LIST_FRAME_ROWS;
  const height = Math.max(LIST_LEAST_ROWS, Math.min(wanted, Math.floor(body.height * LIST_SHARE)));
  return {
    list: { ...body, height },
    pane: { ...body, y: body.y + height, height: body.height - height },
  };
}

/** Rows that the list has room for. */
export const catalogueListRows = (placed: Placed, state: State): number =>
  Math.max(1, (cataloguePanes(placed, state).list?.height ?? 0) - LIST_FRAME_ROWS);

/** The inside of the pane of tabs, or of where it would be. */
export const cataloguePaneInside = (placed: Placed, state: State): Rect =>
  inside(cataloguePanes(placed, state).pane ?? layoutOf(state).body);
