// What was removed and is kept: it comes back whole, goes when its time is over, and no crash in between loses or leaks any of it.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openCgroupDriver } from '../../../src/engine/cgroup/index.js';
import { layout } from '../../../src/engine/state/layout.js';
import { createStore } from '../../../src/engine/state/store.js';
import { EngineHouse, outputOf } from '../../support/engine-house.js';
import { cgroupsOf } from '../../support/house.js';
import { refusal } from '../../support/refusal.js';
import { gather } from '../../support/gather.js';

const LOOP = 'while :; do sleep 0.05; done';
const KEEP = { keepSeconds: 600 } as const;

let house: EngineHouse;
beforeEach(async () => {
  house = await EngineHouse.open();
});
afterEach(() => house.close());

const kept = () => (existsSync(layout.removed(house.root)) ? readdirSync(layout.removed(house.root)) : []);
const names = () => readdirSync(layout.names(house.root)).filter((name) => name !== '.lock');
const storeOf = () => createStore(house.root, openCgroupDriver());
const listed = async () => (await house.engine.list()).map(({ config }) => config.name);

describe('a container that was removed and is kept', () => {
  it('comes back with its files, its logs and its limits, as often as one likes', async () => {
    const { id } = await house.run('echo said; echo written > /note; exit 3', {
      name: 'web',
      limits: { pidsLimit: 33 },
    });
    for (let round = 1; round <= 2; round++) {
      await house.engine.remove('web', KEEP);
      assert.deepEqual([await listed(), names(), kept()], [[], [], [id]]);
      assert.deepEqual(cgroupsOf([id]), [], 'it takes no cgroup meanwhile');
      const { state, config } = await house.engine.restore('web');
      assert.deepEqual([state.status, state.exitCode, state.keptUntil], ['exited', 3, undefined]);
      assert.deepEqual([config.limits.pidsLimit, kept()], [33, []]);
    }
    assert.deepEqual(
      (await gather(house.engine.logs('web'))).map(({ text }) => text.toString()),
      ['said'],
    );
    assert.deepEqual(await house.engine.recover(), { actions: [], corrupt: [] });
    assert.equal((await house.engine.diff('web')).find(({ path }) => path === '/note')?.kind, 'A');
    await house.engine.start('web');
    assert.equal((await house.engine.wait('web')).exitCode, 3);
  });

  it('that ran is killed first, and runs again when it is started', async () => {
    const { id } = await house.start(`echo here > /mark; ${LOOP}`, { name: 'busy' });
    await assert.rejects(house.engine.remove('busy', KEEP), refusal('ILLEGAL_STATE', /running/));
    await house.engine.remove('busy', { ...KEEP, force: true });
    await house.engine.restore(id.slice(0, 8));
    await house.engine.start('busy');
    const { stdout } = await outputOf(await house.engine.exec('busy', { argv: ['cat', '/mark'] }));
    assert.equal(stdout, 'here\n');
  });

  it('is listed with the disk that it takes and how long it is kept', async () => {
    await house.run('head -c 300000 /dev/zero > /fat', { name: 'fat' });
    const before = Date.now();
    await house.engine.remove('fat', { keepSeconds: 60 });
    const [found] = await house.engine.removed();
    assert.equal(found!.config.name, 'fat');
    assert.ok(found!.sizeBytes >= 300_000, `${found!.sizeBytes} bytes`);
    assert.ok(found!.keptUntil >= before + 60_000 && found!.keptUntil < before + 120_000);
    const { removed, freedBytes } = await house.engine.emptyRemoved('all');
    assert.deepEqual(removed, [found!.id]);
    assert.ok(freedBytes >= 300_000);
    await assert.rejects(house.engine.restore('fat'), refusal('NO_SUCH_CONTAINER', /fat/));
  });

  it('gives its name to others, and says so when it is to come back', async () => {
    await house.create({ name: 'web', cmd: ['first'] });
    await house.engine.remove('web', KEEP);
    await house.create({ name: 'web', cmd: ['second'] });
    await assert.rejects(house.engine.restore('web'), refusal('NAME_IN_USE', /another container is called web/));
    assert.equal(kept().length, 1, 'a refusal leaves it where it was');
    assert.equal((await house.engine.restore('web', { name: 'older' })).config.name, 'older');
    assert.deepEqual((await listed()).sort(), ['older', 'web']);
    assert.deepEqual([(await house.engine.get('older')).config.cmd, names().sort()], [['first'], ['older', 'web']]);
    await house.engine.remove('web', KEEP);
    await house.engine.remove('older', KEEP);
    assert.equal((await house.engine.restore('web')).config.cmd[0], 'second');
  });

  it('of several with one name the last removed comes', async () => {
    for (const word of ['one', 'two']) {
      await house.create({ name: 'same', cmd: [word] });
      await house.engine.remove('same', KEEP);
    }
    assert.deepEqual((await house.engine.restore('same')).config.cmd, ['two']);
  });

  it('holds its image', async () => {
    const { config } = await house.create({ name: 'user' });
    await house.engine.remove('user', KEEP);
    await assert.rejects(
      house.engine.images.remove('base'),
      refusal('IMAGE_IN_USE', /user \(removed, and still kept\)/),
    );
    await house.engine.emptyRemoved('all');
    await house.engine.images.remove('base');
    assert.ok(!existsSync(`${layout.images(house.root)}/blobs/sha256/${config.image.id}`));
  });

  it('is none that was to go at its end', async () => {
    await house.create({ name: 'fleeting', autoRemove: true });
    await house.engine.remove('fleeting', KEEP);
    await house.start(LOOP, { name: 'running', autoRemove: true });
    await house.engine.remove('running', { ...KEEP, force: true });
    assert.deepEqual([kept(), await listed()], [[], []]);
  });

  it('goes for good when its time is over, by whichever manager comes', async () => {
    const over = await house.create({ name: 'over' });
    await house.create({ name: 'fresh' });
    await house.engine.remove('over', { keepSeconds: 0 });
    await house.engine.remove('fresh', KEEP);
    await (await house.anotherEngine()).recover();
    assert.deepEqual(
      (await house.engine.removed()).map(({ config }) => config.name),
      ['fresh'],
    );
    assert.ok(!existsSync(layout.container(house.root, over.id)));
  });

  it('is what prune leaves of all that has ended, when it is asked to', async () => {
    await house.create({ name: 'idle' });
    await house.start(LOOP, { name: 'busy' });
    assert.equal((await house.engine.prune(KEEP)).removed.length, 1);
    assert.deepEqual(await listed(), ['busy']);
    await house.engine.restore('idle');
  });

  it('comes back once, however many ask at once', async () => {
    await house.create({ name: 'wanted' });
    await house.engine.remove('wanted', KEEP);
    const other = await house.anotherEngine();
    const came = await Promise.allSettled([
      house.engine.restore('wanted'),
      other.restore('wanted'),
      other.emptyRemoved('overdue'),
    ]);
    assert.equal(came.slice(0, 2).filter(({ status }) => status === 'fulfilled').length, 1);
    assert.deepEqual([await listed(), kept(), names()], [['wanted'], [], ['wanted']]);
  });
});

describe('what a crash leaves of keeping and bringing back', () => {
  it('is kept when it was to be kept: cut short before the files were moved', async () => {
    const { id } = await house.create({ name: 'half' });
    const store = storeOf();
    const keptUntil = new Date(Date.now() + 600_000).toISOString();
    await store.withLock(id, () => store.writeState(id, { ...store.readState(id), status: 'removing', keptUntil }));
    const { actions } = await house.engine.recover();
    assert.deepEqual(
      actions.map(({ what }) => what),
      ['its removal was cut short, and is done now'],
    );
    assert.deepEqual([kept(), names()], [[id], []]);
    assert.equal((await house.engine.restore('half')).state.status, 'created');
  });

  it('gives the name free: cut short after the files were moved, and before they were moved back', async () => {
    const { id } = await house.create({ name: 'half' });
    await house.engine.remove('half', KEEP);
    symlinkSync(id, layout.name(house.root, 'half'));
    await assert.rejects(house.create({ name: 'half' }), refusal('NAME_IN_USE'));
    await house.engine.recover();
    assert.deepEqual([kept(), names()], [[id], []]);
    await house.engine.restore('half');
    assert.deepEqual(names(), ['half']);
  });

  it('is gone for good when it was being cleared away', async () => {
    const { id } = await house.create({ name: 'half' });
    await house.engine.remove('half', KEEP);
    renameSync(layout.removedContainer(house.root, id), layout.container(house.root, `.trash-4194305-1-${id}`));
    await house.engine.recover();
    assert.deepEqual([kept(), readdirSync(layout.containers(house.root))], [[], []]);
  });

  it('that cannot be read troubles nobody, and goes too', async () => {
    const { id } = await house.create({ name: 'torn' });
    await house.create({ name: 'fine' });
    await house.engine.remove('torn', KEEP);
    writeFileSync(layout.removedState(house.root, id), '{"schema":1,');
    await house.engine.remove('fine', KEEP);
    assert.deepEqual(
      (await house.engine.removed()).map(({ config }) => config.name),
      ['fine'],
    );
    await assert.rejects(house.engine.restore(id), refusal('STATE_CORRUPT'));
    await house.engine.recover();
    assert.equal(kept().length, 2);
    await house.engine.emptyRemoved('all');
    assert.deepEqual(kept(), []);
    rmSync(layout.removed(house.root), { recursive: true });
    assert.deepEqual(await house.engine.removed(), []);
  });
});
