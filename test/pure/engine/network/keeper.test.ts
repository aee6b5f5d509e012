// When the keeper does what: with made-up doors, a clock that is moved by hand and a state directory of its own.
import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { beforeEach, describe, it, type TestContext } from 'node:test';
import { TscontainError } from '../../../../src/engine/errors.js';
import { Keeper, type Doors } from '../../../../src/engine/network/keeper/keeper.js';
import type { Endpoint, NetworkConfig } from '../../../../src/engine/network/model.js';
import { layout } from '../../../../src/engine/state/layout.js';
import { endpoint, network } from '../../../support/name-tables.js';
import { stateDirectory } from '../../../support/state-directory.js';

const IDLE_MS = 1_000;
const app = network('app', ['10.5.0.0/24'], { options: { 'com.docker.network.bridge.name': 'br-app' } });
const back = network('back', ['10.6.0.0/24'], { options: { 'com.docker.network.bridge.name': 'br-back' } });

/** What it did to the host, in order. */
let done: string[];
let all: NetworkConfig[];
let on: Map<string, Endpoint[]>;
let now: number;
let gone: string[];
let notes: string[];
beforeEach(() => {
  done = [];
  all = [app, back];
  on = new Map();
  now = 0;
  gone = [];
  notes = [];
});

const names = (networks: readonly NetworkConfig[]): string => networks.map(({ name }) => name).join('+') || 'none';

function keeperIn(t: TestContext): Keeper {
  const root = stateDirectory(t);
  mkdirSync(layout.keeper(root), { recursive: true });
  rootOf = root;
  const did = (what: string) => {
    done.push(what);
    return Promise.resolve();
  };
  const doors: Doors = {
    networks: {
      root,
      all: () => all,
      endpoints: (id) => on.get(id) ?? [],
      withLock: async (id, action) => {
        const found = all.find((each) => each.id === id);
        if (found === undefined) throw new TscontainError('NO_SUCH_NETWORK', 'there is none');
        return action(found);
      },
    },
    serve: async (networks) => {
      if (served !== names(networks)) await did(`serve ${names(networks)}`);
      served = names(networks);
      return notes;
    },
    forget: () => undefined,
    putUp: () => did('put up').then(() => []),
    takeDown: () => did('take down'),
    removeBridge: ({ name }) => did(`remove bridge of ${name}`),
    sweep: () => {
      const found = gone.splice(0);
      for (const [id, endpoints] of on)
        on.set(
          id,
          endpoints.filter(({ name }) => !found.includes(name)),
        );
      return Promise.resolve(found.length > 0);
    },
    say: (sentence) => void done.push(`say ${sentence}`),
    now: () => now,
  };
  served = 'none';
  return new Keeper(doors, { idleMs: IDLE_MS, onIdle: () => void done.push('idle') });
}
let served: string;
let rootOf: string;

const comes = (to: NetworkConfig, name: string) =>
  on.set(to.id, [...(on.get(to.id) ?? []), endpoint(name, `10.5.0.${name.length}`)]);
const goes = (from: NetworkConfig) => on.set(from.id, []);

describe('the keeper', () => {
  it('puts up what a network needs, and answers its names, as somebody comes on it', async (t) => {
    const keeper = keeperIn(t);
    await keeper.begin();
    comes(app, 'web');
    await keeper.look();
    comes(back, 'db');
    await keeper.look();
    await keeper.look();
    assert.deepEqual(done, ['put up', 'serve app', 'put up', 'serve app+back']);
  });

  it('begins where one that was killed has left off: rules are put up, and unused bridges go in a while', async (t) => {
    comes(app, 'web');
    const keeper = keeperIn(t);
    await keeper.begin();
    assert.deepEqual(done, ['put up', 'serve app']);
    now = IDLE_MS;
    await keeper.tick();
    assert.deepEqual(done.slice(2), ['remove bridge of back', 'put up']);
    now = 5 * IDLE_MS;
    await keeper.tick();
    assert.equal(done.length, 4, 'once');
  });

  it('takes a bridge away when nobody has been on its network for a while, not before', async (t) => {
    const keeper = keeperIn(t);
    comes(app, 'web');
    comes(back, 'db');
    await keeper.begin();
    goes(app);
    await keeper.tick();
    now = IDLE_MS - 1;
    await keeper.tick();
    assert.ok(!done.includes('remove bridge of app'));
    comes(app, 'web');
    await keeper.look();
    now = IDLE_MS;
    await keeper.tick();
    goes(app);
    await keeper.tick();
    now = 2 * IDLE_MS;
    await keeper.tick();
    assert.ok(done.includes('remove bridge of app'));
    assert.ok(!done.includes('idle'));
  });

  it('leaves when nobody is on any network for a while, and takes everything with it', async (t) => {
    const keeper = keeperIn(t);
    comes(app, 'web');
    await keeper.begin();
    goes(app);
    now = 500;
    await keeper.tick();
    now = 500 + IDLE_MS;
    await keeper.tick();
    await keeper.tick();
    assert.equal(done.filter((each) => each === 'idle').length, 1);
    await keeper.end();
    assert.equal(done.at(-1), 'take down');
    for (const bridge of ['app', 'back'])
      assert.equal(done.filter((each) => each === `remove bridge of ${bridge}`).length, 1, bridge);
  });

  it('leaves alone what belongs to somebody who comes while it leaves', async (t) => {
    const keeper = keeperIn(t);
    await keeper.begin();
    now = IDLE_MS;
    await keeper.leaveIfIdle();
    comes(app, 'web');
    await keeper.end();
    assert.deepEqual(done, ['idle', 'remove bridge of back']);
  });

  it('stays, asked to go, as long as somebody is on a network', async (t) => {
    const keeper = keeperIn(t);
    comes(app, 'web');
    await keeper.begin();
    await keeper.leaveIfIdle();
    assert.ok(!done.includes('idle'));
  });

  it('takes containers off that have ended alone, and tells the host', async (t) => {
    const keeper = keeperIn(t);
    comes(app, 'web');
    comes(app, 'left');
    await keeper.begin();
    done = [];
    gone = ['left'];
    await keeper.tick();
    assert.deepEqual(done, ['put up']);
  });

  it('takes away the bridge of a network that was removed, unless another has its name by now', async (t) => {
    const keeper = keeperIn(t);
    comes(app, 'web');
    comes(back, 'db');
    await keeper.begin();
    goes(app);
    all = [back];
    await keeper.tick();
    now = IDLE_MS;
    await keeper.tick();
    assert.ok(done.includes('remove bridge of app'));

    done = [];
    goes(back);
    await keeper.tick();
    all = [{ ...network('new', ['10.7.0.0/24']), interfaceName: back.interfaceName }];
    comes(all[0]!, 'newcomer');
    now = 3 * IDLE_MS;
    await keeper.tick();
    assert.ok(!done.includes('remove bridge of back'));
  });

  it('leaves when its state directory is gone, with what it knew of', async (t) => {
    const keeper = keeperIn(t);
    comes(app, 'web');
    await keeper.begin();
    rmSync(layout.keeper(rootOf), { recursive: true });
    all = [];
    await keeper.tick();
    assert.ok(!done.includes('idle'), 'it may be away for a moment');
    await keeper.tick();
    assert.ok(done.includes('idle'));
    await keeper.end();
    assert.ok(done.includes('remove bridge of app'));
    assert.equal(done.at(-1), 'take down');
  });

  it('says what it cannot do to whoever asks, and once into its log', async (t) => {
    const keeper = keeperIn(t);
    comes(app, 'web');
    notes = ['port 53 is taken'];
    await keeper.begin();
    assert.deepEqual(await keeper.look(), ['port 53 is taken']);
    await keeper.tick();
    assert.deepEqual(
      done.filter((each) => each.startsWith('say')),
      ['say port 53 is taken'],
    );
  });
});
