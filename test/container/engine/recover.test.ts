// What a crash, a power cut or kill -9 has left is put right by the next manager, and told.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openCgroupDriver } from '../../../src/engine/cgroup/index.js';
import type { Container, ContainerState } from '../../../src/engine/index.js';
import { layout, makerName } from '../../../src/engine/state/layout.js';
import { createStore } from '../../../src/engine/state/store.js';
import { startTimeOf } from '../../../src/native/index.js';
import { EngineHouse, outputOf } from '../../support/engine-house.js';
import { product } from '../../support/house.js';
import { eventually } from '../../support/patience.js';
import { refusal } from '../../support/refusal.js';
import { chance } from '../../support/chance.js';

const LOOP = 'while :; do sleep 0.05; done';
/** No process has it: pid_max is at most 2^22. */
const DEAD = { pid: 2 ** 22 + 1, startTime: 1 };

let house: EngineHouse;
beforeEach(async () => {
  house = await EngineHouse.open();
});
afterEach(() => house.close());

const whatOf = async () => (await house.engine.recover()).actions.map(({ name, what }) => `${name}: ${what}`);
const entries = () => readdirSync(layout.containers(house.root));
const storeOf = () => createStore(house.root, openCgroupDriver());
const cgroupOf = ({ cgroup }: Container) => cgroup.unified ?? Object.values(cgroup.controllers)[0]!;

/** As if this had been the last thing that was written. */
async function rewrite({ id }: Container, change: Partial<ContainerState>): Promise<void> {
  const store = storeOf();
  await store.withLock(id, () => store.writeState(id, { ...store.readState(id), ...change }));
}

describe('when nothing is wrong', () => {
  it('nothing is done, whatever there is', async () => {
    assert.deepEqual(await house.engine.recover(), { actions: [], corrupt: [] });
    await house.create({ name: 'made' });
    await house.start(LOOP, { name: 'runs' });
    await house.start(LOOP, { name: 'held' });
    await house.engine.pause('held');
    await house.run('exit 1', { name: 'over' });
    const before = await house.engine.list();
    assert.deepEqual(await house.engine.recover(), { actions: [], corrupt: [] });
    assert.deepEqual(await house.engine.list(), before);
  });
});

describe('a creation that was cut short', () => {
  it('is undone, its cgroup and its name with it', async () => {
    const container = await house.create({ name: 'half' });
    renameSync(
      layout.container(house.root, container.id),
      layout.container(house.root, makerName('new', DEAD, container.id)),
    );
    await assert.rejects(house.engine.get('half'), refusal('NO_SUCH_CONTAINER'));
    assert.deepEqual(await whatOf(), ['half: its creation was cut short, and undone']);
    assert.deepEqual(entries(), []);
    assert.ok(!existsSync(cgroupOf(container)));
    assert.equal((await house.create({ name: 'half' })).config.name, 'half');
  });

  it('is left alone while whoever is at it lives', async () => {
    const { id } = await house.create({ name: 'half' });
    const self = { pid: process.pid, startTime: startTimeOf(process.pid)! };
    const staging = layout.container(house.root, makerName('new', self, id));
    renameSync(layout.container(house.root, id), staging);
    assert.deepEqual(await whatOf(), []);
    await assert.rejects(house.create({ name: 'half' }), refusal('NAME_IN_USE'));
    renameSync(staging, layout.container(house.root, id));
  });

  it('is undone when not even its files were there', async () => {
    mkdirSync(layout.container(house.root, makerName('new', DEAD, 'd'.repeat(64))), { recursive: true });
    assert.deepEqual(await whatOf(), ['dddddddddddd: its creation was cut short, and undone']);
    assert.deepEqual(entries(), []);
  });
});

describe('a removal that was cut short', () => {
  it('is done, before the files were moved and after', async () => {
    const marked = await house.create({ name: 'marked' });
    await rewrite(marked, { status: 'removing' });
    assert.deepEqual(await whatOf(), ['marked: its removal was cut short, and is done now']);
    const moved = await house.create({ name: 'moved' });
    renameSync(
      layout.container(house.root, moved.id),
      layout.container(house.root, makerName('trash', DEAD, moved.id)),
    );
    assert.deepEqual(await whatOf(), ['moved: its removal was cut short, and is done now']);
    assert.deepEqual(entries(), []);
    assert.deepEqual(readdirSync(layout.names(house.root)), ['.lock']);
    for (const container of [marked, moved]) assert.ok(!existsSync(cgroupOf(container)));
  });

  it('can be done by asking again', async () => {
    const container = await house.create({ name: 'again' });
    await rewrite(container, { status: 'removing' });
    await assert.rejects(house.engine.start('again'), refusal('ILLEGAL_STATE', /being removed/));
    await house.engine.remove('again');
    assert.deepEqual(entries(), []);
  });
});

describe('after a reboot', () => {
  const reboot = (container: Container) => rewrite(container, { bootId: 'another boot' });

  it('what ran has ended, and how is not invented', async () => {
    const container = await house.start('exit 3', { name: 'gone' });
    await house.engine.wait('gone');
    await rewrite(container, { status: 'running', init: DEAD, bootId: 'another boot' });
    assert.deepEqual(await whatOf(), ['gone: the machine was restarted while it ran']);
    const { state } = await house.engine.get('gone');
    assert.deepEqual(
      [state.status, state.exitCode, state.finishedAt, state.init],
      ['exited', undefined, undefined, undefined],
    );
    assert.match(state.note!, /restarted/);
    assert.deepEqual(await whatOf(), []);
  });

  it('restart policies are followed, once', async () => {
    const policies = [
      ['always', 'running', true],
      ['unless-stopped', 'running', true],
      ['on-failure', 'running', false],
      ['no', 'running', false],
      ['always', 'exited', true],
      ['unless-stopped', 'exited', false],
    ] as const;
    for (const [name, status, comes] of policies) {
      const container = await house.start(LOOP, { name: 'policy', restartPolicy: { name, maximumRetryCount: 0 } });
      await house.engine.stop('policy', { timeoutSeconds: 0 });
      if (status === 'running') await rewrite(container, { status, init: DEAD, stopRequested: false });
      await reboot(container);
      await house.engine.recover();
      const { state } = await house.engine.get('policy');
      assert.equal(state.status, comes ? 'running' : 'exited', `${name}, ${status} before`);
      await house.engine.stop('policy', { timeoutSeconds: 0 });
      assert.deepEqual(await whatOf(), [], `${name}: what was stopped in this boot stays stopped in it`);
      await house.engine.remove('policy');
    }
  });

  it('what was to go at its end goes', async () => {
    const container = await house.create({ name: 'temporary', autoRemove: true });
    await rewrite(container, { status: 'running', init: DEAD, bootId: 'another boot' });
    await house.engine.recover();
    assert.deepEqual(entries(), []);
  });

  it('a cgroup that is gone is made again, with its limits', async () => {
    const container = await house.create({ name: 'bare', cmd: ['sh', '-c', LOOP], limits: { pidsLimit: 12 } });
    await openCgroupDriver().remove(container.cgroup);
    await house.engine.update('bare', { limits: { pidsLimit: 13 } });
    await house.engine.start('bare');
    const pids = container.cgroup.controllers['pids'] ?? container.cgroup.unified!;
    assert.equal(readFileSync(join(pids, 'pids.max'), 'utf8').trim(), '13');
  });
});

describe('a supervisor that was killed', () => {
  it('is followed by another, which looks after what still runs and records what has ended', async () => {
    const runs = await house.start(LOOP, { name: 'runs' });
    const ends = await house.start(LOOP, { name: 'ends' });
    await house.killSupervisorOf(runs.id);
    process.kill(ends.state.init!.pid, 'SIGKILL');
    await eventually(() => assert.ok(startTimeOf(ends.state.init!.pid) !== ends.state.init!.startTime));
    assert.deepEqual((await whatOf()).sort(), [
      'ends: it ended while nobody looked after it',
      'runs: its supervisor was gone, and another one looks after it now',
    ]);
    const [state, end] = [(await house.engine.get('runs')).state, (await house.engine.get('ends')).state];
    assert.deepEqual([state.status, state.init], ['running', runs.state.init]);
    assert.notEqual(state.supervisor, runs.state.supervisor);
    assert.deepEqual([end.status, end.init], ['exited', undefined]);
    assert.equal((await house.engine.stop('runs', { timeoutSeconds: 0 })).exitCode, 137);
    assert.deepEqual(await whatOf(), []);
  });

  it('does not keep a verb from being done, even without recovery', async () => {
    const { id } = await house.start('trap "exit 7" TERM; while :; do sleep 0.05; done', { name: 'orphan' });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await house.killSupervisorOf(id);
    const { stdout } = await outputOf(await house.engine.exec('orphan', { argv: ['echo', 'here'] }));
    assert.equal(stdout, 'here\n');
    assert.equal((await house.engine.stop('orphan')).exitCode, 7);
    await house.engine.start('orphan');
    await house.killSupervisorOf(id);
    await house.engine.remove('orphan', { force: true });
    assert.deepEqual(entries(), []);
  });

  it('at any moment of a start does not keep it from being started, once', async () => {
    const random = chance();
    const container = await house.create({ name: 'started', cmd: ['sh', '-c', `echo run >> /runs; ${LOOP}`] });
    for (let round = 1; round <= 15; round++) {
      const { pid } = await house.supervisors.acquire();
      const starting = house.engine.start('started');
      await new Promise((resolve) => setTimeout(resolve, random.below(12)));
      process.kill(pid, 'SIGKILL');
      const { state } = await starting;
      const when = `round ${round}, TEST_SEED=${random.seed} to replay`;
      assert.equal(state.status, 'running', when);
      await house.engine.recover();
      const inits = (await house.engine.top('started')).filter(({ containerPid }) => containerPid === 1);
      assert.deepEqual(
        inits.map(({ pid }) => pid),
        [state.init?.pid],
        when,
      );
      await house.engine.stop('started', { timeoutSeconds: 0 });
      assert.deepEqual(openCgroupDriver().processes(container.cgroup), [], when);
    }
  });

  it('between two runs does not keep it from being stopped or removed', async () => {
    for (const end of ['stop', 'remove'] as const) {
      const { id } = await house.start('exit 1', { restartPolicy: { name: 'always', maximumRetryCount: 0 } });
      await eventually(async () => assert.equal((await house.engine.get(id)).state.status, 'restarting'));
      await house.killSupervisorOf(id);
      if (end === 'remove') await house.engine.remove(id, { force: true });
      else await house.engine.stop(id);
      if (end === 'stop') assert.equal((await house.engine.get(id)).state.status, 'exited');
      else await assert.rejects(house.engine.get(id), refusal('NO_SUCH_CONTAINER'));
    }
  });

  it('in the middle of a start leaves nothing running that nobody knows of', async () => {
    const container = await house.create({ name: 'stray' });
    const stray = spawn('sleep', ['60'], { stdio: 'ignore' });
    const end = new Promise((resolve) => stray.once('exit', (_, signal) => resolve(signal)));
    openCgroupDriver().enter(container.cgroup, stray.pid!);
    assert.deepEqual(await whatOf(), ['stray: its start was cut short: what had been started of it was ended']);
    assert.equal(await end, 'SIGKILL');
    assert.equal((await house.engine.get('stray')).state.status, 'created');
    await house.engine.start('stray');
    await house.engine.remove('stray', { force: true });
  });
});

describe('a file that cannot be understood', () => {
  it('keeps nobody else from working, is kept, and told where', async () => {
    const broken = await house.create({ name: 'broken' });
    await house.create({ name: 'fine' });
    writeFileSync(layout.config(house.root, broken.id), '{"schema":1,"na');
    assert.deepEqual(
      (await house.engine.list()).map(({ config }) => config.name),
      ['fine'],
    );
    await assert.rejects(
      house.engine.get('broken'),
      refusal('STATE_CORRUPT', /config\.json cannot be understood: it is not JSON/),
    );
    const { corrupt } = await house.engine.recover();
    assert.equal(corrupt.length, 1);
    assert.equal(corrupt[0]!.id, broken.id);
    assert.equal(readFileSync(join(corrupt[0]!.keptAt, 'config.json'), 'utf8'), '{"schema":1,"na');
    assert.match(readFileSync(join(corrupt[0]!.keptAt, 'why.txt'), 'utf8'), /not JSON/);
    assert.deepEqual(await house.engine.recover(), { actions: [], corrupt: [] });
    assert.equal((await house.create({ name: 'broken' })).config.name, 'broken', 'its name is free again');
    await openCgroupDriver().remove(broken.cgroup);
  });

  it('is rebuilt from what the kernel says, when it is the state', async () => {
    const runs = await house.start(LOOP, { name: 'runs' });
    const held = await house.start(LOOP, { name: 'held' });
    await house.engine.pause('held');
    const over = await house.run('exit 3', { name: 'over' });
    await house.killSupervisorOf(runs.id);
    for (const id of [runs.id, held.id, over.id]) writeFileSync(layout.state(house.root, id), '');
    const { corrupt } = await house.engine.recover();
    assert.deepEqual(corrupt.map(({ id }) => id).sort(), [runs.id, held.id, over.id].sort());
    for (const { keptAt } of corrupt) assert.equal(readFileSync(keptAt, 'utf8'), '');
    const states = await Promise.all(
      ['runs', 'held', 'over'].map(async (name) => (await house.engine.get(name)).state),
    );
    assert.deepEqual(
      states.map(({ status }) => status),
      ['running', 'paused', 'exited'],
    );
    assert.deepEqual(
      states.map(({ init }) => init),
      [runs.state.init, held.state.init, undefined],
    );
    assert.deepEqual(
      states.map(({ exitCode }) => exitCode),
      [undefined, undefined, undefined],
    );
    await house.engine.unpause('held');
    assert.equal((await house.engine.stop('held', { timeoutSeconds: 0 })).exitCode, 137);
    await house.engine.start('over');
  });

  it('stays where it is while its container runs, and when it is only newer than we are', async () => {
    const runs = await house.start(LOOP, { name: 'runs' });
    const config = readFileSync(layout.config(house.root, runs.id));
    writeFileSync(layout.config(house.root, runs.id), 'x');
    assert.match(
      (await house.engine.recover()).corrupt[0]!.reason,
      new RegExp(`it still runs as process ${runs.state.init!.pid}`),
    );
    writeFileSync(layout.config(house.root, runs.id), JSON.stringify({ schema: 99 }));
    assert.match((await house.engine.recover()).corrupt[0]!.reason, /newer version/);
    writeFileSync(layout.config(house.root, runs.id), config);
    assert.deepEqual(await house.engine.recover(), { actions: [], corrupt: [] });
    assert.equal((await house.engine.get('runs')).state.status, 'running');
  });
});

describe('a pause that was cut short', () => {
  it('leaves a status that says what is so', async () => {
    const container = await house.start(LOOP, { name: 'iced' });
    const driver = openCgroupDriver();
    await driver.freeze(container.cgroup);
    assert.deepEqual(await whatOf(), ['iced: its pausing was cut short: its status says again what is so']);
    assert.equal((await house.engine.get('iced')).state.status, 'paused');
    await driver.thaw(container.cgroup);
    assert.deepEqual(await whatOf(), ['iced: its pausing was cut short: its status says again what is so']);
    assert.equal((await house.engine.get('iced')).state.status, 'running');
  });

  it('keeps nobody from ending it or from starting it again', async () => {
    const container = await house.start(LOOP, { name: 'iced' });
    const driver = openCgroupDriver();
    await driver.freeze(container.cgroup);
    assert.equal((await house.engine.stop('iced', { timeoutSeconds: 0 })).exitCode, 137);
    await driver.freeze(container.cgroup);
    assert.equal((await house.engine.start('iced')).state.status, 'running');
    assert.equal(driver.isFrozen(container.cgroup), false);
    await driver.freeze(container.cgroup);
    await house.engine.remove('iced', { force: true });
  });
});

describe('names that a crash left', () => {
  it('are free again', async () => {
    const { id } = await house.create({ name: 'real' });
    symlinkSync(id, layout.name(house.root, 'halfway'));
    symlinkSync('e'.repeat(64), layout.name(house.root, 'nobody'));
    await house.engine.recover();
    assert.deepEqual(readdirSync(layout.names(house.root)).sort(), ['.lock', 'real']);
  });
});

describe('managers that are killed at any moment', () => {
  it('leave containers that are whole or gone, and nothing else', async () => {
    const random = chance();
    const replay = `TEST_SEED=${random.seed} to replay`;
    const rounds = Number(process.env['TEST_ROUNDS'] ?? 25);
    // A machine with much to do takes long: how long says how long to wait before a kill.
    const begun = performance.now();
    await killedAfter(60_000, ['create', '--project', PROJECT, '--name', 'first', 'base']);
    const usual = performance.now() - begun;
    let names = ['first'];
    let changes = 0;
    for (let round = 0; round < rounds; round++) {
      const name = names[random.below(names.length)] ?? 'none';
      const words = [
        ['create', '--project', PROJECT, '--name', `c${round}`, 'base'],
        ['run', '-d', '--project', PROJECT, '--name', `r${round}`, 'base', 'sleep', '100'],
        ['rm', '-f', ...names],
        ['rm', '-f', '--keep', ...names],
        ['restore', ...(await keptNames())],
        ['rename', name, `n${round}`],
        ['start', name],
        ['stop', '-t', '0', name],
      ][random.below(8)]!;
      if (words[0] === 'restore') for (const { id } of await house.engine.removed()) restored.add(id);
      await killedAfter(usual * (0.5 + random.below(100) / 150), words);
      await house.engine.recover();
      const before = names.join();
      await eventually(async () => {
        names = await assertWhole(`${words.join(' ')} (${replay})`);
      });
      if (names.join() !== before) changes += 1;
    }
    assert.ok(changes > rounds / 10, `only ${changes} of ${rounds} did anything (${replay})`);
  });
});

const PROJECT = 'killed';
/** Ids of those that were brought back: they have a cgroup again when they are started. */
const restored = new Set<string>();

async function keptNames(): Promise<string[]> {
  const names = (await house.engine.removed()).map(({ config }) => config.name);
  return names.length === 0 ? ['none'] : names;
}

/** The command line in a process of its own, killed after so many ms, if it has not ended by then. */
function killedAfter(ms: number, words: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const manager = spawn(process.execPath, [product('tscontain'), '--root', house.root, ...words], {
      stdio: 'ignore',
    });
    const timer = setTimeout(() => manager.kill('SIGKILL'), ms);
    manager.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Files, names, cgroups and processes say the same. @returns the names that there are */
async function assertWhole(when: string): Promise<string[]> {
  const driver = openCgroupDriver();
  const containers = await house.engine.list();
  const names = containers.map(({ config }) => config.name).sort();
  const ids = containers.map(({ id }) => id).sort();
  assert.deepEqual(entries().sort(), ids, when);
  assert.deepEqual(
    readdirSync(layout.names(house.root))
      .filter((name) => name !== '.lock')
      .sort(),
    names,
    when,
  );
  const cgroups = cgroupIds();
  assert.deepEqual(
    cgroups.sort(),
    ids.filter((id) => cgroups.includes(id) || !restored.has(id)),
    when,
  );
  const kept = existsSync(layout.removed(house.root)) ? readdirSync(layout.removed(house.root)) : [];
  assert.deepEqual((await house.engine.removed()).map(({ id }) => id).sort(), kept.sort(), when);
  assert.deepEqual(
    kept.filter((id) => ids.includes(id)),
    [],
    when,
  );
  for (const { id, config, state, cgroup } of containers) {
    assert.equal((await house.engine.get(config.name)).id, id, when);
    const alive = state.init !== undefined && startTimeOf(state.init.pid) === state.init.startTime;
    assert.equal(alive, state.status === 'running', `${config.name} is ${state.status} after ${when}`);
    assert.equal(driver.processes(cgroup).length > 0, alive, when);
  }
  return names;
}

/** Of this test's project, in a tree that every container is in. */
function cgroupIds(): string[] {
  const { unified, controllers } = openCgroupDriver().paths(PROJECT, 'x');
  const project = dirname(unified ?? Object.values(controllers)[0]!);
  if (!existsSync(project)) return [];
  return readdirSync(project, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}
