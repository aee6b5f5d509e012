// The state of a dashboard that has just been opened, for tests of reducers that need no more.
import { initialState } from '../../src/tui/state/initial.js';
import { type State } from '../../src/tui/state.js';

export const emptyState = (now: number): State =>
  initialState({
    now,
    size: { columns: 120, rows: 36 },
    appearance: { theme: 'dark', colours: 256, glyphs: 'braille' },
  });
