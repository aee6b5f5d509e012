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
  readonly columnWidth: number;
  readonly keyWidth: number;
  readonly columns: readonly (readonly Line[])[];
  readonly rows: number;
}

function layout(sections: readonly HelpSection[], width: number): Layout {
  const count = Math.max(1, Math.floor((width + GAP) / (COLUMN + GAP)));
  const columnWidth = Math.floor((width - GAP * (count - 1)) / count);
  const widest = Math.max(0, ...sections.flatMap((section) => section.rows.map((row) => widthOf(row.keys))));
  const keyWidth = Math.min(Math.floor(columnWidth / 2), widest + GAP);
  const blocks = sections.flatMap((section, i): Line[][] => {
    const rows = section.rows.map(({ keys, text }) =>
      wrap(text, columnWidth - keyWidth).map((line, k): HelpRow => ({ keys: k === 0 ? keys : '', text: line })),
    );
    const [first = [], ...others] = rows;
    return [[...(i > 0 ? [undefined] : []), { title: section.title }, ...first], ...others];
  });
  const columns = balanced(blocks, count);
  return { columnWidth, keyWidth, columns, rows: Math.max(0, ...columns.map(({ length }) => length)) };
}

/** Blocks one after the other in so many columns, as low as can be: none is torn apart, and no column begins with a gap. */
function balanced(blocks: readonly Line[][], count: number): readonly Line[][] {
  const total = blocks.reduce((sum, { length }) => sum + length, 0);
  for (let rows = Math.ceil(total / count); ; rows++) {
    const columns: Line[][] = [[]];
    for (const block of blocks) {
      const last = columns.at(-1)!;
      if (last.length + block.length <= rows || last.length === 0) last.push(...block);
      else columns.push(block[0] === undefined ? block.slice(1) : [...block]);
    }
    if (columns.length <= count) return columns;
  }
}

/** Rows that the help takes at this width: what there is to scroll. */
export function helpHeight(sections: readonly HelpSection[], width: number): number {
  return layout(sections, width).rows;
}

/** Paints the rows from `top` on. */
export function paintHelp(canvas: Canvas, rect: Rect, sections: readonly HelpSection[], top: number): void {
  const { theme, glyphs } = canvas;
  const view = canvas.within(rect);
  const { columns, columnWidth, keyWidth } = layout(sections, rect.width);
  for (const [column, lines] of columns.entries()) {
    const x = rect.x + column * (columnWidth + GAP);
    for (const [row, line] of lines.slice(top, top + rect.height).entries()) {
      const y = rect.y + row;
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
