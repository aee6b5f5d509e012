// One line that says something that matters now, with the keys that answer it at the right.
import { type Attr, type Canvas, type Rect, truncate, widthOf } from '../screen/index.js';
import { type KeyHint, fittingKeys, paintKeyHint } from './frame.js';

export interface Notice {
  readonly text: string;
  readonly style: Attr;
  readonly keys?: readonly KeyHint[];
}

export function paintNotice(canvas: Canvas, rect: Rect, notice: Notice): void {
  const { glyphs } = canvas;
  const keys = fittingKeys(notice.keys ?? [], Math.floor(rect.width / 2));
  const keysWidth = keys.reduce((sum, hint) => sum + widthOf(hint.key) + 1 + widthOf(hint.label) + 2, -2);
  const room = keys.length > 0 ? rect.width - keysWidth - 2 : rect.width;
  canvas.text(rect.x, rect.y, truncate(notice.text, room, glyphs.ellipsis), notice.style);
  let x = rect.x + rect.width - keysWidth;
  for (const hint of keys) x += paintKeyHint(canvas, x, rect.y, hint) + 2;
}
