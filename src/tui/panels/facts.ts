// What is known of something, a fact a line, in a pane.
import type { Fact } from '../present/fact.js';
import { truncate, widthOf, type Canvas, type Rect } from '../screen/index.js';
import type { ListPosition } from '../widgets/index.js';

export interface PaintedFacts {
  readonly facts: readonly Fact[];
  readonly position: ListPosition;
  /** of the pane, for clicks on its lines */
  readonly tab: string;
  readonly focused: boolean;
  /** what is said where there is nothing */
  readonly nothing: string;
}

export function paintFactLines(
  canvas: Canvas,
  rect: Rect,
  { facts, position, tab, focused, nothing }: PaintedFacts,
): void {
  const { theme, glyphs } = canvas;
  const view = canvas.within(rect);
  if (facts.length === 0) {
    view.text(rect.x + 1, rect.y, nothing, theme.dim);
    return;
  }
  const labels = Math.max(...facts.map(({ label }) => widthOf(label))) + 3;
  for (let i = 0; i < rect.height; i++) {
    const fact = facts[position.top + i];
    if (fact === undefined) break;
    const y = rect.y + i;
    view.text(rect.x + 1, y, fact.label, theme.dim);
    const x = rect.x + 1 + labels;
    const room = rect.x + rect.width - x - 1;
    const [name, value] = settingOf(fact.value);
    const used = view.text(x, y, truncate(name, room, glyphs.ellipsis), theme.dim);
    view.text(
      x + used,
      y,
      truncate(value, room - used, glyphs.ellipsis),
      position.top + i === 0 ? theme.strong : theme.text,
    );
    const whole = { x: rect.x, y, width: rect.width, height: 1 };
    canvas.region(whole, { kind: 'entry-line', id: tab, index: position.top + i });
    if (position.top + i === position.selected) view.restyle(whole, (attr) => theme.selected(attr, focused));
  }
}

/** "NAME=" of a variable or a label, and what it is set to. */
function settingOf(text: string): readonly [name: string, value: string] {
  const name = /^[A-Za-z_][\w./-]*=/.exec(text)?.[0] ?? '';
  return [name, text.slice(name.length)];
}
