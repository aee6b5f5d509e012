// What a frame costs the terminal, view by view: a dashboard that is painted again is the same cells, and after a second only the
// cells that differ are written.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Canvas, type Cell } from '../../../src/tui/screen/index.js';
import { Differ } from '../../../src/tui/screen/draw.js';
import { loadLineChart } from '../../../src/tui/widgets/index.js';
import { Desk } from '../../support/desk.js';

const VIEWS: Readonly<Record<string, readonly string[]>> = {
  'the table and the graphs of one': [],
  'the graphs of one on the whole screen': ['2', 'z'],
  logs: ['l'],
  processes: ['4'],
  inspect: ['i'],
  launch: ['6'],
  'a shell': ['e'],
  'all their graphs': ['m'],
  'who hurts whom': ['w'],
  'a moment of the past': ['2', 'left', 'left'],
  'two moments': ['D', '<', '<', 'D'],
  images: ['I'],
  'the layers of one': ['I', 'down', 'down', '2', 'z'],
  'a pull': ['I', 'p', 'python:3.13', 'enter', '4'],
  'a build': ['I', 'b', 'enter', '5'],
  events: ['v'],
  help: ['?'],
  limits: ['u'],
  palette: [':'],
};

const cellsOf = (canvas: Canvas): Cell[][] =>
  Array.from({ length: canvas.height }, (_, y) =>
    Array.from({ length: canvas.width }, (_cell, x) => [...canvas.cell(x, y)!] as Cell),
  );

/** The cells that are not alike, without the right halves of wide characters. */
function different(a: readonly Cell[][], b: readonly Cell[][]): number {
  let count = 0;
  a.forEach((line, y) =>
    line.forEach(([attr, ch], x) => {
      const [otherAttr, otherCh] = b[y]![x]!;
      if (ch !== '' && (attr !== otherAttr || ch !== otherCh)) count += 1;
    }),
  );
  return count;
}

/** What is left of bytes for a terminal without cursor moves and colours. */
const printed = (bytes: string): number => Array.from(bytes.replace(/\x1b\[[\d;]*[HCm]/g, '')).length;

describe('frames', () => {
  for (const [view, keys] of Object.entries(VIEWS)) {
    it(`carry what changed and nothing else: ${view}`, async () => {
      await loadLineChart();
      await Desk.with({ crowd: 30, columns: 200, rows: 50 }, async (desk) => {
        await desk.advance(30_000);
        await desk.type(...keys);
        const differ = new Differ(256, false);
        const shown = cellsOf(desk.paint());
        assert.equal(differ.draw(cellsOf(desk.paint()), shown), '', 'painted again it is the same');
        desk.dispatch({ type: 'tick', now: desk.state.now });
        assert.equal(differ.draw(cellsOf(desk.paint()), shown), '', 'nothing happened');
        await desk.advance(1000);
        const next = cellsOf(desk.paint());
        const changed = different(next, shown);
        assert.equal(printed(differ.draw(next, shown)), changed, 'a cell that differs, a character');
        assert.ok(changed < (200 * 50) / 2, `${changed} cells of a second are a part of the screen`);
      });
    });
  }
});
