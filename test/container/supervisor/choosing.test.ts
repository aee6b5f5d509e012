// Which supervisor a container gets, when one is started, and when it leaves.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { cgroupsOf } from '../../support/house.js';
import { EngineHouse } from '../../support/engine-house.js';
import { eventually } from '../../support/patience.js';
import { product } from '../../support/house.js';
import { createSupervisors } from '../../../src/engine/supervisor/client.js';
import { registered } from '../../../src/engine/supervisor/registry.js';
import { layout } from '../../../src/engine/state/layout.js';

const isAlive = (pid: number) =>
  existsSync(`/proc/${pid}`) && !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));

describe('managers that need a supervisor', () => {
  let house: EngineHouse;
  before(async () => void (house = await EngineHouse.open()));
  after(() => house.close());

  it('at the same moment get one and the same', async () => {
    const managers = [1, 2, 3, 4].map(() => createSupervisors({ root: house.root, entry: product('supervisor') }));
    const clients = await Promise.all(managers.map((manager) => manager.acquire()));
    assert.equal(new Set(clients.map(({ id }) => id)).size, 1);
    assert.deepEqual(registered(house.root), [clients[0]!.id]);
    for (const manager of managers) manager.close();
  });

  it('for another project get another', async () => {
    const [one, other, again] = [
      await house.supervisors.acquire(),
      await house.supervisors.acquire('blog'),
      await house.supervisors.acquire('blog'),
    ];
    assert.notEqual(one.id, other.id);
    assert.equal(other.id, again.id);
  });

  it('get the one that was warmed for whoever comes first', async () => {
    const before = registered(house.root);
    await house.supervisors.warm();
    const [waiting] = registered(house.root).filter((id) => !before.includes(id));
    assert.equal((await house.supervisors.acquire('shop')).id, waiting);
  });

  it('have no use for one that is warm already', async () => {
    await house.supervisors.warm();
    const before = registered(house.root);
    await house.supervisors.warm();
    assert.deepEqual(registered(house.root), before);
  });

  it('find the next one free when a project has more than 32 containers', async () => {
    const ids = await Promise.all(
      Array.from({ length: 34 }, async () => (await house.create({ cmd: ['sleep', '60'], project: 'many' })).id),
    );
    const supervisors = new Set<string>();
    for (const id of ids) supervisors.add((await house.engine.start(id)).state.supervisor!);
    assert.equal(supervisors.size, 2);
    await Promise.all(ids.map((id) => house.engine.remove(id, { force: true })));
  });
});

describe('a supervisor', () => {
  it('leaves when it has nothing to do, with its directory and its cgroup', async () => {
    const house = await EngineHouse.open({ idleMs: 300 });
    const client = await house.supervisors.acquire();
    const { id } = await house.create({ cmd: ['true'] });
    await client.start(id);
    assert.equal((await client.wait(id)).exitCode, 0);
    house.supervisors.close();
    await eventually(() => assert.ok(!isAlive(client.pid)));
    await eventually(() => assert.deepEqual(registered(house.root), []));
    assert.deepEqual(cgroupsOf([client.id]), []);
    await house.close();
  });

  it('stays as long as a manager is connected or a container runs', async () => {
    const house = await EngineHouse.open({ idleMs: 200 });
    const client = await house.supervisors.acquire();
    const { id } = await house.create({ cmd: ['sleep', '60'] });
    await new Promise((resolve) => setTimeout(resolve, 600));
    await client.start(id);
    house.supervisors.close();
    await new Promise((resolve) => setTimeout(resolve, 600));
    assert.ok(isAlive(client.pid));
    await house.close();
  });

  it('that is told to go stays with its containers', async () => {
    const house = await EngineHouse.open();
    const { id } = await house.start('sleep 60');
    const { pid } = await house.supervisorOf(id);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.kill(pid, signal);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.ok(isAlive(pid));
    assert.equal((await house.engine.get(id)).state.status, 'running');
    await house.engine.kill(id);
    assert.equal((await house.engine.wait(id)).exitCode, 137);
    await house.close();
  });

  it('that cannot start says why, and leaves nothing', async () => {
    const house = await EngineHouse.open();
    const broken = createSupervisors({ root: house.root, entry: '/no/such/supervisor.cjs' });
    await assert.rejects(broken.acquire(), { code: 'SUPERVISOR_FAILED' });
    assert.deepEqual(registered(house.root), []);
    await house.close();
  });

  it('is in a cgroup of its own, not in that of whoever started it', async () => {
    const house = await EngineHouse.open();
    const { pid, id } = await house.supervisors.acquire();
    assert.match(readFileSync(`/proc/${pid}/cgroup`, 'latin1'), new RegExp(`/tscontain/@supervisors/${id}$`, 'm'));
    await house.close();
  });

  it('ends its containers and leaves when the state directory is gone', async () => {
    const house = await EngineHouse.open();
    const { id, state } = await house.start('sleep 600');
    const { pid } = await house.supervisorOf(id);
    rmSync(house.root, { recursive: true });
    await eventually(() => assert.ok(!isAlive(pid)), 20_000);
    assert.ok(!isAlive(state.init!.pid));
    assert.deepEqual(cgroupsOf([id]), []);
    await house.close();
  });

  it('is reached below a path that is longer than the name of a socket may be', async () => {
    const top = mkdtempSync(join(tmpdir(), 'tscontain-test-'));
    const root = join(top, 'a-rather-long-name-of-a-directory'.repeat(4), 'and-another-one'.repeat(5));
    mkdirSync(root, { recursive: true });
    const supervisors = createSupervisors({ root, entry: product('supervisor'), idleMs: 100 });
    const client = await supervisors.acquire();
    assert.ok(join(layout.supervisor(root, client.id), 'sock').length > 108);
    assert.deepEqual(
      (await supervisors.list()).map(({ id }) => id),
      [client.id],
    );
    supervisors.close();
    await eventually(() => assert.ok(!isAlive(client.pid)));
    rmSync(top, { recursive: true });
  });
});
