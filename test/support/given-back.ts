// The terminal as a shell wants it back: main screen, cursor, no mouse, no brackets, no focus reports.
import assert from 'node:assert/strict';
import type { Emulator } from './emulator.js';

export function assertGivenBack(screen: Emulator): void {
  const { modes, buffer } = screen.terminal;
  assert.equal(buffer.active.type, 'normal', 'the alternate screen is left');
  assert.equal(modes.mouseTrackingMode, 'none');
  assert.equal(modes.bracketedPasteMode, false);
  assert.equal(modes.sendFocusMode, false);
  assert.equal(modes.synchronizedOutputMode, false);
  const shown = screen.transcript().lastIndexOf('\x1b[?25h');
  assert.ok(shown > screen.transcript().lastIndexOf('\x1b[?25l'), 'the cursor is shown');
}
