import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Canvas, attr, glyphsFor, themeFor } from '../../../src/tui/screen/index.js';

const look = { theme: themeFor(256), glyphs: glyphsFor(false) };
const PLAIN = look.theme.text;
const blank = (width: number, height: number): Canvas => Canvas.blank(width, height, look);

describe('a canvas', () => {
  it('cuts what does not fit, at every edge', () => {
    const canvas = blank(6, 3);
    canvas.text(-2, 0, 'abcdefghij', PLAIN);
    canvas.text(4, 1, 'xyz', PLAIN);
    canvas.text(0, -1, 'above', PLAIN);
    canvas.text(0, 3, 'below', PLAIN);
    assert.equal(canvas.textIn(), 'cdefgh\n    xy\n');
  });

  it('narrowed is touched only inside', () => {
    const canvas = blank(8, 3);
    canvas.within({ x: 2, y: 1, width: 3, height: 1 }).fill(canvas.rect, PLAIN, '#');
    assert.equal(canvas.textIn(), '\n  ###\n');
    const twice = canvas.within({ x: 0, y: 0, width: 4, height: 3 }).within({ x: 3, y: 0, width: 5, height: 1 });
    twice.fill(canvas.rect, PLAIN, '.');
    assert.equal(canvas.textIn(), '   .\n  ###\n');
  });

  it('keeps wide characters whole: half of one is a space', () => {
    const canvas = blank(6, 4);
    canvas.text(0, 0, '漢字漢', PLAIN);
    canvas.text(1, 0, 'x', PLAIN);
    assert.equal(canvas.textIn(), ' x字漢\n\n\n');
    canvas.text(4, 0, 'y', PLAIN);
    assert.equal(canvas.textIn(), ' x字y\n\n\n');
    canvas.text(5, 1, '漢', PLAIN);
    assert.equal(canvas.cell(5, 1)![1], ' ', 'no room for its right half');
    canvas.within({ x: 0, y: 2, width: 3, height: 1 }).text(0, 2, '漢字', PLAIN);
    assert.equal(canvas.textIn({ x: 0, y: 2, width: 6, height: 1 }), '漢');
  });

  it('tells how many cells a text took, and stops at the given number', () => {
    const canvas = blank(10, 1);
    assert.equal(canvas.text(0, 0, '漢a', PLAIN), 3);
    assert.equal(canvas.text(0, 0, '漢字', PLAIN, 3), 2);
    assert.equal(canvas.text(0, 0, 'abcdef', PLAIN, 3), 3);
    assert.equal(
      canvas.spans(
        0,
        0,
        [
          { text: 'ab', attr: PLAIN },
          { text: 'cd', attr: attr({ fg: 1 }) },
        ],
        3,
      ),
      3,
    );
    assert.equal(canvas.cell(2, 0)![0], attr({ fg: 1 }));
  });

  it('knows what a click means: what was painted last lies on top', () => {
    const canvas = blank(10, 4);
    canvas.region(canvas.rect, { kind: 'pane' });
    canvas.region({ x: 2, y: 1, width: 3, height: 1 }, { kind: 'row', index: 7 });
    assert.deepEqual(canvas.hit(3, 1), {
      target: { kind: 'row', index: 7 },
      rect: { x: 2, y: 1, width: 3, height: 1 },
      x: 1,
      y: 0,
    });
    assert.equal(canvas.hit(5, 1)?.target.kind, 'pane');
    canvas.within({ x: 0, y: 0, width: 2, height: 2 }).region({ x: 0, y: 0, width: 9, height: 1 }, { kind: 'clipped' });
    assert.equal(canvas.hit(1, 0)?.target.kind, 'clipped');
    assert.equal(canvas.hit(2, 0)?.target.kind, 'pane');
    canvas.coverRegions();
    assert.equal(canvas.hit(3, 1), undefined);
  });

  it('draws no box where there is no room for one', () => {
    const canvas = blank(4, 3);
    canvas.box({ x: 0, y: 0, width: 1, height: 3 }, PLAIN);
    assert.equal(canvas.textIn(), '\n\n');
    canvas.box({ x: 0, y: 0, width: 4, height: 3 }, PLAIN);
    assert.equal(canvas.textIn(), '╭──╮\n│  │\n╰──╯');
  });
});
