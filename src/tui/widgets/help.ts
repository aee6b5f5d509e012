// The keys that work here, as a table in as many columns as there is room for; made from the keymap, never by hand.
import { type Canvas, type Rect, pad, truncate, widthOf } from '../screen/index.js';

export interface HelpRow {
  readonly keys: string;
  readonly text: string;
}

export interface HelpSection {
  readonly title: string;
  readonly rows: readonly HelpRow[];
}

type Line = { readonly title: string } | HelpRow | undefined;

function linesOf(sections: readonly HelpSection[]): Line[] {
  return sections.flatMap((section, i): Line[] => [
    ...(i > 0 ? [undefined] : []),
    { title: section.title },
    ...section.rows,
  ]);
}

/** Cells of one column: enough to read a sentence, not so many that the eye loses the row. */
const COLUMN = 44;

function layout(
  sections: readonly HelpSection[],
  width: number,
): { columns: number; columnWidth: number; rows: number } {
  const columns = Math.max(1, Math.floor((width + 2) / (COLUMN + 2)));
  const columnWidth = Math.floor((width - 2 * (columns - 1)) / columns);
  return { columns, columnWidth, rows: Math.ceil(linesOf(sections).length / columns) };
}

/** Rows that the help takes at this width: what there is to scroll. */
export function helpHeight(sections: readonly HelpSection[], width: number): number {
  return layout(sections, width).rows;
}

/** Paints the rows from `top` on. */
export function paintHelp(canvas: Canvas, rect: Rect, sections: readonly HelpSection[], top: number): void {
  const { theme, glyphs } = canvas;
  const view = canvas.within(rect);
  const { columns, columnWidth, rows } = layout(sections, rect.width);
  const lines = linesOf(sections);
  const keyWidth = Math.min(
    Math.floor(columnWidth / 2),
    Math.max(0, ...sections.flatMap((section) => section.rows.map((row) => widthOf(row.keys)))) + 2,
  );
  for (let column = 0; column < columns; column++) {
    const x = rect.x + column * (columnWidth + 2);
    for (let row = top; row < rows && row - top < rect.height; row++) {
      const line = lines[column * rows + row];
      const y = rect.y + row - top;
      if (!line) continue;
      if ('title' in line) {
        view.text(x, y, truncate(line.title, columnWidth, glyphs.ellipsis), theme.dim);
      } else {
        view.text(x, y, pad(line.keys, keyWidth, 'left', glyphs.ellipsis), theme.key);
        view.text(x + keyWidth, y, truncate(line.text, columnWidth - keyWidth, glyphs.ellipsis), theme.text);
      }
    }
  }
}
