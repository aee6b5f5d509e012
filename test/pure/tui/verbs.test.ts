// What is done to containers from the dashboard: who is meant, what is asked first, what is said after.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Desk } from '../../support/desk.js';

describe('verbs', () => {
  it('stop with the grace counted down in the row', async () => {
    const desk = await Desk.open();
    let release = (): void => undefined;
    desk.world.engine.stop = () => new Promise((resolve) => (release = () => resolve({ exitCode: 143 })));
    await desk.type('t');
    assert.match(desk.text(), /stopping 10s/);
    await desk.advance(4000);
    assert.match(desk.text(), /stopping 6s/);
    await desk.advance(6000);
    assert.match(desk.text(), /SIGKILL sent/);
    release();
    await desk.settle();
    assert.doesNotMatch(desk.text(), /SIGKILL sent/);
    desk.close();
  });

  it('start what has ended and restart what runs', async () => {
    const desk = await Desk.open();
    await desk.type('r', 'end', 'r');
    assert.deepEqual(desk.calls, ['restart db', 'start migrate']);
    desk.close();
  });

  it('pause, and unpause what is paused', async () => {
    const desk = await Desk.open();
    await desk.type('p', 'p');
    assert.deepEqual(desk.calls, ['pause db', 'unpause db']);
    desk.close();
  });

  it('say why something cannot be done, without asking the engine', async () => {
    const desk = await Desk.open();
    await desk.type('end', 'p');
    assert.match(desk.notice, /migrate: it has ended; start it again first/);
    await desk.type('e');
    assert.match(desk.notice, /migrate/);
    assert.deepEqual(desk.calls, []);
    desk.close();
  });

  it('on a project mean all its members, and what is about one asks for one', async () => {
    const desk = await Desk.open();
    await desk.type('up', 'R');
    assert.match(desk.notice, /Choose one container of shop/);
    await desk.type('p');
    assert.deepEqual([...desk.calls].sort(), ['pause backup', 'pause db', 'pause web']);
    desk.close();
  });

  it('tell what the engine refuses', async () => {
    const desk = await Desk.open();
    desk.world.engine.pause = () => Promise.reject(new Error('the freezer is stuck'));
    await desk.type('p');
    assert.match(desk.notice, /the freezer is stuck/);
    assert.doesNotMatch(desk.text(), /pausing/);
    desk.close();
  });
});

describe('questions', () => {
  it('have Cancel in focus and say what goes and what stays', async () => {
    const desk = await Desk.open();
    await desk.type('d');
    assert.match(desk.text(), /remove db\?/);
    assert.match(desk.text(), /running: it is killed first/);
    assert.match(desk.text(), /Goes: the files it wrote/);
    assert.match(desk.text(), /Stays: the image postgres:17, and the volume shop-db\./);
    await desk.type('enter');
    assert.deepEqual(desk.calls, [], 'enter on Cancel does nothing');
    await desk.type('d', 'right', 'enter');
    assert.deepEqual(desk.calls, ['remove db and keep 600 s']);
    desk.close();
  });

  it('come before a kill', async () => {
    const desk = await Desk.open();
    await desk.type('ctrl-k', 'escape');
    assert.deepEqual(desk.calls, []);
    await desk.type('ctrl-k', 'right', 'enter');
    assert.deepEqual(desk.calls, ['kill db']);
    desk.close();
  });

  it('are answered by a click too', async () => {
    const desk = await Desk.open();
    await desk.type('d');
    await desk.click('Remove ');
    assert.deepEqual(desk.calls, ['remove db and keep 600 s']);
    desk.close();
  });

  it('come before pruning, and name everything that would go', async () => {
    const desk = await Desk.open();
    await desk.run('prune');
    assert.match(desk.text(), /remove 2 containers that are not running\?/);
    await desk.type('right', 'enter');
    assert.deepEqual([...desk.calls].sort(), ['remove import and keep 600 s', 'remove migrate and keep 600 s']);
    desk.close();
  });
});

describe('leaving', () => {
  it('asks nothing while no shell is open: containers run on', async () => {
    const desk = await Desk.open();
    await desk.type('q');
    assert.equal(desk.hasLeft, true);
    desk.close();
  });

  it('asks when a shell would be hung up', async () => {
    const desk = await Desk.open();
    await desk.type('e');
    await opened(desk);
    await desk.type('ctrl-]', '1', 'q');
    assert.equal(desk.hasLeft, false);
    assert.match(desk.text(), /1 shell in db: what runs in it is hung up/);
    await desk.type('right', 'enter');
    assert.equal(desk.hasLeft, true);
    desk.close();
  });
});

/** An emulator is loaded on first use. */
async function opened(desk: Desk): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!desk.state.shells.list.some(({ status }) => status === 'open')) {
    assert.ok(Date.now() < deadline, 'no shell was opened');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
