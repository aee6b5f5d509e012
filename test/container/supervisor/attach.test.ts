// Attached clients: before and after the start, several, slow and dead ones; input; terminals.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Session } from '../../../src/engine/index.js';
import { layout } from '../../../src/engine/state/layout.js';
import { EngineHouse, heard, outputOf } from '../../support/engine-house.js';
import { eventually } from '../../support/patience.js';

let house: EngineHouse;
before(async () => void (house = await EngineHouse.open()));
after(() => house.close());

describe('attached before the start', () => {
  it('a client misses nothing and hears the end', async () => {
    const { id } = await house.shell('echo out; echo err >&2; exit 9');
    const session = await house.engine.attach(id);
    const all = outputOf(session);
    await house.engine.start(id);
    assert.deepEqual(await all, { stdout: 'out\n', stderr: 'err\n', status: { exitCode: 9, oomKilled: false } });
  });

  it("its input is the container's, and its end of input the end of file", async () => {
    const { id } = await house.create({ cmd: ['cat'], openStdin: true });
    const session = await house.engine.attach(id, { stdin: true });
    const all = outputOf(session);
    session.write('early\n');
    await house.engine.start(id);
    session.write('late\n');
    session.end();
    assert.deepEqual(await all, { stdout: 'early\nlate\n', stderr: '', status: { exitCode: 0, oomKilled: false } });
  });

  it('its leaving is the end of file too', async () => {
    const { id } = await house.create({ cmd: ['cat'], openStdin: true });
    const session = await house.engine.attach(id, { stdin: true });
    await house.engine.start(id);
    session.close();
    assert.equal((await house.engine.wait(id)).exitCode, 0);
  });

  it('a megabyte of input arrives whole at a container that is slow to read it', async () => {
    const { id } = await house.shell('sleep 0.3; md5sum', { openStdin: true });
    const session = await house.engine.attach(id, { stdin: true });
    const all = outputOf(session);
    await house.engine.start(id);
    const line = Buffer.alloc(1024, 'z');
    for (let i = 0; i < 1024; i += 1) {
      if (!session.write(line)) await new Promise<void>((resolve) => session.onDrain(resolve));
    }
    session.end();
    const sum = createHash('md5')
      .update(Buffer.alloc(1024 * 1024, 'z'))
      .digest('hex');
    assert.equal((await all).stdout, `${sum}  -\n`);
  });

  it('a failed start lets the client go', async () => {
    const { id } = await house.create({ cmd: ['/no/such'] });
    const session = await house.engine.attach(id);
    await assert.rejects(house.engine.start(id), { code: 'COMMAND_NOT_FOUND' });
    assert.equal((await session.exited).exitCode, 127);
  });
});

describe('attached to a running container', () => {
  it('several clients hear the same', async () => {
    const { id } = await house.create({ cmd: ['cat'], openStdin: true });
    await house.engine.start(id);
    const sessions = await Promise.all([1, 2, 3].map(() => house.engine.attach(id, { stdin: true })));
    const all = sessions.map((session) => heard(session, /two\n/));
    sessions[0]!.write('one\n');
    await eventually(() => assert.deepEqual(house.lines(id), ['one']));
    sessions[1]!.write('two\n');
    assert.deepEqual(await Promise.all(all), ['one\ntwo\n', 'one\ntwo\n', 'one\ntwo\n']);
    await house.engine.kill(id);
    for (const session of sessions) assert.equal((await session.exited).exitCode, 137);
  });

  it('one may leave and the container goes on', async () => {
    const { id } = await house.create({ cmd: ['cat'], openStdin: true });
    await house.engine.start(id);
    const first = await house.engine.attach(id, { stdin: true });
    first.end();
    first.close();
    const second = await house.engine.attach(id, { stdin: true });
    const echo = heard(second, /still here\n/);
    second.write('still here\n');
    await echo;
    second.close();
    assert.equal((await house.engine.get(id)).state.status, 'running');
    await house.engine.kill(id);
  });

  it('without stdin it gives none', async () => {
    const { id } = await house.create({ cmd: ['cat'], openStdin: true });
    await house.engine.start(id);
    const [mute, loud] = [await house.engine.attach(id), await house.engine.attach(id, { stdin: true })];
    mute.write('unheard\n');
    const echo = heard(loud, /heard\n/);
    loud.write('heard\n');
    assert.equal(await echo, 'heard\n');
    for (const session of [mute, loud]) session.close();
    await house.engine.kill(id);
  });
});

describe('a client that does not read', () => {
  const LINES = 600_000;
  const expected = () => Array.from({ length: LINES }, (_, i) => `${i + 1}\n`).join('');

  it('holds up neither the container nor another client, and misses nothing in the end', async () => {
    const { id } = await house.create({ cmd: ['seq', '1', String(LINES)] });
    const slow = await house.engine.attach(id);
    const quick = await house.engine.attach(id);
    slow.pause();
    const quickly = outputOf(quick);
    await house.engine.start(id);
    assert.equal((await house.engine.wait(id)).exitCode, 0);
    const text = expected();
    assert.ok((await quickly).stdout === text, 'the quick one has all');
    const slowly = outputOf(slow);
    slow.resume();
    assert.ok((await slowly).stdout === text, 'and so has the slow one');
  });

  it('may die in the middle', async () => {
    const { id } = await house.create({ cmd: ['seq', '1', String(LINES)] });
    const dead = await house.engine.attach(id);
    dead.pause();
    await house.engine.start(id);
    dead.close();
    assert.equal((await house.engine.wait(id)).exitCode, 0);
    assert.equal(house.lines(id).length, LINES);
  });
});

describe('a terminal', () => {
  const shell = async (): Promise<{ id: string; session: Session }> => {
    const { id } = await house.create({ cmd: ['sh'], tty: true, openStdin: true });
    const session = await house.engine.attach(id, { stdin: true, size: { columns: 91, rows: 17 } });
    await house.engine.start(id);
    return { id, session };
  };

  it('has the size that its client said before it began', async () => {
    const { id, session } = await shell();
    const answer = heard(session, /17 91/);
    session.write('tty; stty size\n');
    assert.match(await answer, /\/dev\/pts\/0/);
    session.close();
    await house.engine.kill(id);
  });

  it("follows its client's size", async () => {
    const { id, session } = await shell();
    session.resize({ columns: 133, rows: 44 });
    const answer = heard(session, /44 133/);
    session.write('stty size\n');
    await answer;
    session.close();
    await house.engine.kill(id);
  });

  it('shows who comes later its last screen, when asked to', async () => {
    const { id, session } = await shell();
    const said = heard(session, /mark 42/);
    session.write('echo mark $((6 * 7))\n');
    await said;
    session.close();
    const later = await (await house.supervisorOf(id)).attach(id, { replay: true });
    await heard(later, /mark 42/);
    later.close();
    await house.engine.kill(id);
  });

  it('ends when its shell does', async () => {
    const { session } = await shell();
    const all = outputOf(session);
    session.write('exit 4\n');
    assert.equal((await all).status.exitCode, 4);
  });
});

describe('a stranger at the socket', () => {
  it('who talks nonsense loses his connection, and nobody else anything', async () => {
    const { id } = await house.start('sleep 60');
    const supervisor = await house.supervisorOf(id);
    const socket = connect(join(layout.supervisor(house.root, supervisor.id), 'sock'));
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await closed;
    assert.equal((await house.engine.get(id)).state.status, 'running');
    await house.engine.kill(id);
    assert.equal((await supervisor.wait(id)).exitCode, 137);
  });
});
