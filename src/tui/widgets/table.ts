// A table that lays its columns out by importance and paints the rows that are visible, however many there are.
import {
  type Align,
  type Attr,
  type Canvas,
  type Rect,
  type Span,
  type Target,
  pad,
  widthOf,
} from '../screen/index.js';
import type { ListPosition } from './scroll.js';

/** What stands in a cell: text, spans, or something that paints itself into the cell's rectangle. */
export type CellContent = string | readonly Span[] | ((canvas: Canvas, rect: Rect) => void);

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** Cells; a column that cannot have its least width is left out. */
  readonly min: number;
  /** Cells it grows to where there is room; `min` where absent. */
  readonly max?: number;
  /** 0 is always shown; of the others the highest number goes first. */
  readonly priority: number;
  readonly align?: Align;
  readonly cell: (row: Row, index: number) => CellContent;
  /** For text: its look; the theme's text where absent. */
  readonly style?: (row: Row, index: number) => Attr;
}

export interface PlacedColumn<Row> {
  readonly column: Column<Row>;
  /** Cells from the left edge of the table. */
  readonly x: number;
  readonly width: number;
}

export interface Table<Row> {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly position: ListPosition;
  /** Whether the pane has the focus: the selection is bright, else faint. */
  readonly focused: boolean;
  readonly sort?: { readonly column: string; readonly descending: boolean };
  /** What a click on a row means. */
  readonly rowTarget?: (row: Row, index: number) => Target;
  /** What a click on a column's title means. */
  readonly headerTarget?: (column: Column<Row>) => Target;
  readonly header?: boolean;
}

const GAP = 1;

/** Which columns there are at `width` cells, and where: by priority, then grown from the left to their greatest widths. */
export function placeColumns<Row>(columns: readonly Column<Row>[], width: number): PlacedColumn<Row>[] {
  let kept = [...columns];
  const least = (list: readonly Column<Row>[]): number => list.reduce((sum, c) => sum + c.min + GAP, -GAP);
  while (least(kept) > width && kept.length > 1) {
    const lowest = Math.max(...kept.map((c) => c.priority));
    if (lowest === 0) break;
    const drop = kept.findLastIndex((c) => c.priority === lowest);
    kept = kept.filter((_, i) => i !== drop);
  }
  const widths = grow(kept, width - least(kept));
  let x = 0;
  return kept.map((column, i) => {
    const placed = { column, x, width: Math.max(0, Math.min(widths[i]!, width - x)) };
    x += widths[i]! + GAP;
    return placed;
  });
}

/** Shares `spare` cells out among the columns that may grow, evenly, none above its greatest width. */
function grow<Row>(columns: readonly Column<Row>[], spare: number): number[] {
  const widths = columns.map((c) => c.min);
  let left = spare;
  for (;;) {
    const open = columns.map((_, i) => i).filter((i) => widths[i]! < (columns[i]!.max ?? columns[i]!.min));
    if (open.length === 0 || left <= 0) return widths;
    const share = Math.max(1, Math.floor(left / open.length));
    for (const i of open) {
      const more = Math.min(share, left, columns[i]!.max! - widths[i]!);
      widths[i]! += more;
      left -= more;
    }
  }
}

/** Rows that a table shows in a rectangle of this height. */
export function visibleRows(height: number, header = true): number {
  return Math.max(0, height - (header ? 1 : 0));
}

export function paintTable<Row>(canvas: Canvas, rect: Rect, table: Table<Row>): void {
  const view = canvas.within(rect);
  const placed = placeColumns(table.columns, rect.width);
  const header = table.header ?? true;
  if (header) paintHeader(view, rect, placed, table);
  const first = rect.y + (header ? 1 : 0);
  const height = visibleRows(rect.height, header);
  const { top, selected } = table.position;
  for (let line = 0; line < height; line++) {
    const index = top + line;
    const row = table.rows[index];
    if (row === undefined) break;
    paintRow(view, rect, first + line, placed, row, index);
    const whole = { x: rect.x, y: first + line, width: rect.width, height: 1 };
    if (index === selected) view.restyle(whole, (attr) => canvas.theme.selected(attr, table.focused));
    if (table.rowTarget) view.region(whole, table.rowTarget(row, index));
  }
  paintScrollMark(canvas, rect, first, height, top, table.rows.length);
}

function paintHeader<Row>(view: Canvas, rect: Rect, placed: readonly PlacedColumn<Row>[], table: Table<Row>): void {
  const { theme, glyphs } = view;
  for (const { column, x, width } of placed) {
    const sorted = table.sort?.column === column.id;
    const arrow = sorted ? (table.sort.descending ? glyphs.descending : glyphs.ascending) : '';
    const title = pad(column.title + arrow, width, column.align ?? 'left', glyphs.ellipsis);
    view.text(rect.x + x, rect.y, title, sorted ? theme.strong : theme.dim);
    if (table.headerTarget) {
      view.region({ x: rect.x + x, y: rect.y, width: width + GAP, height: 1 }, table.headerTarget(column));
    }
  }
}

function paintRow<Row>(
  view: Canvas,
  rect: Rect,
  y: number,
  placed: readonly PlacedColumn<Row>[],
  row: Row,
  index: number,
): void {
  for (const { column, x, width } of placed) {
    const content = column.cell(row, index);
    const cell = { x: rect.x + x, y, width, height: 1 };
    if (typeof content === 'function') {
      content(view.within(cell), cell);
    } else if (typeof content === 'string') {
      const text = pad(content, width, column.align ?? 'left', view.glyphs.ellipsis);
      view.text(cell.x, y, text, column.style?.(row, index) ?? view.theme.text, width);
    } else {
      const used = content.reduce((sum, span) => sum + widthOf(span.text), 0);
      const shift = column.align === 'right' ? Math.max(0, width - used) : 0;
      view.spans(cell.x + shift, y, content, width - shift);
    }
  }
}

/** On the border right of the table: which part of the rows is shown, where not all are. */
function paintScrollMark(canvas: Canvas, rect: Rect, first: number, height: number, top: number, total: number): void {
  if (total <= height || height <= 0) return;
  const size = Math.max(1, Math.round((height * height) / total));
  const start = Math.round((top / (total - height)) * (height - size));
  const x = rect.x + rect.width;
  for (let i = 0; i < size; i++) canvas.put(x, first + start + i, canvas.glyphs.scrollMark, canvas.theme.dim);
}
