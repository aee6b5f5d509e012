// Networks of containers under supervisors: what the host had before is what it has after, whoever was killed in between.
import assert from 'node:assert/strict';
import { closeSync, existsSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Mount } from '../../../src/engine/model.js';
import { readEntry, registered } from '../../../src/engine/supervisor/registry.js';
import { findLink, listLinks, RouteSocket, networkNamespaceOf, listAddresses } from '../../../src/native/index.js';
import { EngineHouse } from '../../support/engine-house.js';
import { endKeeper } from '../../support/house.js';
import { networkState } from '../../support/network-state.js';
import { eventually } from '../../support/patience.js';

const BUSYBOX = '/usr/bin/busybox';
const skip = existsSync(BUSYBOX) ? false : `${BUSYBOX} is missing: install busybox-static`;
const mounts: Mount[] = [
  { type: 'bind', source: BUSYBOX, target: '/busybox', readOnly: true, propagation: 'rprivate' },
];
const SERVE = '/busybox httpd -f -p 80 -h /etc';
const SUBNETS = ['10.231.0.0/24', 'fd00:231::/64'];

let house: EngineHouse;
let first: unknown;
before(async () => {
  first = networkState();
  house = await EngineHouse.open();
});
after(() => house.close());

const endpointsOf = async (name: string) => (await house.engine.networks.inspect(name)).endpoints;
const veths = () => listLinks().flatMap(({ kind, name }) => (kind === 'veth' ? [name] : []));

async function makeNetwork(name: string) {
  await house.engine.networks.create({ name, subnets: SUBNETS });
  const { id } = (await house.engine.networks.inspect(name)).network;
  return [{ network: id, aliases: [] }];
}

/** With the last of them the keeper goes, and takes away whatever the host was given. */
async function assertAsBefore(name: string): Promise<void> {
  for (const { id } of await house.engine.list()) await house.engine.remove(id, { force: true });
  await house.engine.recover();
  assert.deepEqual(await endpointsOf(name), []);
  await house.engine.networks.remove(name);
  await endKeeper(house.root);
  await eventually(() => assert.deepEqual(networkState(), first));
}

async function served(address: string): Promise<string> {
  const response = await fetch(`http://${address}/hostname`, { signal: AbortSignal.timeout(2000) });
  return (await response.text()).trim();
}

function addressesIn(pid: number): string[] {
  const namespaceFd = networkNamespaceOf(pid);
  const inside = RouteSocket.openIn(namespaceFd);
  const found = listAddresses(inside).map(({ address }) => address);
  inside.close();
  closeSync(namespaceFd);
  return found;
}

/** -9, each supervisor that there is. */
function killSupervisors(): void {
  for (const id of registered(house.root)) {
    const entry = readEntry(house.root, id);
    try {
      if (entry !== undefined) process.kill(entry.pid, 'SIGKILL');
    } catch {
      // It was killed before, and its directory is still there.
    }
  }
}

describe('containers on a network', { skip }, () => {
  it('reach each other and the host, and leave it as it was', async () => {
    const endpoints = await makeNetwork('app');
    const web = await house.start(SERVE, { name: 'web', hostname: 'web', mounts, endpoints });
    const { ipv4Address, ipv6Address, hostInterface } = (await endpointsOf('app'))[0]!;
    await eventually(async () => assert.equal(await served(ipv4Address), 'web'));
    assert.equal(await served(`[${ipv6Address!}]`), 'web');
    const ask = (address: string) =>
      `printf 'GET /hostname HTTP/1.0\\r\\n\\r\\n' | /busybox nc -w 2 ${address} 80 | tail -n 1`;
    const { id } = await house.run(`${ask(ipv4Address)}; ${ask(ipv6Address!)}`, { mounts, endpoints });
    assert.deepEqual(house.lines(id), ['web', 'web']);
    assert.equal((await endpointsOf('app')).length, 1, 'who has ended is not on it any more');
    await house.engine.stop(web.id, { timeoutSeconds: 0 });
    assert.deepEqual(await endpointsOf('app'), []);
    await eventually(() => assert.equal(findLink(hostInterface), undefined));
    await house.engine.start(web.id);
    await eventually(async () => assert.equal(await served(ipv4Address), 'web'));
    await assertAsBefore('app');
  });

  it('stay on it when their supervisor is killed, and are gone from it when they end under another', async () => {
    const endpoints = await makeNetwork('app');
    const { id } = await house.start(SERVE, { hostname: 'web', mounts, endpoints });
    const { ipv4Address } = (await endpointsOf('app'))[0]!;
    await house.killSupervisorOf(id);
    await eventually(async () => assert.equal(await served(ipv4Address), 'web'));
    await house.engine.recover();
    assert.equal((await endpointsOf('app')).length, 1);
    assert.equal(await served(ipv4Address), 'web');
    await house.engine.stop(id, { timeoutSeconds: 0 });
    assert.deepEqual(await endpointsOf('app'), []);
    await assertAsBefore('app');
  });

  it('that ended while nobody looked after them are not on it after the next recover', async () => {
    const endpoints = await makeNetwork('app');
    const { id, state } = await house.start('sleep 1000', { endpoints });
    await house.killSupervisorOf(id);
    process.kill(state.init!.pid, 'SIGKILL');
    await eventually(() => assert.deepEqual(veths(), []));
    assert.equal((await endpointsOf('app')).length, 1);
    await house.engine.recover();
    assert.deepEqual(await endpointsOf('app'), []);
    await assertAsBefore('app');
  });

  it('leave nothing, in whatever step of their start the supervisor is killed', { timeout: 240_000 }, async () => {
    const endpoints = await makeNetwork('app');
    let survived = 0;
    for (let delayMs = 0; delayMs <= 14; delayMs += 1) {
      await house.engine.warm();
      const { id } = await house.shell('sleep 1000', { endpoints });
      const starting = house.engine.start(id).catch(() => undefined);
      await sleep(delayMs);
      killSupervisors();
      await starting;
      await house.engine.recover();
      const { state } = await house.engine.get(id);
      const on = await endpointsOf('app');
      if (state.status === 'running') {
        survived += 1;
        const own = addressesIn(state.init!.pid);
        assert.deepEqual(
          on.map(({ ipv4Address }) => own.includes(ipv4Address)),
          [true],
          `killed after ${delayMs} ms`,
        );
      } else {
        assert.deepEqual(on, [], `killed after ${delayMs} ms: ${state.status}`);
      }
      await house.engine.remove(id, { force: true });
      assert.deepEqual(await endpointsOf('app'), []);
      await eventually(() => assert.deepEqual(veths(), [], `killed after ${delayMs} ms`));
    }
    assert.ok(survived > 0, 'a start is tried again, by another supervisor');
    await assertAsBefore('app');
  });
});
