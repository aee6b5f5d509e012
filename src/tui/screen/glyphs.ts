// The signs that the dashboard draws with: braille graphs or, for fonts without braille, blocks; and a set in plain ASCII that says
// the same.

export const GLYPH_SETS = ['braille', 'block', 'ascii'] as const;
export type GlyphSet = (typeof GLYPH_SETS)[number];

export interface Glyphs {
  readonly set: GlyphSet;
  readonly ascii: boolean;
  /** Values side by side in one cell of a graph. */
  readonly valuesPerCell: 1 | 2;
  readonly box: {
    readonly horizontal: string;
    readonly vertical: string;
    readonly topLeft: string;
    readonly topRight: string;
    readonly bottomLeft: string;
    readonly bottomRight: string;
    /** Open and close a title in a border: ┤title├. */
    readonly open: string;
    readonly close: string;
    /** A rule inside a pane. */
    readonly rule: string;
    readonly dashed: string;
    /** Where two axes meet. */
    readonly corner: string;
    /** A tick on an upright axis. */
    readonly tick: string;
    /** Upright, where something was changed, and where that meets the axis of time. */
    readonly change: string;
    readonly changeFoot: string;
  };
  /** Nothing, then rising steps to full, from the bottom up: heights within one cell. */
  readonly heights: readonly string[];
  /** The same from the top down; of blocks there are fewer. */
  readonly hanging: readonly string[];
  /** Nothing, then growing steps to full, from the left: lengths within one cell. */
  readonly lengths: readonly string[];
  /** The halves of a cell. */
  readonly half: { readonly upper: string; readonly lower: string };
  /** A line that grows: lit cells, its half cell at the end, what is left. */
  readonly bar: { readonly full: string; readonly half: string; readonly rest: string };
  /** A value of a line in ASCII. */
  readonly point: string;
  /** The unlit rest of a bar. */
  readonly track: string;
  readonly mark: {
    readonly running: string;
    /** Running, with a health check: not known yet, well, not well. */
    readonly starting: string;
    readonly healthy: string;
    readonly unhealthy: string;
    readonly paused: string;
    readonly stopped: string;
    readonly failed: string;
    readonly suffers: string;
    readonly causes: string;
    readonly open: string;
    readonly closed: string;
    readonly marked: string;
    readonly checked: string;
    readonly unchecked: string;
    readonly bell: string;
    readonly selected: string;
    readonly shell: string;
    readonly left: string;
    readonly right: string;
  };
  /** On the border beside a list: the part that is shown. */
  readonly scrollMark: string;
  /** Lines that tie the members of a group to it. */
  readonly tree: { readonly branch: string; readonly last: string };
  readonly ascending: string;
  readonly descending: string;
  readonly ellipsis: string;
  /** Not measured, or no limit. */
  readonly none: string;
  readonly enter: string;
  readonly escape: string;
  readonly space: string;
  readonly leftRight: readonly [string, string];
  /** Numbers in borders: which digit leads here. */
  readonly superscript: readonly string[];
}

const unicode: Glyphs = {
  set: 'braille',
  ascii: false,
  valuesPerCell: 2,
  box: {
    horizontal: '─',
    vertical: '│',
    topLeft: '╭',
    topRight: '╮',
    bottomLeft: '╰',
    bottomRight: '╯',
    open: '┤',
    close: '├',
    rule: '─',
    dashed: '┄',
    corner: '└',
    tick: '┤',
    change: '┊',
    changeFoot: '┴',
  },
  heights: [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  hanging: [' ', '▔', '▔', '▀', '▀', '▀', '▀', '█', '█'],
  lengths: [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'],
  half: { upper: '▀', lower: '▄' },
  bar: { full: '━', half: '╸', rest: '─' },
  point: '•',
  track: '▁',
  mark: {
    running: '●',
    starting: '◐',
    healthy: '◉',
    unhealthy: '✚',
    paused: '‖',
    stopped: '○',
    failed: '✖',
    suffers: '▲',
    causes: '◆',
    open: '▾',
    closed: '▸',
    marked: '✓',
    checked: '[✓]',
    unchecked: '[ ]',
    bell: '♪',
    selected: '▸',
    shell: '▸',
    left: '‹',
    right: '›',
  },
  scrollMark: '┃',
  tree: { branch: '│ ', last: '└ ' },
  ascending: '↑',
  descending: '↓',
  ellipsis: '…',
  none: '–',
  enter: '⏎',
  escape: 'esc',
  space: '␣',
  leftRight: ['←', '→'],
  superscript: ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'],
};

const block: Glyphs = { ...unicode, set: 'block', valuesPerCell: 1 };

const ascii: Glyphs = {
  set: 'ascii',
  ascii: true,
  valuesPerCell: 1,
  box: {
    horizontal: '-',
    vertical: '|',
    topLeft: '+',
    topRight: '+',
    bottomLeft: '+',
    bottomRight: '+',
    open: '[',
    close: ']',
    rule: '-',
    dashed: '.',
    corner: '+',
    tick: '+',
    change: ':',
    changeFoot: '^',
  },
  heights: [' ', '_', '.', '-', '=', '+', '*', '%', '#'],
  hanging: [' ', "'", "'", '"', '"', '"', '*', '%', '#'],
  lengths: [' ', ' ', '-', '-', '=', '=', '=', '#', '#'],
  half: { upper: '"', lower: '_' },
  bar: { full: '=', half: '-', rest: '.' },
  point: '*',
  track: '.',
  mark: {
    running: '*',
    starting: '?',
    healthy: '@',
    unhealthy: '#',
    paused: '"',
    stopped: 'o',
    failed: 'x',
    suffers: '!',
    causes: '>',
    open: 'v',
    closed: '>',
    marked: '+',
    checked: '[x]',
    unchecked: '[ ]',
    bell: '!',
    selected: '>',
    shell: '>',
    left: '<',
    right: '>',
  },
  scrollMark: '#',
  tree: { branch: '| ', last: '` ' },
  ascending: '^',
  descending: 'v',
  ellipsis: '~',
  none: '-',
  enter: 'enter',
  escape: 'esc',
  space: 'space',
  leftRight: ['left', 'right'],
  superscript: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
};

const SETS: Readonly<Record<GlyphSet, Glyphs>> = { braille: unicode, block, ascii };

/** A set by its name, or the one for a terminal that does or does not show more than ASCII. */
export function glyphsFor(set: GlyphSet | boolean): Glyphs {
  return SETS[typeof set === 'string' ? set : set ? 'ascii' : 'braille'];
}
