// The store: names, ids, locks, and files that are damaged, newer, or gone between two looks.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { ContainerConfig, ContainerState } from '../../../src/engine/model.js';
import { layout, makerName } from '../../../src/engine/state/layout.js';
import { createStore } from '../../../src/engine/state/store.js';
import { refusal } from '../../support/refusal.js';
import { configured, CREATED } from '../../support/spec.js';
import { stateDirectory } from '../../support/state-directory.js';

const idOf = (digit: string) => digit.repeat(64);

function openStore(root: string) {
  return createStore(root, { paths: (project, id) => ({ controllers: {}, unified: `/cg/${project}/${id}` }) });
}

function put(
  root: string,
  id: string,
  config: Partial<ContainerConfig> = {},
  state: Partial<ContainerState> = {},
): void {
  mkdirSync(layout.container(root, id), { recursive: true });
  writeFileSync(layout.config(root, id), JSON.stringify({ ...configured().config, id, ...config }));
  writeFileSync(layout.state(root, id), JSON.stringify({ ...CREATED, ...state }));
}

describe('the store', () => {
  it('is empty before anything was made, and makes nothing by being read', (t) => {
    const root = stateDirectory(t);
    const store = openStore(root);
    assert.deepEqual(store.loadAll(), { containers: [], unreadable: [] });
    assert.deepEqual(store.takenNames(), []);
    assert.throws(() => store.resolve('web'), refusal('NO_SUCH_CONTAINER', /"web"/));
    assert.deepEqual(readdirSync(root), []);
  });

  it('finds a container by id, by the beginning of an id, by name, in this order', async (t) => {
    const root = stateDirectory(t);
    const store = openStore(root);
    const [a, b] = [`ab${'0'.repeat(62)}`, `ac${'0'.repeat(62)}`];
    put(root, a, { name: 'web' });
    put(root, b, { name: 'db' });
    await store.takeName('web', a);
    // A name that looks like the beginning of the other's id.
    await store.takeName('ac', a);
    assert.equal(store.resolve(a), a);
    assert.equal(store.resolve('web'), a);
    assert.equal(store.resolve('ac'), a);
    assert.equal(store.resolve('ac0'), b);
    assert.throws(() => store.resolve('a'), refusal('AMBIGUOUS_ID', /a is the beginning of 2/));
    for (const hostile of ['../containers', '.lock', '..', '', 'web/', 'x'.repeat(5000), 'a\0b', '\u001b[2J'])
      assert.throws(() => store.resolve(hostile), refusal('NO_SUCH_CONTAINER'), hostile);
  });

  it('lists the newest first, and the others when one cannot be read', (t) => {
    const root = stateDirectory(t);
    put(root, idOf('1'), { created: '2026-01-01T00:00:00.000Z' });
    put(root, idOf('2'), { created: '2026-01-03T00:00:00.000Z' });
    put(root, idOf('3'), { created: '2026-01-02T00:00:00.000Z' });
    put(root, idOf('4'));
    writeFileSync(layout.state(root, idOf('4')), '{"schema":1,"status":"flyi');
    put(root, idOf('5'));
    rmSync(layout.config(root, idOf('5')));
    put(root, idOf('6'));
    writeFileSync(layout.config(root, idOf('6')), JSON.stringify({ schema: 2, id: idOf('6') }));
    mkdirSync(layout.container(root, makerName('new', { pid: 1, startTime: 2 }, idOf('7'))));
    const { containers, unreadable } = openStore(root).loadAll();
    assert.deepEqual(
      containers.map(({ id }) => id[0]),
      ['2', '3', '1'],
    );
    assert.deepEqual(unreadable.map(({ id, part, error }) => [id[0], part, error.code]).sort(), [
      ['4', 'state', 'STATE_CORRUPT'],
      ['5', 'config', 'STATE_CORRUPT'],
      ['6', 'config', 'NOT_SUPPORTED'],
    ]);
  });

  it('tells damage in every part that others build on', (t) => {
    const root = stateDirectory(t);
    const store = openStore(root);
    const id = idOf('1');
    const { config } = configured();
    for (const damage of ['', '[]', 'null', '{}', '{"schema":0}', JSON.stringify({ ...config, id: idOf('2') })]) {
      put(root, id);
      writeFileSync(layout.config(root, id), damage);
      assert.throws(() => store.load(id), refusal('STATE_CORRUPT', /config\.json/), damage);
    }
    for (const part of ['name', 'argv', 'image', 'limits', 'env', 'mounts', 'restartPolicy']) {
      put(root, id);
      writeFileSync(layout.config(root, id), JSON.stringify({ ...config, id, [part]: 7 }));
      assert.throws(() => store.load(id), refusal('STATE_CORRUPT'), part);
    }
    for (const init of [7, {}, { pid: -1, startTime: 1 }, { pid: '1', startTime: 1 }]) {
      put(root, id);
      writeFileSync(layout.state(root, id), JSON.stringify({ ...CREATED, init }));
      assert.throws(() => store.load(id), refusal('STATE_CORRUPT', /state\.json/));
    }
  });

  it('hands out the same object until its files change, and the new one then', async (t) => {
    const root = stateDirectory(t);
    const store = openStore(root);
    const id = idOf('1');
    put(root, id);
    const first = store.load(id);
    assert.equal(store.load(id), first);
    assert.equal(first.cgroup.unified, `/cg/default/${id}`);
    // By another manager, which knows nothing of our memory.
    openStore(root).writeState(id, { ...first.state, status: 'exited', exitCode: 3 });
    assert.equal(store.load(id).state.exitCode, 3);
    assert.equal(store.load(id).config, first.config);
    await openStore(root).writeConfig({ ...first.config, name: 'other' });
    assert.equal(store.load(id).config.name, 'other');
    rmSync(layout.container(root, id), { recursive: true });
    assert.throws(() => store.load(id), refusal('NO_SUCH_CONTAINER'));
  });

  it('gives a name to one of those who want it at the same time', async (t) => {
    const root = stateDirectory(t);
    const ids = Array.from({ length: 16 }, (_, digit) => idOf(digit.toString(16)));
    for (const id of ids) put(root, id);
    const results = await Promise.allSettled(ids.map((id) => openStore(root).takeName('web', id)));
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    for (const result of results)
      if (result.status === 'rejected') refusal('NAME_IN_USE', /the name web is taken by container/)(result.reason);
  });

  it('lets a name be taken over from a container that is gone, not from one that is being made', async (t) => {
    const root = stateDirectory(t);
    const store = openStore(root);
    mkdirSync(layout.containers(root), { recursive: true });
    mkdirSync(layout.names(root));
    symlinkSync(idOf('1'), layout.name(root, 'web'));
    put(root, idOf('2'));
    await store.takeName('web', idOf('2'));
    assert.equal(store.idOfName('web'), idOf('2'));

    const staging = layout.container(root, makerName('new', { pid: 1, startTime: 2 }, idOf('3')));
    mkdirSync(staging);
    await store.takeName('db', idOf('3'));
    await assert.rejects(store.takeName('db', idOf('2')), refusal('NAME_IN_USE'));
    assert.throws(() => store.resolve('db'), refusal('NO_SUCH_CONTAINER'), 'it is not to be seen before it is whole');
    // A release by who has it no longer changes nothing.
    await store.releaseName('db', idOf('2'));
    assert.equal(store.idOfName('db'), idOf('3'));
  });

  it('lets one at a time change a container, and knows a lock that guards nothing any more', async (t) => {
    const root = stateDirectory(t);
    const id = idOf('1');
    put(root, id);
    let inside = 0;
    const work = [...Array(20).keys()].map(() =>
      openStore(root).withLock(id, async () => {
        assert.equal((inside += 1), 1);
        await new Promise((resolve) => setTimeout(resolve, 1));
        inside -= 1;
      }),
    );
    await Promise.all(work);

    let waiting: Promise<unknown> | undefined;
    await openStore(root).withLock(id, async () => {
      assert.equal(await openStore(root).tryLock(id, () => 'got it'), undefined);
      waiting = openStore(root).withLock(id, () => 'got it');
      await new Promise((resolve) => setTimeout(resolve, 20));
      renameSync(layout.container(root, id), layout.container(root, makerName('trash', { pid: 1, startTime: 2 }, id)));
    });
    await assert.rejects(waiting!, refusal('NO_SUCH_CONTAINER'));
    await assert.rejects(
      openStore(root).withLock(idOf('2'), () => undefined),
      refusal('NO_SUCH_CONTAINER'),
    );
    assert.equal(await openStore(root).tryLock(idOf('2'), () => 'got it'), undefined);
  });
});
