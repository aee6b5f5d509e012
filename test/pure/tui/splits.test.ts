// Several shells at once: split, focus, zoom, sizes; typing that goes to all of them and is stopped; borders that are dragged.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { layoutOf, PANE_LEAST, panesOf } from '../../../src/tui/layout.js';
import { Desk } from '../../support/desk.js';

async function until(desk: Desk, holds: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(holds(), desk.text());
}

/** A shell in db, and another beside it. */
async function withSplit(options = {}): Promise<Desk> {
  const desk = await Desk.open(options);
  await desk.type('e');
  await until(desk, () => desk.text().includes('root@web:/#'));
  await desk.type('ctrl-]', '|');
  await until(desk, () => desk.text().split('root@web:/#').length === 3);
  return desk;
}

const sizes = (desk: Desk): string[] =>
  desk.state.shells.list.map(({ number }) => {
    const pane = desk.effects.shells.pane(number)!;
    return `${pane.columns}x${pane.rows}`;
  });

describe('a split', () => {
  it('shows a new shell beside the old, each with the size of its pane', async () => {
    const desk = await withSplit();
    assert.equal(desk.state.split.panes.length, 2);
    const [left, right] = panesOf(desk.state);
    assert.equal(left!.rect.width + right!.rect.width, 120);
    assert.deepEqual(sizes(desk), [`58x${left!.rect.height - 2}`, `58x${right!.rect.height - 2}`]);
    await desk.type('x');
    await until(desk, () => /root@web:\/# +│.*root@web:\/# x/.test(desk.text()));
    desk.close();
  });

  it('moves the focus by a key, from inside a shell too', async () => {
    const desk = await withSplit();
    await desk.type('\x1bo', 'left');
    await desk.type('y');
    assert.equal(desk.state.view.tab, 'shell:1');
    await desk.type('ctrl-]', 'o');
    assert.equal(desk.state.view.tab, 'shell:2');
    desk.close();
  });

  it('goes one above the other, up to four, and says when there is no room', async () => {
    const desk = await Desk.open({ columns: 120, rows: 50 });
    await desk.type('e');
    for (let i = 0; i < 3; i++) await desk.type('ctrl-]', '"');
    assert.equal(panesOf(desk.state).length, 4);
    for (const { rect } of panesOf(desk.state)) assert.ok(rect.height >= PANE_LEAST.rows);
    await desk.type('ctrl-]', '"');
    assert.match(desk.notice, /4 panes are the most/);
    desk.resize(80, 24);
    await desk.type('O', '"');
    assert.equal(panesOf(desk.state).length, 2);
    desk.close();
  });

  it('has the whole screen with z, then the pane in focus alone, then all as before', async () => {
    const desk = await withSplit();
    await desk.type('ctrl-]', 'z');
    assert.equal(layoutOf(desk.state).table, undefined);
    assert.equal(panesOf(desk.state).length, 2);
    await desk.type('ctrl-]', 'z');
    assert.equal(panesOf(desk.state).length, 1);
    assert.equal(sizes(desk)[1], '118x32');
    await desk.type('ctrl-]', 'z');
    assert.equal(panesOf(desk.state).length, 2);
    assert.ok(layoutOf(desk.state).table);
    desk.close();
  });

  it('holds graphs or logs too, which go on beside the shell', async () => {
    const desk = await Desk.open();
    await desk.type('l', '|');
    await until(desk, () => desk.text().includes('root@web:/#'));
    assert.match(desk.text(), /GET \/cart.*│|\[warn\].*│/);
    assert.match(desk.text(), /logs├.*▸db bash/);
    desk.close();
  });

  it('ends when a pane closes, and leaves the other in front', async () => {
    const desk = await withSplit();
    await desk.type('\x04');
    await until(desk, () => desk.state.shells.list.length === 1);
    assert.equal(desk.state.view.tab, 'shell:1');
    assert.equal(panesOf(desk.state).length, 1);
    assert.match(sizes(desk)[0]!, /^118x/);
    desk.close();
  });

  it('shows marked shells side by side', async () => {
    const desk = await Desk.open();
    await desk.type('e', 'ctrl-]', 'space', 'alt-1', 'down', 'e', 'ctrl-]', 'space', '|');
    assert.deepEqual(desk.state.split.panes, ['shell:1', 'shell:2']);
    assert.equal(desk.state.shells.list.length, 2, 'none was opened');
    desk.close();
  });

  it('shares the room as its borders are dragged, and never below what can be read', async () => {
    const desk = await withSplit();
    desk.dispatch({ type: 'drag', border: 0, x: 80, y: 20 });
    assert.deepEqual(
      panesOf(desk.state).map(({ rect }) => rect.width),
      [80, 40],
    );
    assert.deepEqual(
      sizes(desk).map((size) => size.split('x')[0]),
      ['78', '38'],
    );
    desk.dispatch({ type: 'drag', border: 0, x: 3, y: 20 });
    assert.deepEqual(
      panesOf(desk.state).map(({ rect }) => rect.width),
      [20, 100],
    );
    const before = layoutOf(desk.state).table!.height;
    desk.dispatch({ type: 'drag', border: 'table', x: 3, y: before + 2 + 4 });
    assert.equal(layoutOf(desk.state).table!.height, before + 4);
    for (const y of [-5, 0, 36, 400]) {
      desk.dispatch({ type: 'drag', border: 'table', x: 3, y });
      assert.ok(layoutOf(desk.state).table!.height >= 5 && layoutOf(desk.state).tabs!.height >= 5);
      desk.text();
    }
    desk.close();
  });
});

describe('broadcast', () => {
  it('asks with Cancel in focus, is in every border while it is on, and ctrl-] stops it at once', async () => {
    const desk = await withSplit();
    await desk.type('ctrl-]', 'B');
    assert.match(desk.text(), /type into 2 shells at once\?/);
    await desk.type('enter', 'enter', 'a');
    assert.deepEqual(desk.state.shells.broadcast, [], 'Cancel has the focus');
    await desk.type('ctrl-]', 'B', 'right', 'enter', 'u', 'p', 'enter');
    await until(desk, () => /# up +│.*# aup/.test(desk.text()));
    assert.equal(desk.text().split('TYPING GOES TO 2 SHELLS · ctrl-] stops').length - 1, 3, 'table and both panes');
    await desk.type('ctrl-]', 'enter', 'z');
    assert.doesNotMatch(desk.text(), /TYPING GOES/);
    await until(desk, () => /# +│.*# z/.test(desk.text()));
    assert.doesNotMatch(desk.text(), /# z.*│.*# z/);
    desk.close();
  });

  it('is none with fewer than two shells, and is over when only one is left', async () => {
    const desk = await withSplit();
    await desk.type('ctrl-]', 'O', 'B');
    assert.match(desk.notice, /at least two shells: mark them with space/);
    await desk.type('space', '[', 'ctrl-]', 'space', 'B', 'right', 'enter');
    assert.deepEqual(desk.state.shells.broadcast, [1, 2]);
    await desk.type('\x04');
    await until(desk, () => desk.state.shells.list.length === 0);
    assert.deepEqual(desk.state.shells.broadcast, []);
    desk.close();
  });
});
