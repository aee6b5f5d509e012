// Shell tabs: who has the keys, how one leaves, what is said when a shell ends or cannot be had.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TscontainError } from '../../../src/engine/index.js';
import { Desk } from '../../support/desk.js';

async function until(desk: Desk, holds: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(holds(), desk.text());
}

async function withShell(): Promise<Desk> {
  const desk = await Desk.open();
  await desk.type('e');
  await until(desk, () => desk.text().includes('root@web:/#'));
  return desk;
}

describe('a shell tab', () => {
  it('gets every key but the way out, which its border names', async () => {
    const desk = await withShell();
    assert.match(desk.text(), /ctrl-\] leaves the keys to the dashboard/);
    await desk.type('q', 'd', '?', 'ctrl-c');
    await until(desk, () => desk.text().includes('root@web:/# qd?'));
    assert.equal(desk.hasLeft, false);
    assert.equal(desk.state.overlay, undefined);
    desk.close();
  });

  it('keeps what is typed before it is open, and does nothing else with it', async () => {
    const desk = await Desk.open();
    await desk.type('e', 'q', 'd', 'l');
    assert.deepEqual([desk.hasLeft, desk.state.overlay, desk.state.view.tab], [false, undefined, 'shell:1']);
    await until(desk, () => desk.text().includes('root@web:/# qdl'));
    desk.close();
  });

  it('gives the keys away with ctrl-] and takes them back with enter', async () => {
    const desk = await withShell();
    await desk.type('ctrl-]', '?');
    assert.equal(desk.state.overlay?.kind, 'help');
    await desk.type('escape', 'enter', 'x');
    await until(desk, () => desk.text().includes('root@web:/# x'));
    desk.close();
  });

  it('sends ctrl-] itself when it is pressed twice', async () => {
    const desk = await withShell();
    await desk.type('ctrl-]', 'ctrl-]', 'y');
    await until(desk, () => desk.text().includes('y'));
    assert.equal(desk.state.shells.captured, true);
    desk.close();
  });

  it('goes on with the keys after ctrl-] z', async () => {
    const desk = await withShell();
    await desk.type('ctrl-]', 'z', 'k');
    assert.equal(desk.state.view.zoomed, true);
    await until(desk, () => desk.text().includes('root@web:/# k'));
    desk.close();
  });

  it('is left for another tab by alt and its number, and runs on', async () => {
    const desk = await withShell();
    await desk.type('alt-1', 'j', 'alt-8', 'z');
    await until(desk, () => desk.text().includes('root@web:/# z'));
    desk.close();
  });

  it('is opened once for a container, and again when it is in front', async () => {
    const desk = await withShell();
    await desk.type('alt-1', 'e');
    assert.equal(desk.state.shells.list.length, 1);
    await desk.type('ctrl-]', 'e');
    assert.equal(desk.state.shells.list.length, 2);
    desk.close();
  });

  it('closes when the shell ends', async () => {
    const desk = await withShell();
    await desk.type('\x04');
    await until(desk, () => desk.state.shells.list.length === 0);
    assert.equal(desk.state.view.focus, 'table');
    assert.match(desk.notice, /has ended/);
    desk.close();
  });

  it('asks before it closes one that runs', async () => {
    const desk = await withShell();
    await desk.type('ctrl-]', 'w');
    assert.match(desk.text(), /What runs in it is hung up/);
    await desk.type('enter');
    assert.equal(desk.state.shells.list.length, 1);
    await desk.type('w', 'right', 'enter');
    assert.equal(desk.state.shells.list.length, 0);
    desk.close();
  });

  it('takes bash, else sh, and says when there is neither', async () => {
    const desk = await Desk.open();
    const { engine } = desk.world;
    const exec = engine.exec.bind(engine);
    engine.exec = (ref, spec) =>
      spec.argv[0] === 'bash' ? Promise.reject(new TscontainError('COMMAND_NOT_FOUND', 'no bash')) : exec(ref, spec);
    await desk.type('e');
    await until(desk, () => desk.text().includes('▸db sh'));
    engine.exec = () => Promise.reject(new TscontainError('COMMAND_NOT_FOUND', 'nothing'));
    await desk.type('alt-1', 'down', 'e');
    await until(desk, () => desk.text().includes('neither bash nor sh'));
    await desk.type('enter');
    assert.equal(desk.state.shells.list.length, 1, 'enter closes what could not be opened');
    desk.close();
  });
});

describe('an attached tab', () => {
  it('only watches until the keys are asked for, and refuses where there is no standard input', async () => {
    const desk = await Desk.open();
    await desk.type('a');
    await until(desk, () => desk.text().includes('watching only'));
    assert.deepEqual(desk.calls, ['attach db to watch']);
    await desk.type('enter');
    assert.match(desk.notice, /db has no standard input/);
    desk.close();
  });
});
