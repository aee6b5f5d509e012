// Every verb on real containers, through the engine's face: what it does, what it refuses, and what it leaves behind.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { inspectDocker, type Container, type EngineEvent } from '../../../src/engine/index.js';
import { layout } from '../../../src/engine/state/layout.js';
import { EngineHouse, heard, outputOf } from '../../support/engine-house.js';
import { gather } from '../../support/gather.js';
import { eventually } from '../../support/patience.js';
import { refusal } from '../../support/refusal.js';

const MiB = 1024 * 1024;
/** A shell that reacts to SIGTERM, as pid 1 only does to what it asks for. */
const POLITE = 'trap "exit 7" TERM; echo ready; while :; do sleep 0.05; done';
const STUBBORN = 'trap "" TERM; echo ready; while :; do sleep 0.05; done';

let house: EngineHouse;
before(async () => {
  house = await EngineHouse.open();
});
after(() => house.close());

/** Starts it and waits for its first line: then its traps stand. */
async function ready(script: string, spec: Parameters<EngineHouse['start']>[1] = {}): Promise<Container> {
  const container = await house.start(script, spec);
  await eventually(() => assert.ok(house.lines(container.id).length > 0));
  return house.engine.get(container.id);
}

describe('create', () => {
  it('makes a container that is there as a whole, and starts nothing', async () => {
    const container = await house.create({ name: 'made', limits: { memory: 64 * MiB }, labels: { a: 'b' } });
    assert.equal(container.state.status, 'created');
    assert.equal(container.config.image.name, 'base');
    assert.deepEqual(await house.engine.get('made'), container);
    assert.deepEqual(await house.engine.get(container.id.slice(0, 12)), container);
    assert.ok(existsSync(container.cgroup.unified ?? Object.values(container.cgroup.controllers)[0]!));
    for (const file of ['hosts', 'hostname', 'resolv.conf'])
      assert.ok(existsSync(join(layout.etc(house.root, container.id), file)));
    await house.engine.remove('made');
  });

  it('leaves nothing behind when it is refused, at whatever step', async () => {
    await house.create({ name: 'taken' });
    const before = [readdirSync(layout.containers(house.root)), readdirSync(layout.names(house.root))];
    const refused = async (
      spec: Parameters<EngineHouse['create']>[0],
      code: Parameters<typeof refusal>[0],
      words: RegExp,
    ) => {
      await assert.rejects(house.create(spec), refusal(code, words));
      assert.deepEqual([readdirSync(layout.containers(house.root)), readdirSync(layout.names(house.root))], before);
    };
    await refused({ name: 'taken' }, 'NAME_IN_USE', /the name taken is taken by container [0-9a-f]{12}/);
    await refused({ name: 'a b' }, 'INVALID_VALUE', /"a b"/);
    await refused({ name: 'x1', limits: { nanoCpus: 9e12 } }, 'INVALID_VALUE', /9000/);
    await refused(
      { name: 'x1', limits: { deviceReadBps: [{ path: '/dev/nothing', rate: 1 }] } },
      'NO_SUCH_PATH',
      /\/dev\/nothing/,
    );
    await refused(
      { name: 'x1', devices: [{ pathOnHost: '/dev/nothing', pathInContainer: '/dev/x1', permissions: 'r' }] },
      'NO_SUCH_PATH',
      /\/dev\/nothing/,
    );
    const mounts = [
      { type: 'bind', source: '/nowhere/at/all', target: '/b', readOnly: false, propagation: 'rprivate' },
    ] as const;
    await refused({ name: 'x1', mounts }, 'NO_SUCH_PATH', /"\/nowhere\/at\/all"/);
    await assert.rejects(house.engine.create({ image: 'absent' }), refusal('NO_SUCH_IMAGE', /absent/));
    await house.engine.remove('taken');
  });
});

describe('start, stop, kill, restart', () => {
  it('runs it, once, and records its end', async () => {
    const { id } = await house.shell('exit 3', { name: 'once' });
    const events = gatherEvents();
    await house.engine.start('once');
    assert.deepEqual(await house.engine.wait('once'), { exitCode: 3, oomKilled: false });
    const { state } = await house.engine.get('once');
    assert.equal(state.status, 'exited');
    assert.equal(state.exitCode, 3);
    assert.ok(Date.parse(state.finishedAt!) >= Date.parse(state.startedAt!));
    await eventually(() => assert.deepEqual(events.actions(id).slice(-2), ['start', 'die']));
    await events.stop();
    await house.engine.remove('once');
  });

  it('starting what runs is done already, pausing first is refused', async () => {
    const first = await ready(POLITE, { name: 'again' });
    assert.equal((await house.engine.start('again')).state.init?.pid, first.state.init?.pid);
    await house.engine.pause('again');
    await assert.rejects(
      house.engine.start('again'),
      refusal('ILLEGAL_STATE', /cannot start container again: it is paused/),
    );
    await house.engine.remove('again', { force: true });
  });

  it('stops by the stop signal, and by force after the grace', async () => {
    await ready(POLITE, { name: 'polite' });
    assert.equal((await house.engine.stop('polite')).exitCode, 7);
    assert.equal((await house.engine.stop('polite')).exitCode, 7, 'stopping it again is done already');

    await ready(STUBBORN, { name: 'stubborn' });
    const begun = performance.now();
    assert.equal((await house.engine.stop('stubborn', { timeoutSeconds: 0.3 })).exitCode, 137);
    assert.ok(performance.now() - begun >= 300);
    assert.equal((await house.engine.get('stubborn')).state.stopRequested, true);

    await ready('trap "exit 9" USR1; echo ready; while :; do sleep 0.05; done', { name: 'own', stopSignal: 'SIGUSR1' });
    assert.equal((await house.engine.stop('own')).exitCode, 9);
    for (const name of ['polite', 'stubborn', 'own']) await house.engine.remove(name);
  });

  it('stops and kills what is paused', async () => {
    await ready(POLITE, { name: 'frozen' });
    await house.engine.pause('frozen');
    assert.equal((await house.engine.stop('frozen')).exitCode, 7);
    await house.engine.start('frozen');
    await house.engine.pause('frozen');
    await house.engine.kill('frozen');
    assert.equal((await house.engine.wait('frozen')).exitCode, 137);
    await house.engine.remove('frozen');
  });

  it('kills with the signal that was asked for', async () => {
    await ready('trap "echo hup" HUP; trap "exit 4" INT; echo ready; while :; do sleep 0.05; done', {
      name: 'signalled',
    });
    await house.engine.kill('signalled', 'HUP');
    const { id } = await house.engine.get('signalled');
    await eventually(() => assert.ok(house.lines(id).includes('hup')));
    assert.equal((await house.engine.get('signalled')).state.status, 'running');
    await house.engine.kill('signalled', '2');
    assert.equal((await house.engine.wait('signalled')).exitCode, 4);
    await assert.rejects(
      house.engine.kill('signalled'),
      refusal('ILLEGAL_STATE', /cannot kill container signalled: it is not running/),
    );
    await assert.rejects(house.engine.kill('signalled', 'NOPE'), refusal('INVALID_VALUE', /"NOPE"/));
    await house.engine.remove('signalled');
  });

  it('restarts into a new run that keeps its files', async () => {
    await ready(`echo run >> /count; ${POLITE}`, { name: 'runs' });
    const first = (await house.engine.get('runs')).state;
    const { state } = await house.engine.restart('runs', { timeoutSeconds: 2 });
    assert.notEqual(state.init?.pid, first.init?.pid);
    assert.equal(state.status, 'running');
    assert.equal(state.stopRequested, false);
    const { stdout } = await outputOf(await house.engine.exec('runs', { argv: ['cat', '/count'] }));
    assert.equal(stdout, 'run\nrun\n');
    await house.engine.remove('runs', { force: true });
  });

  it('starts again after its cgroup was killed by force', async () => {
    await ready(STUBBORN, { name: 'forced' });
    await house.engine.stop('forced', { timeoutSeconds: 0 });
    assert.equal((await house.engine.start('forced')).state.status, 'running');
    await house.engine.remove('forced', { force: true });
  });

  it('is over by itself when it is, and with autoRemove gone, before anybody looks', async () => {
    for (let i = 0; i < 10; i++) {
      const { id } = await house.create({ cmd: ['true'], autoRemove: true });
      const session = await house.engine.attach(id);
      const { state } = await house.engine.start(id);
      assert.ok(['running', 'exited', 'removing'].includes(state.status), state.status);
      assert.equal((await session.exited).exitCode, 0);
    }
  });

  it('says which program is not there or cannot be run, and stays created', async () => {
    await house.create({ name: 'wrong', cmd: ['/no/such/program'] });
    await assert.rejects(house.engine.start('wrong'), refusal('COMMAND_NOT_FOUND', /\/no\/such\/program/));
    const { state } = await house.engine.get('wrong');
    assert.deepEqual([state.status, state.exitCode], ['created', 127]);
    assert.match(state.error!, /\/no\/such\/program/);
    await house.create({ name: 'wrong2', cmd: ['/etc/passwd'] });
    await assert.rejects(house.engine.start('wrong2'), refusal('COMMAND_NOT_EXECUTABLE', /\/etc\/passwd/));
    assert.equal((await house.engine.get('wrong2')).state.exitCode, 126);
    for (const name of ['wrong', 'wrong2']) await house.engine.remove(name);
  });
});

describe('pause and unpause', () => {
  it('holds every process still and lets them go on', async () => {
    const { id } = await ready('i=0; while :; do i=$((i+1)); echo $i; sleep 0.02; done', { name: 'held' });
    await house.engine.pause('held');
    assert.equal((await house.engine.get('held')).state.status, 'paused');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const still = house.lines(id).length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(house.lines(id).length, still);
    await assert.rejects(house.engine.exec('held', { argv: ['true'] }), refusal('ILLEGAL_STATE', /it is paused/));
    await assert.rejects(house.engine.pause('held'), refusal('ILLEGAL_STATE', /it is paused already/));
    await house.engine.unpause('held');
    await eventually(() => assert.ok(house.lines(id).length > still));
    await assert.rejects(house.engine.unpause('held'), refusal('ILLEGAL_STATE', /it is not paused/));
    await house.engine.remove('held', { force: true });
  });
});

describe('rename and update', () => {
  it('gives another name, and the old one back', async () => {
    const { id } = await house.create({ name: 'before' });
    await house.create({ name: 'other' });
    await assert.rejects(house.engine.rename('before', 'other'), refusal('NAME_IN_USE', /other/));
    await assert.rejects(house.engine.rename('before', 'before'), refusal('INVALID_VALUE', /called before already/));
    await assert.rejects(house.engine.rename('before', '../x'), refusal('INVALID_VALUE', /"\.\.\/x"/));
    await house.engine.rename('before', 'after');
    assert.equal((await house.engine.get('after')).id, id);
    await assert.rejects(house.engine.get('before'), refusal('NO_SUCH_CONTAINER'));
    await house.engine.rename('other', 'before');
    for (const name of ['after', 'before']) await house.engine.remove(name);
  });

  it('changes limits in the kernel and on disk, live, and back to none', async () => {
    await ready(POLITE, { name: 'limited', limits: { memory: 64 * MiB } });
    await house.engine.update('limited', { limits: { memory: 32 * MiB, pidsLimit: 17 } });
    const { config, cgroup } = await house.engine.get('limited');
    assert.equal(config.limits.memory, 32 * MiB);
    const pids = join(cgroup.controllers['pids'] ?? cgroup.unified!, 'pids.max');
    assert.equal(readFileSync(pids, 'utf8').trim(), '17');
    await house.engine.update('limited', { limits: { pidsLimit: -1 } });
    assert.equal(readFileSync(pids, 'utf8').trim(), 'max');
    assert.equal(inspectDocker(await house.engine.get('limited'), house.root).HostConfig.Memory, 32 * MiB);
    await house.engine.remove('limited', { force: true });
  });

  it('keeps changed limits over a restart and a removal that is taken back, and tells what they were', async () => {
    const since = Date.now();
    await ready(POLITE, { name: 'kept', limits: { nanoCpus: 1e9, pidsLimit: 40 } });
    await house.engine.update('kept', { limits: { cpuQuota: 30_000, cpuPeriod: 100_000, pidsLimit: 21 } });
    const held = async () => {
      const { cpuQuota, pidsLimit } = await house.engine.limitsInForce('kept');
      return [cpuQuota, pidsLimit];
    };
    assert.deepEqual(await held(), [30_000, 21]);
    await house.engine.restart('kept');
    assert.deepEqual(await held(), [30_000, 21]);
    await house.engine.remove('kept', { force: true, keepSeconds: 60 });
    await house.engine.restore('kept');
    assert.deepEqual(await house.engine.limitsInForce('kept'), {}, 'it has no cgroup until it is started');
    await house.engine.start('kept');
    assert.deepEqual(await held(), [30_000, 21]);
    const events = await gather(house.engine.events({ since, until: Date.now() }));
    const { name: _name, image: _image, ...changes } = events.find(({ action }) => action === 'update')!.attributes;
    assert.deepEqual(changes, {
      'nanoCpus.before': '1000000000',
      cpuQuota: '30000',
      cpuPeriod: '100000',
      pidsLimit: '21',
      'pidsLimit.before': '40',
    });
    await house.engine.remove('kept', { force: true });
  });

  it('refuses a change as a whole when one part cannot be', async () => {
    const before = await house.create({ name: 'whole', limits: { pidsLimit: 10 } });
    await assert.rejects(
      house.engine.update('whole', { limits: { pidsLimit: 20, memory: 5 } }),
      refusal('INVALID_VALUE', /memory limit "5"/),
    );
    await assert.rejects(
      house.engine.update('whole', { limits: { pidsLimit: 20, deviceWriteBps: [{ path: '/dev/nothing', rate: 1 }] } }),
      refusal('NO_SUCH_PATH', /\/dev\/nothing/),
    );
    const { config, cgroup } = await house.engine.get('whole');
    assert.deepEqual(config.limits, before.config.limits);
    assert.equal(readFileSync(join(cgroup.controllers['pids'] ?? cgroup.unified!, 'pids.max'), 'utf8').trim(), '10');
    await house.engine.remove('whole');
  });

  it('changes the restart policy of what runs, which acts on it', async () => {
    await ready('echo run; sleep 0.3; exit 1', { name: 'policy' });
    await house.engine.update('policy', { restartPolicy: { name: 'on-failure', maximumRetryCount: 1 } });
    assert.equal((await house.engine.wait('policy')).exitCode, 1);
    assert.equal((await house.engine.get('policy')).state.restartCount, 1);
    await house.engine.remove('policy');
  });
});

describe('wait', () => {
  it('answers at once for what has ended, at the next end, and at the removal', async () => {
    const { id } = await house.shell('sleep 0.2; exit 5', { name: 'awaited' });
    const removed = house.engine.wait('awaited', 'removed');
    const next = house.engine.wait('awaited', 'next-exit');
    await house.engine.start('awaited');
    assert.equal((await next).exitCode, 5);
    assert.equal((await house.engine.wait(id)).exitCode, 5);
    await house.engine.remove('awaited');
    assert.equal((await removed).exitCode, 5);
    await assert.rejects(house.engine.wait('awaited'), refusal('NO_SUCH_CONTAINER'));
  });

  it('knows the exit code of what its own end removes', async () => {
    const { id } = await house.shell('sleep 0.1; exit 6', { autoRemove: true });
    await house.engine.start(id);
    assert.equal((await house.engine.wait(id)).exitCode, 6);
    await eventually(() => assert.rejects(house.engine.get(id), refusal('NO_SUCH_CONTAINER')));
  });
});

describe('exec', () => {
  before(() => ready(POLITE, { name: 'host1', env: ['A=1'] }));
  after(() => house.engine.remove('host1', { force: true }));

  it('runs beside the init, in its namespaces, with streams apart and the exit code', async () => {
    const session = await house.engine.exec('host1', {
      argv: ['sh', '-c', 'hostname; echo $A$B $PWD >&2; exit 4'],
      env: ['B=2'],
      workingDir: '/etc',
    });
    const { stdout, stderr, status } = await outputOf(session);
    const { config } = await house.engine.get('host1');
    assert.deepEqual([stdout, stderr, status.exitCode], [`${config.hostname}\n`, '12 /etc\n', 4]);
  });

  it('gives it what is written, to the end', async () => {
    const session = await house.engine.exec('host1', { argv: ['sh', '-c', 'wc -c; echo done'] });
    const output = outputOf(session);
    const block = Buffer.alloc(300_000, 'x');
    for (let i = 0; i < 10; i++)
      if (!session.write(block)) await new Promise<void>((resolve) => session.onDrain(resolve));
    session.end();
    assert.equal((await output).stdout, '3000000\ndone\n');
  });

  it('hands on all of a large output, paused or not, before it says that it is over', async () => {
    const session = await house.engine.exec('host1', { argv: ['sh', '-c', 'head -c 5000000 /dev/zero; exit 2'] });
    let bytes = 0;
    session.onOutput((_, data) => {
      bytes += data.length;
      session.pause();
      setTimeout(() => session.resume(), 1);
    });
    assert.equal((await session.exited).exitCode, 2);
    assert.equal(bytes, 5_000_000);
  });

  it('does not wait for what it leaves behind', async () => {
    const session = await house.engine.exec('host1', { argv: ['sh', '-c', 'sleep 30 & echo left; exit 0'] });
    const begun = performance.now();
    assert.deepEqual((await outputOf(session)).stdout, 'left\n');
    assert.ok(performance.now() - begun < 5000);
  });

  it('is a terminal when asked, with its size and its hang-up', async () => {
    const session = await house.engine.exec('host1', { argv: ['sh'], tty: true, size: { columns: 100, rows: 30 } });
    assert.equal(session.tty, true);
    const before = heard(session, /size 30 100/);
    session.write('echo size $(stty size)\n');
    await before;
    const after = heard(session, /size 40 120/);
    session.resize({ columns: 120, rows: 40 });
    session.write('echo size $(stty size)\n');
    await after;
    // A shell that reads may see the end of its terminal before the signal, and end by itself.
    const deaf = heard(session, /deaf 2/);
    session.write('echo deaf $((1 + 1)); exec sleep 1000\n');
    await deaf;
    session.close();
    assert.ok(((await session.exited).exitCode ?? 0) > 128, 'it was hung up');
  });

  it('runs by itself when detached', async () => {
    const argv = ['sh', '-c', 'echo here > /detached; sleep 0.1'];
    const session = await house.engine.exec('host1', { argv, detach: true });
    await eventually(async () => {
      const { stdout } = await outputOf(await house.engine.exec('host1', { argv: ['cat', '/detached'] }));
      assert.equal(stdout, 'here\n');
    });
    assert.equal((await session.exited).exitCode, 0);
  });

  it('is held by the limits of the container', async () => {
    const { id } = await ready(POLITE, { limits: { pidsLimit: 20 } });
    const many = 'n=0; while [ $n -lt 40 ]; do sleep 5 & n=$((n+1)); done 2>/dev/null; exit 0';
    const { status } = await outputOf(await house.engine.exec(id, { argv: ['sh', '-c', many] }));
    assert.notEqual(status.exitCode, 0);
    assert.ok((await house.engine.top(id)).length <= 20);
    await house.engine.remove(id, { force: true });
  });

  it('refuses what cannot be run, with Docker’s codes behind it', async () => {
    await assert.rejects(
      house.engine.exec('host1', { argv: ['nothing-like-it'] }),
      refusal('COMMAND_NOT_FOUND', /nothing-like-it/),
    );
    await assert.rejects(house.engine.exec('host1', { argv: ['/etc'] }), refusal('COMMAND_NOT_EXECUTABLE', /\/etc/));
    await assert.rejects(house.engine.exec('host1', { argv: [] }), refusal('INVALID_VALUE', /no command/));
    await assert.rejects(house.engine.exec('host1', { argv: ['a\0b'] }), refusal('INVALID_VALUE', /zero byte/));
    await assert.rejects(
      house.engine.exec('host1', { argv: ['true'], user: 'nobody-there' }),
      refusal('INVALID_VALUE', /nobody-there/),
    );
    const { id } = await house.create({});
    await assert.rejects(house.engine.exec(id, { argv: ['true'] }), refusal('ILLEGAL_STATE', /not running/));
    await house.engine.remove(id);
  });

  it('leaves no descriptor behind, however it ends', async () => {
    const count = () => readdirSync('/proc/self/fd').length;
    const once = async () => {
      await outputOf(await house.engine.exec('host1', { argv: ['true'] }));
      await assert.rejects(house.engine.exec('host1', { argv: ['nothing-like-it'] }));
      const terminal = await house.engine.exec('host1', { argv: ['true'], tty: true });
      await outputOf(terminal);
      terminal.close();
    };
    await once();
    await eventually(async () => {
      const before = count();
      for (let i = 0; i < 10; i++) await once();
      assert.ok(count() <= before, `${count()} descriptors, ${before} before`);
    });
  });
});

describe('attach and logs', () => {
  it('misses nothing when it comes before the start, and the log has it too', async () => {
    const { id } = await house.shell('echo out; echo err >&2; exit 3');
    const session = await house.engine.attach(id);
    const output = outputOf(session);
    await house.engine.start(id);
    const { stdout, stderr, status } = await output;
    assert.deepEqual([stdout, stderr, status.exitCode], ['out\n', 'err\n', 3]);
    const entries = await gather(house.engine.logs(id));
    assert.deepEqual(entries.map(({ stream, text }) => [stream, text.toString()]).sort(), [
      ['stderr', 'err'],
      ['stdout', 'out'],
    ]);
    await house.engine.remove(id);
  });

  it('follows the log of what runs until its end', async () => {
    const { id } = await house.start('for i in 1 2 3 4 5; do echo line $i; sleep 0.05; done');
    const lines = (await gather(house.engine.logs(id, { follow: true }))).map(({ text }) => text.toString());
    assert.deepEqual(lines, ['line 1', 'line 2', 'line 3', 'line 4', 'line 5']);
    assert.equal((await house.engine.get(id)).state.status, 'exited');
    const last = await gather(house.engine.logs(id, { tail: 2 }));
    assert.deepEqual(
      last.map(({ text }) => text.toString()),
      ['line 4', 'line 5'],
    );
    await house.engine.remove(id);
    await assert.rejects(gather(house.engine.logs(id)), refusal('NO_SUCH_CONTAINER'));
  });
});

describe('top', () => {
  it('reads the host, so a container cannot say what is shown', async () => {
    await ready('cp /bin/sh /tmp/ps; sleep 30 & echo ready; wait', { name: 'topped' });
    // Its shell may say that it is ready before what it has begun has become another program.
    let processes = await house.engine.top('topped');
    await eventually(async () => {
      processes = await house.engine.top('topped');
      assert.ok(processes.some(({ command }) => command === 'sleep 30'));
    });
    assert.deepEqual(processes.map(({ containerPid, uid }) => [containerPid === 1, uid]).slice(0, 1), [[true, 0]]);
    for (const { rssBytes, threads, startedAt } of processes) {
      assert.ok(rssBytes > 0 && threads === 1);
      assert.ok(Math.abs(startedAt - Date.now()) < 120_000, new Date(startedAt).toISOString());
    }
    await house.engine.remove('topped', { force: true });
    await assert.rejects(house.engine.top('topped'), refusal('NO_SUCH_CONTAINER'));
  });
});

describe('files', () => {
  it('are copied both ways and compared, running or not', async () => {
    const source = join(house.root, 'source');
    mkdirSync(source);
    writeFileSync(join(source, 'hello'), 'from the host');
    const { packHostPath } = await import('../../../src/engine/index.js');
    await ready(`echo inside > /made; rm /etc/profile; ${POLITE}`, { name: 'files' });
    for (const running of [true, false]) {
      if (!running) await house.engine.stop('files');
      await house.engine.copyTo('files', '/tmp', packHostPath(source));
      assert.deepEqual(await house.engine.stat('files', '/tmp/source/hello'), {
        isDirectory: false,
        size: 13,
        mode: 0o644,
      });
      assert.equal(await house.engine.stat('files', '/nothing'), undefined);
      const { stream, isDirectory, name } = await house.engine.copyFrom('files', '/made');
      assert.deepEqual([isDirectory, name], [false, 'made']);
      const bytes = Buffer.concat(await gather(stream.pipe(new PassThrough()) as AsyncIterable<Buffer>));
      assert.ok(bytes.includes('inside\n'));
      const changes = (await house.engine.diff('files')).map(({ kind, path }) => `${kind} ${path}`);
      for (const change of ['A /made', 'D /etc/profile', 'A /tmp/source/hello'])
        assert.ok(changes.includes(change), changes.join());
      await assert.rejects(house.engine.copyFrom('files', '/nothing'), refusal('NO_SUCH_PATH', /\/nothing/));
    }
    await house.engine.remove('files');
  });
});

describe('remove and prune', () => {
  it('refuses what runs, unless by force', async () => {
    const { cgroup, id } = await ready(STUBBORN, { name: 'busy' });
    await assert.rejects(
      house.engine.remove('busy'),
      refusal('ILLEGAL_STATE', /cannot remove container busy: it is running/),
    );
    await house.engine.remove('busy', { force: true });
    await assert.rejects(house.engine.get('busy'), refusal('NO_SUCH_CONTAINER'));
    assert.ok(!existsSync(cgroup.unified ?? Object.values(cgroup.controllers)[0]!));
    assert.deepEqual(
      readdirSync(layout.containers(house.root)).filter((name) => name.includes(id)),
      [],
    );
    assert.ok(!readdirSync(layout.names(house.root)).includes('busy'));
  });

  it('by force takes what is paused and what waits to be restarted', async () => {
    await ready(STUBBORN, { name: 'p1' });
    await house.engine.pause('p1');
    await house.engine.remove('p1', { force: true });
    await house.start('exit 1', { name: 'p2', restartPolicy: { name: 'always', maximumRetryCount: 0 } });
    await eventually(async () => assert.equal((await house.engine.get('p2')).state.status, 'restarting'));
    await house.engine.remove('p2', { force: true });
    for (const name of ['p1', 'p2']) await assert.rejects(house.engine.get(name), refusal('NO_SUCH_CONTAINER'));
  });

  it('stops what waits to be restarted', async () => {
    await house.start('exit 1', { name: 'looping', restartPolicy: { name: 'always', maximumRetryCount: 0 } });
    await eventually(async () => assert.ok((await house.engine.get('looping')).state.restartCount >= 1));
    await house.engine.stop('looping', { timeoutSeconds: 0 });
    assert.equal((await house.engine.get('looping')).state.status, 'exited');
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal((await house.engine.get('looping')).state.status, 'exited');
    await house.engine.remove('looping');
  });

  it('prunes what has ended or never ran, and says what that frees', async () => {
    const { id: never } = await house.create({});
    const { id: over } = await house.run('head -c 3000000 /dev/zero > /big');
    await ready(POLITE, { name: 'stays' });
    const { removed, freedBytes } = await house.engine.prune();
    assert.deepEqual(removed.sort(), [never, over].sort());
    assert.ok(freedBytes >= 3_000_000, String(freedBytes));
    assert.equal((await house.engine.get('stays')).state.status, 'running');
    await house.engine.remove('stays', { force: true });
  });

  it('removes what a container has nested deeper than any path can be', async () => {
    // From the inside out, so that the shell itself never needs the whole path.
    const deep =
      'mkdir d; i=0; while [ $i -lt 300 ]; do mkdir n && mv d n/nested-directory && mv n d || exit 1; i=$((i+1)); done';
    const { id, status } = await house.run(deep, { workingDir: '/tmp' });
    assert.equal(status.exitCode, 0);
    await house.engine.remove(id);
    assert.deepEqual(
      readdirSync(layout.containers(house.root)).filter((name) => name.includes(id)),
      [],
    );
  });
});

describe('explain and the launch report', () => {
  it('tells the steps beforehand, with nothing made, and with their times afterwards', async () => {
    const before = readdirSync(layout.containers(house.root));
    const steps = await house.engine.explain({ image: 'base', cmd: ['true'] });
    assert.ok(steps.length > 20 && steps.length < 100, String(steps.length));
    assert.equal(steps.at(-1)?.call, 'execve');
    assert.deepEqual(readdirSync(layout.containers(house.root)), before);
    const { id } = await house.create({ cmd: ['true'] });
    assert.equal(await house.engine.launchReport(id), undefined);
    await house.engine.start(id);
    await house.engine.wait(id);
    await eventually(async () => {
      const report = await house.engine.launchReport(id);
      assert.ok(report !== undefined && report.totalUs > 0 && report.steps.length > 20);
    });
    await house.engine.remove(id);
  });
});

describe('watch and events', () => {
  it('tell one manager what another did', async () => {
    const other = await house.anotherEngine();
    let told = 0;
    const end = other.watch(() => (told += 1));
    const events = gatherEvents();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const quiet = told;
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(told, quiet, 'nothing is told while nothing happens');
    const { id } = await house.start('exit 0', { name: 'watched' });
    await house.engine.wait(id);
    await eventually(() => assert.ok(told > quiet));
    for (let i = 0; i < 20; i++) {
      const seen = told;
      await house.engine.rename(id, `watched${i}`);
      await eventually(() => assert.ok(told > seen), 1000);
    }
    await house.engine.rename(id, 'watched');
    await house.engine.remove('watched');
    await eventually(() => assert.equal(events.actions(id).at(-1), 'destroy'));
    assert.deepEqual(
      events.actions(id).filter((action) => action !== 'rename'),
      ['create', 'start', 'die', 'destroy'],
    );
    await events.stop();
    end();
  });
});

/** Every event from now on. */
function gatherEvents() {
  const controller = new AbortController();
  const seen: EngineEvent[] = [];
  const done = (async () => {
    for await (const event of house.engine.events({ since: Date.now(), signal: controller.signal })) seen.push(event);
  })();
  return {
    actions: (id: string) => seen.filter((event) => event.id === id).map(({ action }) => action),
    stop() {
      controller.abort();
      return done;
    },
  };
}
