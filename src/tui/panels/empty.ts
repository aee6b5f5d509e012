// What a first visitor sees: nothing runs, and what to press.
import type { CommandName } from '../keymap.js';
import { widthOf, type Canvas, type Rect } from '../screen/index.js';
import type { State } from '../state.js';
import { commandTarget, printedKey } from './hints.js';

const CHOICES: readonly (readonly [command: CommandName, text: string])[] = [
  ['new', 'run your first container (its image is made from this host)'],
  ['demo', 'the demo: three services, and a noisy one that wakes after ten seconds'],
  ['images', 'images: import a tarball or a directory'],
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
  view.text(x, y, 'Nothing runs here yet.', theme.strong);
  const choices = CHOICES.map(([command, text]) => ({
    command,
    text,
    key: printedKey(command, state, canvas.glyphs),
  }));
  const keys = Math.max(...choices.map(({ key }) => widthOf(key))) + 3;
  choices.forEach(({ command, text, key }, i) => {
    view.text(x, y + 2 + i, key, theme.key);
    view.text(x + keys, y + 2 + i, text, theme.text);
    view.region({ x, y: y + 2 + i, width: text.length + keys, height: 1 }, commandTarget(command));
  });
}
