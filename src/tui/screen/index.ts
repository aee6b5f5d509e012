// The terminal's edge: blessed and its mends, cells, colours, input. Nothing in here knows what a container is.
//
//   bytes in ─► InputParser ─► events ─► (the app) ─► invalidate() ─► paint(canvas) ─► differences ─► bytes out
//
// Tests: test/pure/tui-screen, test/screen.
export type { Attr, Cell, Rect, Span, Style } from './cells.js';
export { Flag, PLAIN, attr, bgOf, bold, contains, fgOf, inset, intersect, withBg, withFg } from './cells.js';
export { type ColourDepth, contrast, nearest16, nearest256, rgbOf, trueColour } from './colours.js';
export { type Align, cellWidth, eachCluster, pad, printable, truncate, widthOf, wrap } from './text.js';
export { clean, styledLine } from './sanitize.js';
export { extended, paintCellSelection, selectedText, type CellSelection } from './cell-selection.js';
export { Canvas, type Hit, type Look, type Target } from './canvas.js';
export { HOT, type Ramp, type Resource, type Shades, type Theme, type TwoWay, WARM, shadeAt, stopOf } from './theme.js';
export { themeFor } from './make-theme.js';
export { type Hex, PALETTES, type Palette, THEME_NAMES, type ThemeName, aboutTheme } from './palettes.js';
export { GLYPH_SETS, type GlyphSet, type Glyphs, glyphsFor } from './glyphs.js';
export { detectAscii, detectColours, detectLight } from './detect.js';
export {
  type FocusEvent,
  InputParser,
  type KeyEvent,
  type Modifiers,
  type MouseButton,
  type MouseEvent,
  type PasteEvent,
  type ReplyEvent,
  type TerminalEvent,
} from './input.js';
export { type Screen, type ScreenEvent, type ScreenOptions, openScreen } from './screen.js';
