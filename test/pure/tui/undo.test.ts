// ctrl-z: what is taken back, in which order, what of many is one, and what is said.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Desk } from '../../support/desk.js';

describe('ctrl-z', () => {
  it('takes back a pause and a letting go on', async () => {
    const desk = await Desk.open();
    await desk.type('p', 'p', 'ctrl-z');
    assert.equal(desk.notice, 'db is paused again.');
    await desk.type('ctrl-z');
    assert.equal(desk.notice, 'db goes on again.');
    assert.deepEqual(desk.calls, ['pause db', 'unpause db', 'pause db', 'unpause db']);
    await desk.type('ctrl-z');
    assert.match(desk.notice, /nothing to undo/);
    desk.close();
  });

  it('starts again what was stopped or killed', async () => {
    const desk = await Desk.open();
    await desk.type('t', 'ctrl-z');
    assert.equal(desk.notice, 'db runs again.');
    await desk.type('ctrl-k', 'right', 'enter', 'ctrl-z');
    assert.deepEqual(desk.calls, ['stop db', 'start db', 'kill db', 'start db']);
    desk.close();
  });

  it('gives the old name back', async () => {
    const desk = await Desk.open();
    await desk.type('R', '2', 'enter', 'ctrl-z');
    assert.match(desk.calls.at(-1)!, /^rename [0-9a-f]{64} db$/);
    assert.equal(desk.notice, 'db has its old name again.');
    desk.close();
  });

  it('brings back what was removed, and starts it where it ran', async () => {
    const desk = await Desk.open();
    await desk.type('d', 'right', 'enter');
    assert.match(desk.notice, /db was removed\. For 10 minutes ctrl-z brings it and its 3\.0M of disk back/);
    await desk.type('end', 'd', 'right', 'enter', 'ctrl-z', 'ctrl-z');
    assert.deepEqual(desk.calls.slice(-3), ['restore migrate', 'restore db', 'start db']);
    assert.equal(desk.notice, 'db is back.');
    desk.close();
  });

  it('takes back as one what was done to many at once', async () => {
    const desk = await Desk.open();
    await desk.type('up', 't');
    assert.deepEqual(
      desk.state.containers.undo.map(({ what }) => what),
      ['db, backup, web were stopped'],
    );
    await desk.type('ctrl-z');
    assert.deepEqual(desk.calls.slice(3).sort(), ['start backup', 'start db', 'start web']);
    assert.equal(desk.notice, 'db, backup, web run again.');
    await desk.run('prune');
    await desk.type('right', 'enter');
    await desk.type('ctrl-z');
    assert.deepEqual(desk.calls.slice(-2).sort(), ['restore import', 'restore migrate']);
    desk.close();
  });

  it('remembers only those to whom it was done', async () => {
    const desk = await Desk.open();
    const { engine } = desk.world;
    const pause = engine.pause.bind(engine);
    engine.pause = (ref) =>
      desk.state.containers.byId.get(ref)?.config.name === 'web'
        ? Promise.reject(new Error('the freezer is stuck'))
        : pause(ref);
    await desk.type('up', 'p', 'ctrl-z');
    assert.deepEqual(desk.calls.slice(2).sort(), ['unpause backup', 'unpause db']);
    desk.close();
  });

  it('says what could not be taken back, and why', async () => {
    const desk = await Desk.open();
    await desk.type('up', 'p');
    const { engine } = desk.world;
    const unpause = engine.unpause.bind(engine);
    engine.unpause = (ref) =>
      desk.state.containers.byId.get(ref)?.config.name === 'web'
        ? Promise.reject(new Error('it is gone'))
        : unpause(ref);
    await desk.type('ctrl-z');
    assert.equal(desk.notice, 'db, backup go on again. Not taken back: web: it is gone');
    desk.close();
  });

  it('waits while what it would take back is not done', async () => {
    const desk = await Desk.open();
    await desk.type('p');
    desk.world.engine.stop = () => new Promise(() => undefined);
    await desk.type('t', 'ctrl-z');
    assert.match(desk.notice, /db is still being worked on/);
    assert.deepEqual(desk.calls, ['pause db']);
    desk.close();
  });
});
