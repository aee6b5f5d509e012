// A supervisor killed with -9: its containers run on, the next supervisor takes them over, and nothing is made up.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { layout } from '../../../src/engine/state/layout.js';
import { EngineHouse, heard } from '../../support/engine-house.js';
import { eventually } from '../../support/patience.js';

let house: EngineHouse;
before(async () => void (house = await EngineHouse.open()));
after(() => house.close());

/** Lets a waiting container go on: it looks for this file in its own root. */
async function give(id: string, name: string): Promise<void> {
  await house.engine.exec(id, { argv: ['touch', `/${name}`], detach: true });
}

describe('a container whose supervisor was killed', () => {
  it('writes on, and not a line is lost', async () => {
    // 300 KiB while nobody reads: more than a pipe holds, so that it must wait for the next supervisor.
    const script =
      'echo before; until [ -e /go ]; do sleep 0.02; done; seq 1 50000; until [ -e /end ]; do sleep 0.02; done; exit 6';
    const { id } = await house.start(script);
    await eventually(() => assert.deepEqual(house.lines(id), ['before']));
    const { supervisor: first } = (await house.engine.get(id)).state;
    await house.killSupervisorOf(id);
    await give(id, 'go');
    const { actions } = await house.engine.recover();
    assert.deepEqual(
      actions.map((action) => action.id),
      [id],
    );
    const { state } = await house.engine.get(id);
    assert.equal(state.status, 'running');
    assert.notEqual(state.supervisor, first);
    await eventually(() => assert.equal(house.lines(id).at(-1), '50000'));
    assert.deepEqual(house.lines(id), ['before', ...Array.from({ length: 50000 }, (_, i) => String(i + 1))]);
    await give(id, 'end');
    assert.equal((await house.engine.wait(id)).exitCode, 6, 'the exit code of a process that is no child is known');
  });

  it('is taken over once, by however many managers at a time', async () => {
    const { id } = await house.start('until [ -e /go ]; do sleep 0.02; done; seq 1 1000; exit 8');
    await house.killSupervisorOf(id);
    const others = await Promise.all([1, 2, 3].map(() => house.anotherEngine()));
    await Promise.all(others.map((engine) => engine.recover()));
    await give(id, 'go');
    const ends = await Promise.all(others.map((engine) => engine.wait(id)));
    assert.deepEqual(
      ends.map(({ exitCode }) => exitCode),
      [8, 8, 8],
    );
    assert.deepEqual(
      house.lines(id),
      Array.from({ length: 1000 }, (_, i) => String(i + 1)),
    );
    let deaths = 0;
    for await (const event of house.engine.events({ since: 0, until: Date.now() })) {
      if (event.id === id && event.action === 'die') deaths += 1;
    }
    assert.equal(deaths, 1);
  });

  it('can be stopped and attached to as before', async () => {
    const { id } = await house.create({ cmd: ['cat'], openStdin: true });
    await house.engine.start(id);
    await house.killSupervisorOf(id);
    const session = await house.engine.attach(id, { stdin: true });
    const echo = heard(session, /hello\n/);
    session.write('hello\n');
    await echo;
    session.close();
    assert.equal((await house.engine.stop(id, { timeoutSeconds: 0 })).exitCode, 137);
    assert.equal((await house.engine.get(id)).state.status, 'exited');
  });

  it('that dies before anybody comes has an end that is not known, and not made up', async () => {
    const { id } = await house.start('until [ -e /go ]; do sleep 0.02; done; exit 3');
    const { init } = (await house.engine.get(id)).state;
    await house.killSupervisorOf(id);
    await give(id, 'go');
    await eventually(() => assert.ok(!existsSync(`/proc/${init!.pid}`)));
    await house.engine.recover();
    const { state } = await house.engine.get(id);
    assert.equal(state.status, 'exited');
    assert.equal(state.exitCode, undefined);
    assert.ok(state.finishedAt);
  });

  it('that dies before anybody comes is restarted, as its policy asks', async () => {
    const { id } = await house.start('[ -e /go ] && exec sleep 60; until [ -e /go ]; do sleep 0.02; done', {
      restartPolicy: { name: 'unless-stopped', maximumRetryCount: 0 },
    });
    const { init } = (await house.engine.get(id)).state;
    await house.killSupervisorOf(id);
    await give(id, 'go');
    await eventually(() => assert.ok(!existsSync(`/proc/${init!.pid}`)));
    await house.engine.recover();
    await eventually(async () => {
      const { state } = await house.engine.get(id);
      assert.equal(state.status, 'running');
      assert.equal(state.restartCount, 1);
    });
    await house.engine.kill(id);
    await house.engine.wait(id);
  });

  it('between two runs is restarted all the same', async () => {
    const { id } = await house.start('exit 1', { restartPolicy: { name: 'always', maximumRetryCount: 0 } });
    await eventually(async () => {
      const { state } = await house.engine.get(id);
      assert.ok(state.status === 'restarting' && state.restartCount >= 2);
    });
    const before = (await house.engine.get(id)).state.restartCount;
    await house.killSupervisorOf(id);
    await house.engine.recover();
    await eventually(async () => assert.ok((await house.engine.get(id)).state.restartCount > before));
    await house.engine.stop(id);
    assert.equal((await house.engine.get(id)).state.status, 'exited');
  });

  it('with a terminal has lost that, and says so', async () => {
    // Who ignores the hang-up runs on.
    const { id } = await house.start('trap "" HUP; while :; do sleep 0.1; done', { tty: true });
    await house.killSupervisorOf(id);
    await house.engine.recover();
    const { state } = await house.engine.get(id);
    assert.equal(state.status, 'running');
    assert.match(state.note!, /terminal/);
    await house.engine.kill(id);
    assert.equal((await house.engine.wait(id)).exitCode, 137);
  });

  it('is paused as before, and ends when it is killed', async () => {
    const { id } = await house.start('sleep 60');
    await house.engine.pause(id);
    await house.killSupervisorOf(id);
    await house.engine.recover();
    assert.equal((await house.engine.get(id)).state.status, 'paused');
    await house.engine.remove(id, { force: true });
  });

  it('leaves no directory of the dead supervisor, once all is over', async () => {
    const { id } = await house.start('sleep 60');
    const { supervisor } = (await house.engine.get(id)).state;
    await house.killSupervisorOf(id);
    await house.engine.recover();
    await house.engine.remove(id, { force: true });
    // Whoever needs a new one clears away the old.
    const { id: other } = await house.create({ cmd: ['true'], project: 'elsewhere' });
    await house.engine.start(other);
    await house.engine.wait(other);
    assert.ok(!existsSync(join(layout.supervisors(house.root), supervisor!)));
  });
});
