// Text selected with the mouse in a pane, by its cells as they are on the screen: in reading order, within the pane, whatever
// stands in it. A shell selects in its own buffer instead (terminal/selection.ts), which scrolls.
import type { Canvas } from './canvas.js';
import type { Rect } from './cells.js';

export interface CellPlace {
  readonly x: number;
  readonly y: number;
}

export interface CellSelection {
  /** the pane: nothing outside of it is selected */
  readonly rect: Rect;
  readonly anchor: CellPlace;
  readonly head: CellPlace;
}

/** The selection led to a place, which may lie outside of the pane. */
export function extended({ rect, anchor }: CellSelection, x: number, y: number): CellSelection {
  const within = (value: number, from: number, length: number): number =>
    Math.max(from, Math.min(from + length - 1, value));
  return { rect, anchor, head: { x: within(x, rect.x, rect.width), y: within(y, rect.y, rect.height) } };
}

/** The cells of each row that are selected, the upper first. */
export function selectedRows({ rect, anchor, head }: CellSelection): readonly Rect[] {
  const isForward = anchor.y < head.y || (anchor.y === head.y && anchor.x <= head.x);
  const [from, to] = isForward ? [anchor, head] : [head, anchor];
  return Array.from({ length: to.y - from.y + 1 }, (_, i): Rect => {
    const y = from.y + i;
    const first = y === from.y ? from.x : rect.x;
    const last = y === to.y ? to.x : rect.x + rect.width - 1;
    return { x: first, y, width: last - first + 1, height: 1 };
  });
}

export function paintCellSelection(canvas: Canvas, selection: CellSelection): void {
  for (const row of selectedRows(selection)) canvas.restyle(row, (attr) => canvas.theme.selected(attr, true));
}

/** What is selected, as it stands on the screen: spaces at the ends of rows left out. */
export function selectedText(canvas: Canvas, selection: CellSelection): string {
  return selectedRows(selection)
    .map((row) => canvas.textIn(row))
    .join('\n');
}
