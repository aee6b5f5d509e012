// A pane's border with what it says: titles and tabs above, the keys of the pane in focus below. Everything in it that has a
// target can be clicked.
//
//   ╭─┤¹containers 7 of 9├─┤sort cpu ↓├──────╮
//   │                                        │
//   ╰─┤n new  e shell  ? keys├───────────────╯
import { type Attr, type Canvas, type Rect, type Target, inset, truncate, widthOf } from '../screen/index.js';

export interface Title {
  readonly text: string;
  /** The digit that leads here, shown small before the text. */
  readonly number?: number;
  /** The tab that is shown. Where one title is active, the others are dim. */
  readonly active?: boolean;
  readonly target?: Target;
}

export interface KeyHint {
  /** As it is printed: 'n', '⏎', 'ctrl-]'. */
  readonly key: string;
  readonly label: string;
  readonly target?: Target;
}

export interface Frame {
  /** From the left; what has no room is left out, the active one last. */
  readonly titles: readonly Title[];
  /** Set at the right end of the upper border. */
  readonly right?: string;
  /** Most important first; the last one (`? keys`) is always shown. Only the pane in focus names its keys. */
  readonly keys?: readonly KeyHint[];
  readonly focused: boolean;
  /** Something that must not be overlooked, in place of `right`; the border is as loud. */
  readonly alarm?: string;
}

/** Cells that a title takes besides its text: `─┤` and `├`. */
const TITLE_TRIM = 3;

/** @returns the rectangle inside the border */
export function paintFrame(canvas: Canvas, rect: Rect, frame: Frame): Rect {
  canvas.box(rect, borderOf(canvas, frame));
  const right = paintRight(canvas, rect, frame);
  paintTitles(canvas, rect, frame, rect.width - 3 - right);
  if (frame.focused && frame.keys && frame.keys.length > 0) paintKeys(canvas, rect, frame.keys);
  return inset(rect);
}

const borderOf = ({ theme }: Canvas, { alarm, focused }: Frame): Attr =>
  alarm === undefined ? (focused ? theme.borderFocus : theme.border) : theme.error;

function titleText(canvas: Canvas, title: Title): string {
  const number = title.number === undefined ? '' : (canvas.glyphs.superscript[title.number] ?? '');
  return number + title.text;
}

/** The titles that fit into `room` cells, in their order, the active one among them whatever comes before it. */
function fitting(canvas: Canvas, titles: readonly Title[], room: number): Title[] {
  const width = (title: Title): number => widthOf(titleText(canvas, title)) + TITLE_TRIM;
  const active = titles.find((title) => title.active);
  let left = room - (active ? width(active) : 0);
  let full = false;
  return titles.filter((title) => {
    if (title === active) return true;
    if (full || width(title) > left) {
      // Later ones that are shorter must not jump the queue: a row of tabs with holes cannot be read.
      full = true;
      return false;
    }
    left -= width(title);
    return true;
  });
}

function paintTitles(canvas: Canvas, rect: Rect, frame: Frame, room: number): void {
  const { theme, glyphs } = canvas;
  const border = borderOf(canvas, frame);
  const isTabbed = frame.titles.some((title) => title.active);
  const shown = fitting(canvas, frame.titles, room);
  // Where not even the first title fits it is cut: a pane without a name is worse than one with half a name.
  const first = frame.titles[0];
  const titles = shown.length === 0 && first !== undefined ? [first] : shown;
  let x = rect.x + 1;
  for (const title of titles) {
    const text = truncate(titleText(canvas, title), room - TITLE_TRIM, glyphs.ellipsis);
    if (text === '') break;
    const isLit = isTabbed ? title.active === true : title === titles[0];
    canvas.text(x, rect.y, glyphs.box.horizontal + glyphs.box.open, border);
    const style = isLit ? (frame.focused ? theme.titleFocus : theme.strong) : theme.title;
    const width = canvas.text(x + 2, rect.y, text, style);
    canvas.text(x + 2 + width, rect.y, glyphs.box.close, border);
    if (title.target) canvas.region({ x: x + 1, y: rect.y, width: width + 2, height: 1 }, title.target);
    x += width + TITLE_TRIM;
  }
  if (shown.length < frame.titles.length && x < rect.x + rect.width - 2) {
    canvas.text(x, rect.y, glyphs.ellipsis, theme.dim);
  }
}

function paintRight(canvas: Canvas, rect: Rect, frame: Frame): number {
  const text = frame.alarm === undefined ? frame.right : truncate(frame.alarm, rect.width - 8);
  if (text === undefined) return 0;
  const { theme, glyphs } = canvas;
  const border = borderOf(canvas, frame);
  const width = widthOf(text) + 2;
  // Titles matter more than a remark: it goes where half the border is left for them.
  if (frame.alarm === undefined && width > rect.width / 2) return 0;
  const x = rect.x + rect.width - 2 - width;
  canvas.text(x, rect.y, glyphs.box.open, border);
  canvas.text(x + 1, rect.y, text, frame.alarm === undefined ? theme.dim : theme.match);
  canvas.text(x + width - 1, rect.y, glyphs.box.close, border);
  return width + 1;
}

/** The hints that fit into `room` cells: the last always, the others from the first on. */
export function fittingKeys(keys: readonly KeyHint[], room: number): KeyHint[] {
  const width = (hint: KeyHint): number => widthOf(hint.key) + 1 + widthOf(hint.label) + 2;
  const last = keys.at(-1);
  if (!last) return [];
  let left = room - width(last) + 2;
  const head: KeyHint[] = [];
  for (const hint of keys.slice(0, -1)) {
    if (width(hint) > left) break;
    left -= width(hint);
    head.push(hint);
  }
  return [...head, last];
}

function paintKeys(canvas: Canvas, rect: Rect, keys: readonly KeyHint[]): void {
  const { theme, glyphs } = canvas;
  const y = rect.y + rect.height - 1;
  const view = canvas.within({ x: rect.x + 1, y, width: rect.width - 2, height: 1 });
  let x = rect.x + 2;
  view.text(x, y, glyphs.box.open, theme.borderFocus);
  x += 1;
  const hints = fittingKeys(keys, rect.width - 6);
  for (const [i, hint] of hints.entries()) {
    x += paintKeyHint(view, x, y, hint);
    if (i < hints.length - 1) x += view.text(x, y, '  ', theme.dim);
  }
  view.text(x, y, glyphs.box.close, theme.borderFocus);
}

/** One key with what it does, the key bright. @returns the cells it took */
export function paintKeyHint(canvas: Canvas, x: number, y: number, hint: KeyHint): number {
  const { theme } = canvas;
  const keyWidth = canvas.text(x, y, hint.key, theme.key);
  const gap = hint.label === '' ? 0 : 1;
  if (gap > 0) canvas.text(x + keyWidth, y, ' ', theme.dim);
  const width = keyWidth + gap + canvas.text(x + keyWidth + gap, y, hint.label, theme.dim);
  if (hint.target) canvas.region({ x, y, width, height: 1 }, hint.target);
  return width;
}
