// A list to choose from, narrowed by typing: the command palette, a sort menu, the actions of a row.
import fuzzysort from 'fuzzysort';
import {
  type Canvas,
  type KeyEvent,
  type PasteEvent,
  type Rect,
  type Target,
  eachCluster,
  truncate,
  widthOf,
} from '../screen/index.js';
import { EMPTY_LINE, type LineEdit, editLine, visiblePart } from './edit.js';
import { LIST_START, type ListPosition, fitPosition, stepOf } from './scroll.js';

export interface MenuItem {
  readonly id: string;
  readonly label: string;
  /** Shown dim behind the label, and searched too. */
  readonly detail?: string;
  /** The key that does the same without the menu, shown at the right: menus teach keys. */
  readonly key?: string;
  /** Only there once something is typed: there are too many to look through. */
  readonly whenTyped?: true | undefined;
}

export interface Menu {
  readonly items: readonly MenuItem[];
  /** What was typed; absent in a menu that is not searched. */
  readonly query?: LineEdit;
  readonly position: ListPosition;
}

/** An item that was found, with the places in its label that the query matched. */
export interface FoundItem {
  readonly item: MenuItem;
  readonly matched: ReadonlySet<number>;
}

export function openMenu(items: readonly MenuItem[], searched: boolean): Menu {
  return { items, position: LIST_START, ...(searched ? { query: EMPTY_LINE } : {}) };
}

const NO_MATCH: ReadonlySet<number> = new Set();

let lastItems: readonly MenuItem[] = [];
let lastQuery = '';
let lastFound: readonly FoundItem[] = [];

/**
 * The items that the query leaves, best first; all of them in their order while nothing is typed. The last answer is kept: a key
 * and the frame after it ask several times.
 */
export function foundItems(menu: Menu): readonly FoundItem[] {
  const query = menu.query?.text.trim() ?? '';
  if (menu.items !== lastItems || query !== lastQuery) {
    lastFound = search(menu.items, query);
    lastItems = menu.items;
    lastQuery = query;
  }
  return lastFound;
}

function search(items: readonly MenuItem[], query: string): readonly FoundItem[] {
  if (query === '') return items.filter(({ whenTyped }) => !whenTyped).map((item) => ({ item, matched: NO_MATCH }));
  const results = fuzzysort.go(query, items, { keys: ['label', 'detail'], threshold: 0.2 });
  return results.map((result) => ({ item: result.obj, matched: new Set(result[0]?.indexes ?? []) }));
}

/** The item that enter would take. */
export function selectedItem(menu: Menu): MenuItem | undefined {
  return foundItems(menu)[menu.position.selected]?.item;
}

/**
 * @param height rows the list has on the screen
 * @returns the menu after the key, or undefined where the key is none of its (enter, escape, …)
 */
export function reduceMenu(menu: Menu, event: KeyEvent | PasteEvent, height: number): Menu | undefined {
  if (event.type === 'key') {
    // While one types, letters are letters; only keys that write nothing move.
    const key = event.key === 'ctrl-n' ? 'down' : event.key === 'ctrl-p' ? 'up' : event.key;
    const isMove = menu.query === undefined || event.text === undefined;
    const step =
      isMove && !(menu.query && key.startsWith('ctrl-')) ? stepOf(key, height, menu.items.length) : undefined;
    if (step !== undefined && !(menu.query && (key === 'home' || key === 'end'))) {
      const total = foundItems(menu).length;
      const selected = menu.position.selected + step;
      // One step past an end comes round to the other; longer steps stop at it.
      const wrapped = Math.abs(step) === 1 && total > 0 ? (selected + total) % total : selected;
      return { ...menu, position: fitPosition({ ...menu.position, selected: wrapped }, total, height) };
    }
  }
  if (!menu.query) return undefined;
  const query = editLine(menu.query, event);
  if (!query) return undefined;
  const position = query.text === menu.query.text ? menu.position : LIST_START;
  return { ...menu, query, position };
}

/** Paints the query line (where there is one) and the list below it; a click on an item means `target(item)`. */
export function paintMenu(canvas: Canvas, rect: Rect, menu: Menu, target: (item: MenuItem) => Target): void {
  const list = menu.query ? paintQuery(canvas, rect, menu.query) : rect;
  const view = canvas.within(list);
  const { theme, glyphs } = canvas;
  const found = foundItems(menu);
  const { top, selected } = fitPosition(menu.position, found.length, list.height);
  const details = list.x + detailColumn(menu, list.width);
  if (found.length === 0) view.text(list.x, list.y, 'nothing like that', theme.dim);
  for (const [i, { item, matched }] of found.slice(top, top + list.height).entries()) {
    const y = list.y + i;
    const keyWidth = item.key === undefined ? 0 : widthOf(item.key) + 1;
    const room = list.width - keyWidth;
    const end = list.x + paintLabel(view, list.x, y, item.label, matched, room);
    if (item.detail !== undefined) {
      const x = Math.max(end + 2, details);
      view.text(x, y, truncate(item.detail, list.x + room - x, glyphs.ellipsis), theme.dim);
    }
    if (item.key !== undefined) view.text(list.x + list.width - keyWidth + 1, y, item.key, theme.key);
    const whole = { x: list.x, y, width: list.width, height: 1 };
    if (top + i === selected) view.restyle(whole, (attr) => theme.selected(attr, true));
    view.region(whole, target(item));
  }
}

/** Where details begin: below each other, or where one types close to their labels, as those change with each letter. */
function detailColumn({ query, items }: Menu, width: number): number {
  if (query !== undefined) return 0;
  const longest = Math.max(0, ...items.map(({ label, detail }) => (detail === undefined ? 0 : widthOf(label))));
  return Math.min(longest, Math.floor(width / 3)) + 2;
}

function paintQuery(canvas: Canvas, rect: Rect, query: LineEdit): Rect {
  const { theme } = canvas;
  const part = visiblePart(query, rect.width - 3);
  canvas.text(rect.x, rect.y, canvas.glyphs.mark.right, theme.dim);
  canvas.text(rect.x + 2, rect.y, part.text, theme.strong, rect.width - 2);
  canvas.showCursor(rect.x + 2 + part.caret, rect.y);
  return { x: rect.x, y: rect.y + 2, width: rect.width, height: Math.max(0, rect.height - 2) };
}

function paintLabel(
  view: Canvas,
  x: number,
  y: number,
  label: string,
  matched: ReadonlySet<number>,
  room: number,
): number {
  let used = 0;
  eachCluster(label, (cluster, width, index) => {
    if (used + width > room) return false;
    view.put(x + used, y, cluster, matched.has(index) ? view.theme.notice : view.theme.text, width);
    used += width;
    return true;
  });
  return used;
}
