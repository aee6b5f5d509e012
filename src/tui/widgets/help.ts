// The keys that work here, as a table in as many columns as there is room for; made from the keymap, never by hand.
import { type Canvas, type Rect, pad, truncate, widthOf, wrap } from '../screen/index.js';

export interface HelpRow {
  readonly keys: string;
  readonly text: string;
}

export interface HelpSection {
  readonly title: string;
  readonly rows: readonly HelpRow[];
}

/** A row of text; `keys` is '' where the text of the row above goes on. */
type Line = { readonly title: string } | HelpRow | undefined;

/** Cells of one column: enough to read a sentence, not so many that the eye loses the row. */
const COLUMN = 52;
const GAP = 2;

interface Layout {
  readonly columns: number;
  readonly columnWidth: number;
  readonly keyWidth: number;
  readonly lines: readonly Line[];
  readonly rows: number;
}

function layout(sections: readonly HelpSection[], width: number): Layout {
  const columns = Math.max(1, Math.floor((width + GAP) / (COLUMN + GAP)));
  const columnWidth = Math.floor((width - GAP * (columns - 1)) / columns);
  const widest = Math.max(0, ...sections.flatMap((section) => section.rows.map((row) => widthOf(row.keys))));
  const keyWidth = Math.min(Math.floor(columnWidth / 2), widest + GAP);
  const lines = sections.flatMap((section, i): Line[] => [
    ...(i > 0 ? [undefined] : []),
    { title: section.title },
    ...section.rows.flatMap(({ keys, text }) =>
      wrap(text, columnWidth - keyWidth).map((line, k): HelpRow => ({ keys: k === 0 ? keys : '', text: line })),
    ),
  ]);
  return { columns, columnWidth, keyWidth, lines, rows: Math.ceil(lines.length / columns) };
}

/** Rows that the help takes at this width: what there is to scroll. */
export function helpHeight(sections: readonly HelpSection[], width: number): number {
  return layout(sections, width).rows;
}

/** Paints the rows from `top` on. */
export function paintHelp(canvas: Canvas, rect: Rect, sections: readonly HelpSection[], top: number): void {
  const { theme, glyphs } = canvas;
  const view = canvas.within(rect);
  const { columns, columnWidth, keyWidth, lines, rows } = layout(sections, rect.width);
  for (let column = 0; column < columns; column++) {
    const x = rect.x + column * (columnWidth + GAP);
    for (let row = top; row < rows && row - top < rect.height; row++) {
      const line = lines[column * rows + row];
      const y = rect.y + row - top;
      if (!line) continue;
      if ('title' in line) {
        view.text(x, y, truncate(line.title, columnWidth, glyphs.ellipsis), theme.dim);
      } else {
        view.text(x, y, pad(line.keys, keyWidth, 'left', glyphs.ellipsis), theme.key);
        view.text(x + keyWidth, y, line.text, theme.text, columnWidth - keyWidth);
      }
    }
  }
}
