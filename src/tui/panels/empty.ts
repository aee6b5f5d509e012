// What a first visitor sees: nothing runs, and what to press.
import type { CommandName } from '../keymap.js';
import { widthOf, type Canvas, type Rect } from '../screen/index.js';
import type { State } from '../state.js';
import { commandTarget, printedKey } from './hints.js';

const CHOICES: readonly (readonly [command: CommandName, text: string])[] = [
  ['new', 'run your first container (its image is made from this host)'],
  ['demo', 'the demo: three services, and a noisy one that wakes after ten seconds'],
  ['images', 'images: pull one, build one, import a tarball'],
];

export function paintEmptyTable(canvas: Canvas, rect: Rect, state: State): void {
  const { theme } = canvas;
  const view = canvas.within(rect);
  const x = rect.x + Math.max(2, Math.floor((rect.width - 84) / 2) - 1);
  const y = rect.y + Math.max(1, Math.floor(rect.height / 3) - 1);
  const { engine } = state.containers;
  if (engine === 'opening') return;
  if (engine !== 'open') {
    view.text(x, y, 'The engine cannot be opened.', theme.error);
    view.text(x, y + 2, engine.failed, theme.text, rect.width - 4);
    return;
  }
  paintChoices(view, x, y, state, 'Nothing runs here yet.', CHOICES);
}

/** A sentence, and what can be done about it: keys to press or to click. */
export function paintChoices(
  view: Canvas,
  x: number,
  y: number,
  state: State,
  sentence: string,
  choices: readonly (readonly [command: CommandName, text: string])[],
): void {
  const { theme } = view;
  view.text(x, y, sentence, theme.strong);
  const named = choices.map(([command, text]) => ({ command, text, key: printedKey(command, state, view.glyphs) }));
  const keys = Math.max(...named.map(({ key }) => widthOf(key))) + 3;
  named.forEach(({ command, text, key }, i) => {
    view.text(x, y + 2 + i, key, theme.key);
    view.text(x + keys, y + 2 + i, text, theme.text);
    view.region({ x, y: y + 2 + i, width: text.length + keys, height: 1 }, commandTarget(command));
  });
}
