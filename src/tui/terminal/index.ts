// A real terminal inside a rectangle: what runs in it can draw whatever it likes there, and nothing of it gets out but cells.
// Nothing in here knows what a container is.
//
// Tests: test/pure/tui-screen (encodings), test/screen (real programs under a pty).
export { type PaneMouseResult, type PaneOptions, type TerminalPane, openPane } from './pane.js';
export type { Pty, PtyExit } from './port.js';
