// Which columns the table has, and their order: changed in sight of the table itself.
import { COLUMN_SETS } from '../reducers/columns.js';
import type { ColumnsOverlay } from '../state/overlays.js';
import { pad, truncate, type Canvas } from '../screen/index.js';
import { modalRect, paintModal } from '../widgets/index.js';

const WIDTH = 84;
const NAME_CELLS = 11;

export function paintColumns(canvas: Canvas, { of, entries, selected }: ColumnsOverlay): void {
  const { theme, glyphs } = canvas;
  const keys = [
    { key: glyphs.space, label: 'show or hide' },
    { key: 'J K', label: 'move down, up' },
    { key: 'r', label: 'the usual ones' },
    { key: glyphs.enter, label: 'done' },
    { key: glyphs.escape, label: 'as before' },
  ];
  const rect = modalRect(canvas, Math.min(WIDTH, canvas.width), Math.min(entries.length + 2, canvas.height - 4));
  const inner = paintModal(canvas, rect, { titles: [{ text: 'columns' }], focused: true, keys }, false);
  const top = Math.max(0, Math.min(selected - Math.floor(inner.height / 2), entries.length - inner.height));
  for (const [i, { name, shown }] of entries.slice(top, top + inner.height).entries()) {
    const line = { x: inner.x, y: inner.y + i, width: inner.width, height: 1 };
    let x = line.x + canvas.text(line.x, line.y, shown ? glyphs.mark.checked : glyphs.mark.unchecked, theme.key) + 1;
    x += canvas.text(x, line.y, pad(name, NAME_CELLS), shown ? theme.text : theme.dim);
    canvas.text(
      x,
      line.y,
      truncate(COLUMN_SETS[of].about[name] ?? '', line.x + line.width - x, glyphs.ellipsis),
      theme.dim,
    );
    if (top + i === selected) canvas.restyle(line, (attr) => theme.selected(attr, true));
    canvas.region(line, { kind: 'item', id: name });
  }
}
