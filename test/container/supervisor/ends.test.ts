// How containers end, and what their supervisor makes of it: exit codes, OOM kills, restarts, removal.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { EngineHouse } from '../../support/engine-house.js';
import { eventually } from '../../support/patience.js';

let house: EngineHouse;
before(async () => void (house = await EngineHouse.open()));
after(() => house.close());

async function eventsOf(id: string): Promise<string[]> {
  const actions: string[] = [];
  for await (const event of house.engine.events({ since: 0, until: Date.now() }))
    if (event.id === id) actions.push(event.action);
  return actions;
}

describe('the end of a container', () => {
  it('is its exit code', async () => {
    const { id, status } = await house.run('exit 42');
    assert.deepEqual(status, { exitCode: 42, oomKilled: false });
    const { state } = await house.engine.get(id);
    assert.equal(state.status, 'exited');
    assert.equal(state.exitCode, 42);
    assert.equal(state.init, undefined);
    assert.ok(Date.parse(state.finishedAt!) >= Date.parse(state.startedAt!));
  });

  it('by a signal is 128 and its number', async () => {
    // Pid 1 does not die of its own signals: its child does, and the shell says so.
    assert.equal((await house.run('sh -c "kill -TERM \\$\\$"')).status.exitCode, 143);
    const { id } = await house.start('sleep 60');
    await house.engine.kill(id);
    assert.equal((await house.engine.wait(id)).exitCode, 137);
  });

  it('is known to whoever asks at the time, before and after', async () => {
    const { id } = await house.shell('sleep 0.1; exit 5');
    const next = house.engine.wait(id, 'next-exit');
    await house.engine.start(id);
    assert.equal((await house.engine.wait(id)).exitCode, 5);
    assert.equal((await next).exitCode, 5);
    assert.equal((await house.engine.wait(id)).exitCode, 5);
  });

  it('is heard of by whoever waits for it, however soon it comes', async () => {
    for (let i = 0; i < 50; i += 1) {
      const { id } = await house.shell('exit 1');
      const next = house.engine.wait(id, 'next-exit');
      await house.engine.start(id);
      assert.equal((await next).exitCode, 1);
    }
  });

  it('is told as events, in order', async () => {
    const { id } = await house.run('true');
    assert.deepEqual(await eventsOf(id), ['create', 'start', 'die']);
  });

  it('frees its name and leaves nothing with autoRemove', async () => {
    // Long enough that there is somebody to wait for.
    const { status } = await house.run('sleep 1; exit 3', { autoRemove: true, name: 'fleeting' });
    assert.equal(status.exitCode, 3);
    await assert.rejects(house.engine.get('fleeting'), { code: 'NO_SUCH_CONTAINER' });
  });
});

describe('a start that fails', () => {
  it('says that there is no such command, as 127', async () => {
    const { id } = await house.create({ cmd: ['/no/such'] });
    await assert.rejects(house.engine.start(id), { code: 'COMMAND_NOT_FOUND', message: /\/no\/such/ });
    const { state } = await house.engine.get(id);
    assert.equal(state.status, 'created');
    assert.equal(state.exitCode, 127);
    assert.match(state.error!, /\/no\/such/);
  });

  it('says that a file is no program, as 126', async () => {
    const { id } = await house.create({ cmd: ['/etc/passwd'] });
    await assert.rejects(house.engine.start(id), { code: 'COMMAND_NOT_EXECUTABLE' });
    assert.equal((await house.engine.get(id)).state.exitCode, 126);
  });

  it('leaves a container that can be tried again', async () => {
    const { id } = await house.create({ cmd: ['/later'] });
    await assert.rejects(house.engine.start(id), { code: 'COMMAND_NOT_FOUND' });
    await assert.rejects(house.engine.start(id), { code: 'COMMAND_NOT_FOUND' });
    assert.equal((await house.engine.get(id)).state.status, 'created');
  });
});

describe('an OOM kill', () => {
  const limits = { memory: 16 * 1024 * 1024, memorySwap: 16 * 1024 * 1024 };

  it('of the init is recorded', async () => {
    const { id, status } = await house.run('exec tail /dev/zero', { limits });
    assert.deepEqual(status, { exitCode: 137, oomKilled: true });
    assert.equal((await house.engine.get(id)).state.oomKilled, true);
    assert.deepEqual((await eventsOf(id)).slice(-2), ['oom', 'die']);
  });

  it('of a child is told while the container goes on', async () => {
    const { id } = await house.start('tail /dev/zero; sleep 60', { limits });
    await eventually(async () => assert.ok((await eventsOf(id)).includes('oom')));
    assert.equal((await house.engine.get(id)).state.status, 'running');
    await house.engine.kill(id);
    await house.engine.wait(id);
  });

  it('of an earlier run is not laid to the next', async () => {
    const { id } = await house.run('[ -e /ran ] && exit 0; touch /ran; exec tail /dev/zero', { limits });
    await house.engine.start(id);
    assert.deepEqual(await house.engine.wait(id), { exitCode: 0, oomKilled: false });
  });
});

describe('a restart policy', () => {
  it('on-failure:2 tries three times in all, and counts', async () => {
    const { id, status } = await house.run('echo run; exit 7', {
      restartPolicy: { name: 'on-failure', maximumRetryCount: 2 },
    });
    assert.equal(status.exitCode, 7);
    const { state } = await house.engine.get(id);
    assert.equal(state.status, 'exited');
    assert.equal(state.restartCount, 2);
    assert.deepEqual(house.lines(id), ['run', 'run', 'run']);
  });

  it('always restarts until it is stopped', async () => {
    const { id } = await house.start('echo run', { restartPolicy: { name: 'always', maximumRetryCount: 0 } });
    await eventually(async () => assert.ok((await house.engine.get(id)).state.restartCount >= 2));
    await house.engine.stop(id);
    const { state } = await house.engine.get(id);
    assert.equal(state.status, 'exited');
    assert.equal(state.stopRequested, true);
  });

  it('shows the time between two runs, which a start cuts short', async () => {
    const script = '[ -e /again ] && exec sleep 60; touch /again; exit 1';
    const { id } = await house.shell(script, { restartPolicy: { name: 'always', maximumRetryCount: 0 } });
    await house.engine.start(id);
    await eventually(async () => assert.equal((await house.engine.get(id)).state.status, 'restarting'));
    const planned = Date.parse((await house.engine.get(id)).state.restartsAt ?? '');
    assert.ok(Math.abs(planned - Date.now()) <= 1000, `planned for ${planned - Date.now()} ms from now`);
    await house.engine.start(id);
    const { state } = await house.engine.get(id);
    assert.equal(state.status, 'running');
    await house.engine.kill(id);
  });

  it('is over for a container that was removed between two runs', async () => {
    const { id } = await house.start('exit 1', { restartPolicy: { name: 'always', maximumRetryCount: 0 } });
    await eventually(async () => assert.equal((await house.engine.get(id)).state.status, 'restarting'));
    await house.engine.remove(id, { force: true });
    await assert.rejects(house.engine.get(id), { code: 'NO_SUCH_CONTAINER' });
  });
});
