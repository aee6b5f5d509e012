// What a container of the image is like, as a person reads it: a fact a line.
import { factsOf, panePosition } from '../../reducers/images.js';
import { truncate, widthOf, type Canvas, type Rect } from '../../screen/index.js';
import type { State } from '../../state.js';

export function paintFacts(canvas: Canvas, rect: Rect, state: State, focused: boolean): void {
  const { theme, glyphs } = canvas;
  const view = canvas.within(rect);
  const facts = factsOf(state);
  if (facts.length === 0) {
    view.text(rect.x + 1, rect.y, 'No image is selected.', theme.dim);
    return;
  }
  const labels = Math.max(...facts.map(({ label }) => widthOf(label))) + 3;
  const position = panePosition(state, 'config');
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
    canvas.region(whole, { kind: 'fact', index: position.top + i });
    if (position.top + i === position.selected) view.restyle(whole, (attr) => theme.selected(attr, focused));
  }
}

/** "NAME=" of a variable or a label, and what it is set to. */
function settingOf(text: string): readonly [name: string, value: string] {
  const name = /^[A-Za-z_][\w./-]*=/.exec(text)?.[0] ?? '';
  return [name, text.slice(name.length)];
}
