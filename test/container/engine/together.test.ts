// Several managers on one state directory at the same time: each verb has one winner, and nobody's files get mixed up.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { isTscontainError, type Engine } from '../../../src/engine/index.js';
import { layout } from '../../../src/engine/state/layout.js';
import { EngineHouse } from '../../support/engine-house.js';
import { eventually, patience } from '../../support/patience.js';
import { chance } from '../../support/chance.js';
import { refusal } from '../../support/refusal.js';

let house: EngineHouse;
let engines: Engine[];
before(async () => {
  house = await EngineHouse.open();
  engines = [house.engine, await house.anotherEngine(), await house.anotherEngine()];
  await house.engine.images.get('base');
});
after(() => house.close());

const LOOP = { image: 'base', cmd: ['sh', '-c', 'while :; do sleep 0.05; done'] };

/** Each of them at once; how many were refused with each code. */
async function atOnce(
  actions: readonly (() => Promise<unknown>)[],
): Promise<{ done: number; refused: Record<string, number> }> {
  const results = await Promise.allSettled(actions.map((action) => action()));
  const refused: Record<string, number> = {};
  for (const result of results) {
    if (result.status === 'fulfilled') continue;
    if (!isTscontainError(result.reason)) throw result.reason;
    refused[result.reason.code] = (refused[result.reason.code] ?? 0) + 1;
  }
  return { done: results.filter(({ status }) => status === 'fulfilled').length, refused };
}

const everyone = (action: (engine: Engine, n: number) => Promise<unknown>, times = 4) =>
  atOnce(Array.from({ length: engines.length * times }, (_, n) => () => action(engines[n % engines.length]!, n)));

describe('several managers', () => {
  it('cannot give one name twice', async () => {
    const { done, refused } = await everyone((engine) => engine.create({ ...LOOP, name: 'only' }));
    assert.deepEqual([done, refused], [1, { NAME_IN_USE: 11 }]);
    const entries = readdirSync(layout.containers(house.root)).filter((name) => name.startsWith('.'));
    assert.deepEqual(entries, [], 'what lost is cleared away');
    await house.engine.remove('only');
  });

  it('make up names that do not collide', async () => {
    const { done } = await everyone((engine) => engine.create(LOOP), 8);
    assert.equal(done, 24);
    const names = (await house.engine.list()).map(({ config }) => config.name);
    assert.equal(new Set(names).size, 24);
    assert.equal((await engines[1]!.prune()).removed.length, 24);
  });

  it('start it once', async () => {
    const { id } = await house.engine.create({ ...LOOP, name: 'once' });
    assert.equal((await everyone((engine) => engine.start('once'))).done, 12);
    const pids = new Set(await Promise.all(engines.map(async (engine) => (await engine.get(id)).state.init?.pid)));
    assert.equal(pids.size, 1);
    assert.equal((await house.engine.top(id)).filter(({ containerPid }) => containerPid === 1).length, 1);
    await house.engine.remove(id, { force: true });
  });

  it('stop it together, and each learns the same end', async () => {
    const { id } = await house.engine.create({
      image: 'base',
      cmd: ['sh', '-c', 'trap "exit 7" TERM; echo ready; while :; do sleep 0.05; done'],
    });
    await house.engine.start(id);
    await eventually(() => assert.equal(house.lines(id)[0], 'ready'));
    const ends = await Promise.all(engines.map((engine) => engine.stop(id)));
    assert.deepEqual(
      ends.map(({ exitCode }) => exitCode),
      [7, 7, 7],
    );
    await house.engine.remove(id);
  });

  it('pause it once', async () => {
    const { id } = await house.engine.create(LOOP);
    await house.engine.start(id);
    const { done, refused } = await everyone((engine) => engine.pause(id), 1);
    assert.deepEqual([done, refused], [1, { ILLEGAL_STATE: 2 }]);
    await house.engine.remove(id, { force: true });
  });

  it('remove it together, running or not', async () => {
    for (const running of [false, true]) {
      const { id } = await house.engine.create({ ...LOOP, name: 'going' });
      if (running) await house.engine.start(id);
      const { refused } = await everyone((engine) => engine.remove('going', { force: true }), 2);
      for (const code of Object.keys(refused)) assert.equal(code, 'NO_SUCH_CONTAINER');
      await assert.rejects(house.engine.get(id), refusal('NO_SUCH_CONTAINER'));
      assert.deepEqual(
        readdirSync(layout.containers(house.root)).filter((name) => name.includes(id)),
        [],
      );
      assert.equal(await house.engine.create({ ...LOOP, name: 'going' }).then(({ config }) => config.name), 'going');
      await house.engine.remove('going');
    }
  });

  it('stop it while another removes it, rename it while another updates it', async () => {
    const { id } = await house.engine.create({ ...LOOP, name: 'both' });
    await house.engine.start(id);
    const ending = await atOnce([
      () => engines[0]!.stop(id, { timeoutSeconds: 1 }),
      () => engines[1]!.remove(id, { force: true }),
      () => engines[2]!.kill(id),
    ]);
    for (const code of Object.keys(ending.refused))
      assert.ok(['NO_SUCH_CONTAINER', 'ILLEGAL_STATE'].includes(code), code);
    await assert.rejects(house.engine.get(id), refusal('NO_SUCH_CONTAINER'));

    const other = await house.engine.create({ ...LOOP, name: 'changing' });
    const changes = await atOnce([
      () => engines[0]!.rename(other.id, 'changed'),
      () => engines[1]!.update(other.id, { limits: { pidsLimit: 33 } }),
      () => engines[2]!.update(other.id, { restartPolicy: { name: 'always', maximumRetryCount: 0 } }),
    ]);
    assert.equal(changes.done, 3);
    const { config } = await house.engine.get('changed');
    assert.deepEqual([config.limits.pidsLimit, config.restartPolicy.name], [33, 'always']);
    await house.engine.remove(other.id);
  });

  it('do anything to a few containers, and what is left is whole', { timeout: patience(120_000) }, async () => {
    const names = ['n1', 'n2', 'n3'];
    const random = chance();
    for (const name of names) await house.engine.create({ ...LOOP, name });
    const actions = Array.from({ length: 240 }, () => {
      const engine = engines[random.below(engines.length)]!;
      const name = names[random.below(names.length)]!;
      return [
        // Often enough that there is mostly something to do something with.
        () => engine.create({ ...LOOP, name }),
        () => engine.create({ ...LOOP, name }),
        () => engine.start(name),
        () => engine.start(name),
        () => engine.stop(name, { timeoutSeconds: 0 }),
        () => engine.kill(name),
        () => engine.pause(name),
        () => engine.unpause(name),
        () => engine.restart(name, { timeoutSeconds: 0 }),
        () => engine.remove(name, { force: true }),
        () => engine.rename(name, names[random.below(names.length)]!),
      ][random.below(11)]!;
    });
    // A dozen at a time: enough to meet one another, few enough that none waits for ever.
    const waiting = [...actions];
    let done = 0;
    const lanes = Array.from({ length: 12 }, async () => {
      for (let action = waiting.shift(); action !== undefined; action = waiting.shift()) {
        await action()
          .then(() => (done += 1))
          .catch((error: unknown) => {
            if (!isTscontainError(error)) throw error;
            assert.ok(
              ['NO_SUCH_CONTAINER', 'ILLEGAL_STATE', 'NAME_IN_USE', 'INVALID_VALUE'].includes(error.code),
              `${error.code}: ${error.message} (TEST_SEED=${random.seed} to replay)`,
            );
          });
      }
    });
    await Promise.all(lanes);
    assert.ok(done > actions.length / 10, `only ${done} of ${actions.length} were done`);
    const { actions: mended, corrupt } = await house.engine.recover();
    assert.deepEqual([mended, corrupt], [[], []], `TEST_SEED=${random.seed} to replay`);
    for (const { id, config } of await house.engine.list()) {
      assert.equal((await house.engine.get(config.name)).id, id);
      // One that was killed last may still be about to end.
      await eventually(async () => {
        const { state } = await house.engine.get(id);
        if (state.status === 'running') assert.ok((await house.engine.top(id)).length > 0);
      });
      await house.engine.remove(id, { force: true });
    }
    assert.deepEqual(readdirSync(layout.containers(house.root)), []);
    assert.deepEqual(readdirSync(layout.names(house.root)), ['.lock']);
  });
});
