// What the dashboard writes is read by a terminal: whatever is painted, an emulator must show the same cells.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import headless, { type Terminal } from '@xterm/headless';
import fc from 'fast-check';
import { Differ } from '../../../src/tui/screen/draw.js';
import {
  type Attr,
  Canvas,
  PLAIN,
  attr,
  bgOf,
  fgOf,
  glyphsFor,
  nearest16,
  themeFor,
  trueColour,
} from '../../../src/tui/screen/index.js';
import type { Cell } from '../../../src/tui/screen/cells.js';
import { takeBack } from '../../../src/tui/screen/true-colours.js';
import { attrOf } from '../../../src/tui/terminal/buffer-cells.js';
import { ourWidths } from '../../../src/tui/terminal/widths.js';
import { rounds } from '../../support/chance.js';

const WIDTH = 24;
const HEIGHT = 6;
const look = { theme: themeFor(256), glyphs: glyphsFor(false) };

const grid = (): Cell[][] =>
  Array.from({ length: HEIGHT }, () => Array.from({ length: WIDTH }, (): Cell => [PLAIN, ' ']));

function emulator(): Terminal {
  const terminal = new headless.Terminal({ cols: WIDTH, rows: HEIGHT, allowProposedApi: true });
  terminal.unicode.register(ourWidths);
  terminal.unicode.activeVersion = ourWidths.version;
  return terminal;
}

const write = (terminal: Terminal, text: string): Promise<void> =>
  new Promise((resolve) => terminal.write(text, resolve));

/** What the emulator shows, as our cells. */
function shown(terminal: Terminal): Cell[][] {
  return grid().map((line, y) =>
    line.map((_, x): Cell => {
      const cell = terminal.buffer.active.getLine(y)!.getCell(x)!;
      return [attrOf(cell), cell.getWidth() === 0 ? '' : cell.getChars() || ' '];
    }),
  );
}

interface Stroke {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly style: Attr;
}

const colour = fc.option(fc.oneof(fc.nat(255), fc.nat(0xffffff).map(trueColour)), { nil: undefined });
const style = fc
  .record({
    fg: colour,
    bg: colour,
    bold: fc.boolean(),
    dim: fc.boolean(),
    italic: fc.boolean(),
    inverse: fc.boolean(),
  })
  .map(({ fg, bg, ...flags }) =>
    attr({ ...flags, ...(fg === undefined ? {} : { fg }), ...(bg === undefined ? {} : { bg }) }),
  );
const stroke: fc.Arbitrary<Stroke> = fc.record({
  x: fc.integer({ min: -3, max: WIDTH }),
  y: fc.integer({ min: -1, max: HEIGHT }),
  text: fc.oneof(
    fc.constantFrom('plain', '漢字', '😀', '●─⣿', 'e\u0301x', '', '漢', '│', '\x1b[2J', 'ก็'),
    fc.string({ unit: 'binary', maxLength: 6 }),
  ),
  style,
});

function paint(lines: Cell[][], strokes: readonly Stroke[]): void {
  for (const line of lines) {
    for (const cell of line) {
      cell[0] = PLAIN;
      cell[1] = ' ';
    }
  }
  const canvas = new Canvas(lines, look);
  for (const { x, y, text, style: a } of strokes) canvas.text(x, y, text, a);
}

describe('what is written', () => {
  it('makes the terminal show what was painted, frame after frame', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(stroke, { maxLength: 8 }), { minLength: 1, maxLength: 4 }), async (frames) => {
        const terminal = emulator();
        const differ = new Differ('truecolour', false);
        const lines = grid();
        const known = grid();
        for (const strokes of frames) {
          paint(lines, strokes);
          await write(terminal, differ.draw(lines, known));
          assert.deepEqual(shown(terminal), lines);
          assert.equal(differ.draw(lines, known), '', 'nothing changed, so nothing is written');
        }
        terminal.dispose();
      }),
      { numRuns: rounds(120, 3000) },
    );
  });

  it('holds printable characters, cursor moves and SGR, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(stroke, { maxLength: 20 }), (strokes) => {
        const lines = grid();
        paint(lines, strokes);
        const out = new Differ(256, false).draw(lines, grid());
        const rest = out.replace(/\x1b\[[\d;]*[HCm]/g, '');
        assert.doesNotMatch(rest, /[\p{Cc}\p{Cs}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
      }),
      { numRuns: 500 },
    );
  });

  it('is ASCII where the terminal shows no more', () => {
    const lines = grid();
    new Canvas(lines, look).text(0, 0, 'naïve 漢 ●', PLAIN);
    const out = new Differ(256, true).draw(lines, grid());
    assert.match(out, /^[\x1b -~]*$/);
    assert.ok(out.includes('na?ve'));
  });

  it('has sixteen colours where the terminal has no more', () => {
    const lines = grid();
    new Canvas(lines, look).text(0, 0, 'x', attr({ fg: 203, bg: 238 }));
    const out = new Differ(16, false).draw(lines, grid());
    assert.doesNotMatch(out, /[34]8;5/);
    assert.ok(nearest16(203) < 16 && nearest16(238) < 16);
    assert.deepEqual([fgOf(attr({ fg: 203 })), bgOf(attr({ bg: 238 }))], [203, 238]);
  });

  it('has no colours where the terminal has none, and keeps the weights', () => {
    const lines = grid();
    const canvas = new Canvas(lines, look);
    canvas.text(0, 0, 'a', attr({ fg: 203, bold: true }));
    canvas.text(1, 0, 'b', attr({ fg: 114, bold: true }));
    canvas.text(2, 0, 'c', attr({ fg: 114 }));
    assert.equal(new Differ('none', false).draw(lines, grid()), '\x1b[1;1H\x1b[0;1mab\x1b[22mc');
  });

  it('says of a style only what differs from the one before', () => {
    const lines = grid();
    const canvas = new Canvas(lines, look);
    // What the properties above have made up is forgotten.
    takeBack(new Set());
    const ground = trueColour(0x282828);
    canvas.text(0, 0, 'a', attr({ fg: trueColour(0xebdbb2), bg: ground }));
    canvas.text(1, 0, 'b', attr({ fg: trueColour(0xfb4934), bg: ground, bold: true }));
    assert.equal(
      new Differ('truecolour', false).draw(lines, grid()),
      '\x1b[1;1H\x1b[0;38;2;235;219;178;48;2;40;40;40ma\x1b[1;38;2;251;73;52mb',
    );
  });

  it('reduces true colours for terminals with 256', () => {
    const lines = grid();
    new Canvas(lines, look).text(0, 0, 'x', attr({ fg: trueColour(0xfe0102) }));
    assert.equal(new Differ(256, false).draw(lines, grid()), '\x1b[1;1H\x1b[0;38;5;196mx');
  });

  it('is little where little changed', () => {
    const lines = grid();
    const known = grid();
    const differ = new Differ(256, false);
    const canvas = new Canvas(lines, look);
    for (let y = 0; y < HEIGHT; y++) canvas.text(0, y, 'a line that stays as it', PLAIN);
    differ.draw(lines, known);
    canvas.text(7, 3, 'T', PLAIN);
    assert.equal(differ.draw(lines, known), '\x1b[4;8H\x1b[0mT');
  });
});
