// Text selected by cells: in reading order whichever way it was drawn, and never outside of its pane.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  Canvas,
  contains,
  extended,
  glyphsFor,
  paintCellSelection,
  PLAIN,
  selectedText,
  themeFor,
} from '../../../src/tui/screen/index.js';
import { selectedRows } from '../../../src/tui/screen/cell-selection.js';

const look = { theme: themeFor(256), glyphs: glyphsFor(false) };

describe('selected cells', () => {
  it('read the same whichever way they were drawn', () => {
    const canvas = Canvas.blank(20, 4, look);
    ['│one two│ x', '│three  │ y', '│漢字   │ z'].forEach((text, y) => canvas.text(0, y, text, PLAIN));
    const rect = { x: 1, y: 0, width: 7, height: 3 };
    const forward = extended({ rect, anchor: { x: 5, y: 0 }, head: { x: 5, y: 0 } }, 4, 2);
    const backward = extended({ rect, anchor: { x: 4, y: 2 }, head: { x: 4, y: 2 } }, 5, 0);
    assert.equal(selectedText(canvas, forward), 'two\nthree\n漢字');
    assert.equal(selectedText(canvas, backward), 'two\nthree\n漢字');
    paintCellSelection(canvas, forward);
    assert.notEqual(canvas.cell(5, 0)![0], PLAIN);
    assert.equal(canvas.cell(8, 1)![0], PLAIN, 'nothing beside the pane');
  });

  it('stay in their pane wherever the mouse goes', () => {
    const place = fc.integer({ min: -50, max: 200 });
    fc.assert(
      fc.property(fc.nat(9), fc.nat(4), place, place, (ax, ay, x, y) => {
        const rect = { x: 3, y: 2, width: 10, height: 5 };
        const selection = extended({ rect, anchor: { x: 3 + ax, y: 2 + ay }, head: { x: 0, y: 0 } }, x, y);
        for (const row of selectedRows(selection)) {
          assert.ok(row.width > 0);
          assert.ok(contains(rect, row.x, row.y) && contains(rect, row.x + row.width - 1, row.y));
        }
      }),
    );
  });
});
