// Containers go while something is about them: nothing is asked about nobody, and the focus is on what is to be seen.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Desk } from '../../support/desk.js';

async function removeAll(desk: Desk): Promise<void> {
  for (const { id } of await desk.world.engine.list()) await desk.world.engine.remove(id);
  await desk.settle();
}

describe('what is about containers that are gone', () => {
  for (const [key, kind] of [
    ['d', 'question'],
    ['ctrl-k', 'question'],
    ['R', 'form'],
    ['u', 'limits'],
  ] as const) {
    it(`closes by itself: ${key}`, async () => {
      const desk = await Desk.open();
      await desk.type(key);
      assert.equal(desk.state.overlay?.kind, kind);
      await removeAll(desk);
      assert.equal(desk.state.overlay, undefined);
      desk.close();
    });
  }

  it('stays open while one of several is there', async () => {
    const desk = await Desk.open();
    await desk.type('space', 'space', 'd');
    await desk.world.engine.remove([...desk.state.table.marks][0]!);
    await desk.settle();
    assert.equal(desk.state.overlay?.kind, 'question');
    desk.close();
  });
});

describe('the focus where there is nothing', () => {
  it('is not led to tabs that are not to be seen', async () => {
    const desk = await Desk.open({ crowd: 'nothing' });
    await desk.type('tab');
    assert.equal(desk.state.view.focus, 'table');
    assert.match(desk.notice, /There is no container here/);
    desk.close();
  });

  it('is on the table after another page, when everything went meanwhile', async () => {
    const desk = await Desk.open();
    await desk.type('2', 'v');
    await removeAll(desk);
    assert.equal(desk.state.view.page, 'events');
    await desk.type('escape');
    assert.equal(desk.state.view.focus, 'table');
    desk.close();
  });

  it('is on the table when a tile is to be zoomed and there is none', async () => {
    const desk = await Desk.open({ crowd: 'nothing' });
    await desk.type('m', 'enter');
    assert.deepEqual([desk.state.view.page, desk.state.view.focus], ['grid', 'table']);
    assert.match(desk.notice, /There is no container here/);
    desk.close();
  });

  it('is on the table whatever a saved layout says', async () => {
    const desk = await Desk.open({
      crowd: 'nothing',
      flags: { layouts: new Map([['deep', { page: 'overview', focus: 'tabs', tab: 'graphs', zoomed: false }]]) },
    });
    await desk.type(':', 'layout: deep', 'enter');
    assert.equal(desk.state.view.focus, 'table');
    desk.close();
  });

  it('is on the table when the last shell ends in a tab that is not in front', async () => {
    const desk = await Desk.open();
    await desk.type('e');
    for (let i = 0; i < 400 && desk.state.shells.list[0]?.status !== 'open'; i++)
      await new Promise((resolve) => setTimeout(resolve, 5));
    await desk.type('ctrl-]', '2');
    await removeAll(desk);
    assert.equal(desk.state.view.focus, 'tabs', 'its tab is still there');
    desk.dispatch({ type: 'shell-ended', number: 1, message: 'The shell has ended.', clean: true });
    assert.equal(desk.state.view.focus, 'table');
    desk.close();
  });
});
