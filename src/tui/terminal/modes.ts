// Modes that a program sets on its terminal and that the emulator keeps to itself: read along as they pass.
import type { Terminal } from '@xterm/headless';
import type { MouseEncoding } from './mouse.js';

export interface WatchedModes {
  mouseEncoding: MouseEncoding;
  cursorVisible: boolean;
}

const encodings: Readonly<Record<number, MouseEncoding>> = { 1005: 'utf8', 1006: 'sgr', 1015: 'urxvt' };

/** @returns the modes as they are now, kept up to date */
export function watchModes(terminal: Terminal): WatchedModes {
  const modes: WatchedModes = { mouseEncoding: 'legacy', cursorVisible: true };
  const set = (on: boolean, parameters: (number | number[])[]): boolean => {
    for (const parameter of parameters) {
      if (parameter === 25) modes.cursorVisible = on;
      const encoding = typeof parameter === 'number' ? encodings[parameter] : undefined;
      if (encoding !== undefined) modes.mouseEncoding = on ? encoding : 'legacy';
    }
    // false: the emulator's own handler goes on.
    return false;
  };
  const reset = (): boolean => {
    modes.mouseEncoding = 'legacy';
    modes.cursorVisible = true;
    return false;
  };
  terminal.parser.registerCsiHandler({ prefix: '?', final: 'h' }, (parameters) => set(true, parameters));
  terminal.parser.registerCsiHandler({ prefix: '?', final: 'l' }, (parameters) => set(false, parameters));
  terminal.parser.registerEscHandler({ final: 'c' }, reset);
  terminal.parser.registerCsiHandler({ intermediates: '!', final: 'p' }, reset);
  // A program in a container has no business with the user's clipboard.
  terminal.parser.registerOscHandler(52, () => true);
  return modes;
}
