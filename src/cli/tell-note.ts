// What a container that was started has to do without, on standard error: a sentence that its state keeps too.
import type { Container } from '../engine/index.js';
import type { Context } from './context.js';
import { printable } from './output.js';

export function tellNote(context: Context, { config, state }: Container): void {
  if (state.note === undefined) return;
  const line = printable(state.note);
  // A terminal that is the container's now does not go back to the beginning of a line by itself.
  context.warn(config.tty && context.stdin.isTTY ? `${line}\r` : line);
}
