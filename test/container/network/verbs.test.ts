// The verbs of networks on the real kernel: who is on one, for how long, and what is left when nobody is.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Attachment, EngineEvent } from '../../../src/engine/index.js';
import { openNetworks } from '../../../src/engine/network/store.js';
import { layout } from '../../../src/engine/state/layout.js';
import { deleteLink, findLink, listLinks } from '../../../src/native/index.js';
import { EngineHouse, outputOf } from '../../support/engine-house.js';
import { eventually } from '../../support/patience.js';
import { refusal } from '../../support/refusal.js';

const WAITS = 'trap "exit 0" TERM; while :; do sleep 0.05; done';

let house: EngineHouse;
beforeEach(async () => {
  house = await EngineHouse.open();
});
afterEach(async () => {
  await house.close();
  // The next begins on a host that has none.
  for (const { name, kind } of listLinks()) if (kind === 'bridge') await deleteLink(name);
});

const said = async (ref: string, ...argv: string[]): Promise<string> =>
  (await outputOf(await house.engine.exec(ref, { argv }))).stdout.trim();
const addressesIn = async (ref: string): Promise<string[]> =>
  (await said(ref, 'ip', '-o', '-4', 'address'))
    .split('\n')
    .flatMap((line) => /: (eth\d+) +inet ([\d.]+)/.exec(line)?.slice(1, 3).join(' ') ?? [])
    .sort();
const on = async (ref: string): Promise<Attachment[]> => {
  const { id } = await house.engine.get(ref);
  return house.engine.networks.attachments(id);
};
const isReached = async (from: string, address: string): Promise<boolean> => {
  // A connection that is refused has reached who refuses it.
  const { stderr } = await outputOf(
    await house.engine.exec(from, { argv: ['timeout', '2', 'bash', '-c', `exec 3<>/dev/tcp/${address}/9`] }),
  );
  return /refused/.test(stderr);
};

describe('a container', () => {
  it('is on the default network, which is made for it, unless it asks for something else', async () => {
    assert.deepEqual(await house.engine.networks.list(), []);
    await house.start(WAITS, { name: 'web' });
    await house.start(WAITS, { name: 'alone', network: 'none' });
    const [{ network, endpoints } = assert.fail(), ...others] = await house.engine.networks.list();
    assert.deepEqual([network.name, others], ['bridge', []]);
    assert.deepEqual(
      endpoints.map(({ name, ipv4Address, interfaceName }) => [name, ipv4Address, interfaceName]),
      [['web', '172.17.0.2', 'eth0']],
    );
    assert.deepEqual(await addressesIn('web'), ['eth0 172.17.0.2']);
    assert.deepEqual(await addressesIn('alone'), []);
    assert.equal(findLink(endpoints[0]!.hostInterface)?.master, findLink(network.interfaceName)?.index);
  });

  it('is off it when it has ended, and on it again when it is restarted', async () => {
    const { id } = await house.start(WAITS, { name: 'web' });
    const [first] = await on('web');
    await house.engine.stop(id);
    assert.deepEqual(await on('web'), []);
    await eventually(() => assert.equal(findLink(first!.endpoint.hostInterface), undefined));
    await house.engine.start(id);
    await house.engine.restart(id);
    const [again, ...others] = await on('web');
    assert.deepEqual([again?.endpoint.ipv4Address, others], [first!.endpoint.ipv4Address, []]);
  });

  it('has the addresses and the names that it asks for', async () => {
    await house.engine.networks.create({ name: 'app', subnets: ['10.5.0.0/24', 'fd00:5::/64'] });
    const wanted = { ipv4Address: '10.5.0.77', ipv6Address: 'fd00:5::77', macAddress: '02:00:00:00:00:77' };
    await house.start(WAITS, { name: 'DB', endpoints: [{ network: 'app', aliases: ['store'], ...wanted }] });
    const [{ endpoint } = assert.fail()] = await on('DB');
    const { names, ...addresses } = endpoint;
    assert.deepEqual(names, ['db', endpoint.container.slice(0, 12), 'store']);
    for (const [field, value] of Object.entries(wanted)) assert.equal(Reflect.get(addresses, field), value);
    assert.match(await said('DB', 'ip', '-o', 'link', 'show', 'eth0'), /02:00:00:00:00:77/);
    assert.match(await said('DB', 'ip', '-o', '-6', 'address', 'show', 'eth0'), /fd00:5::77\/64/);
  });

  it('does not start on an address that is taken, and nothing half-made is left of it', async () => {
    await house.engine.networks.create({ name: 'app', subnets: ['10.5.0.0/24'] });
    await house.engine.networks.create({ name: 'second', subnets: ['10.6.0.0/24'] });
    const fixed = { network: 'app', aliases: [], ipv4Address: '10.5.0.9' };
    await house.start(WAITS, { name: 'first', endpoints: [fixed] });
    const late = await house.shell(WAITS, { endpoints: [{ network: 'second', aliases: [] }, fixed] });
    await assert.rejects(house.engine.start(late.id), refusal('ADDRESS_IN_USE', /10\.5\.0\.9 .*"first"/));
    assert.deepEqual(await on(late.id), []);
    assert.equal((await house.engine.get(late.id)).state.status, 'created');
    await house.engine.remove('first', { force: true });
    await house.engine.start(late.id);
    assert.deepEqual(await addressesIn(late.id), ['eth0 10.6.0.2', 'eth1 10.5.0.9']);
  });

  it('lives in the network of another, and not without it', async () => {
    await house.start(WAITS, { name: 'web' });
    const beside = await house.start(WAITS, { name: 'beside', network: 'container:web' });
    assert.equal(beside.config.network, `container:${(await house.engine.get('web')).id}`);
    assert.deepEqual(await addressesIn('beside'), ['eth0 172.17.0.2']);
    assert.deepEqual(await on('beside'), []);
    await house.engine.stop('beside');
    await house.engine.stop('web');
    await assert.rejects(house.engine.start('beside'), refusal('ILLEGAL_STATE', /web.*is not running/));
  });
});

describe('many containers', () => {
  it('that come at once have each an address of their own', async () => {
    await house.engine.networks.create({ name: 'app' });
    const engines = [house.engine, await house.anotherEngine(), await house.anotherEngine()];
    const made = await Promise.all(
      Array.from({ length: 12 }, () => house.shell(WAITS, { endpoints: [{ network: 'app', aliases: [] }] })),
    );
    await Promise.all(made.map(({ id }, index) => engines[index % engines.length]!.start(id)));
    const { endpoints } = await house.engine.networks.inspect('app');
    assert.deepEqual(
      endpoints.map(({ ipv4Address }) => ipv4Address).sort((a, b) => Number(a.split('.')[3]) - Number(b.split('.')[3])),
      made.map((_, index) => `172.17.0.${index + 2}`),
    );
    await Promise.all(made.map(({ id }, index) => engines[index % engines.length]!.remove(id, { force: true })));
    assert.deepEqual((await house.engine.networks.inspect('app')).endpoints, []);
  });
});

describe('a running container', () => {
  it('is connected and disconnected, under another name too', async () => {
    await house.engine.networks.create({ name: 'app', subnets: ['10.5.0.0/24'] });
    await house.start(WAITS, { name: 'web' });
    await house.start(WAITS, { name: 'db', endpoints: [{ network: 'app', aliases: [] }] });
    await house.engine.networks.connect('app', 'web', { aliases: ['www'], ipv4Address: '10.5.0.20' });
    assert.ok(await isReached('web', '10.5.0.2'));
    assert.deepEqual(await addressesIn('web'), ['eth0 172.17.0.2', 'eth1 10.5.0.20']);
    await house.engine.rename('web', 'front');
    for (const { network, endpoint } of await on('front')) {
      const aliases = network.name === 'app' ? ['www'] : [];
      assert.deepEqual(
        [endpoint.name, endpoint.names],
        ['front', ['front', endpoint.container.slice(0, 12), ...aliases]],
      );
    }
    await house.engine.networks.disconnect('bridge', 'front');
    assert.deepEqual(await addressesIn('front'), ['eth1 10.5.0.20']);
    await house.engine.restart('front');
    assert.deepEqual(await addressesIn('front'), ['eth0 10.5.0.20'], 'its next start knows it too');
    await house.engine.networks.disconnect('app', 'front');
    assert.deepEqual(await addressesIn('front'), []);
    await house.engine.networks.connect('bridge', 'front');
    assert.deepEqual(await addressesIn('front'), ['eth0 172.17.0.2']);
  });

  it('is not connected twice, nor beside the network of the host, nor disconnected from where it is not', async () => {
    const { networks } = house.engine;
    await networks.create({ name: 'app', subnets: ['10.5.0.0/24'] });
    await house.start(WAITS, { name: 'web' });
    await house.start(WAITS, { name: 'bare', network: 'host' });
    await assert.rejects(
      networks.connect('bridge', 'web'),
      refusal('INVALID_VALUE', /web is on network bridge already/),
    );
    await assert.rejects(networks.connect('app', 'bare'), refusal('INVALID_VALUE', /it has the network of the host/));
    await assert.rejects(
      networks.connect('app', 'web', { ipv4Address: '10.6.0.1' }),
      refusal('INVALID_VALUE', /10\.6\.0\.1/),
    );
    await assert.rejects(networks.disconnect('app', 'web'), refusal('INVALID_VALUE', /web is not on network app/));
    assert.equal((await house.engine.get('web')).config.endpoints, undefined);
  });
});

describe('a network', () => {
  it('that somebody is on stays; when nobody is it goes, with its bridge', async () => {
    const { networks } = house.engine;
    const { interfaceName } = await networks.create({ name: 'app' });
    assert.equal(findLink(interfaceName), undefined, 'its bridge comes with the first on it');
    const { id } = await house.start(WAITS, { name: 'db', endpoints: [{ network: 'app', aliases: [] }] });
    assert.ok(findLink(interfaceName)?.isUp);
    await assert.rejects(networks.remove('app'), refusal('NETWORK_IN_USE', /app is in use by db/));
    await house.engine.stop(id);
    await networks.remove('app');
    assert.deepEqual(await networks.list(), []);
    assert.equal(findLink(interfaceName), undefined);
    await assert.rejects(house.engine.start(id), refusal('NO_SUCH_NETWORK', /no network/));
  });

  it('is made once of a name, and of several at once with subnets that are apart', async () => {
    const { networks } = house.engine;
    const other = await house.anotherEngine();
    const outcomes = await Promise.allSettled([
      ...Array.from({ length: 4 }, () => networks.create({ name: 'same' })),
      ...Array.from({ length: 4 }, (_, index) => other.networks.create({ name: `n${index}` })),
    ]);
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    assert.equal(refused.length, 3);
    for (const reason of refused) refusal('NAME_IN_USE', /there is a network "same" already/)(reason);
    const subnets = (await networks.list()).map(({ network }) => network.subnets[0]!.subnet);
    assert.equal(new Set(subnets).size, 5);
  });

  it('is pruned when no container asks for it, whether one runs or not', async () => {
    const { networks } = house.engine;
    for (const name of ['asked', 'free', 'kept'])
      await networks.create({ name, ...(name === 'kept' ? { labels: { keep: '' } } : {}) });
    await house.shell(WAITS, { endpoints: [{ network: 'asked', aliases: [] }] });
    await house.run('true');
    assert.deepEqual(await networks.prune({ withoutLabels: ['keep'] }), ['free']);
    assert.deepEqual((await networks.list()).map(({ network }) => network.name).sort(), ['asked', 'bridge', 'kept']);
    assert.deepEqual(await networks.prune({ until: Date.now() - 60_000 }), []);
    assert.deepEqual(await networks.prune(), ['kept']);
  });

  it('tells of its coming and going, and of who comes onto it and goes', async () => {
    const since = Date.now() - 1;
    await house.engine.networks.create({ name: 'app' });
    const { id } = await house.start(WAITS, { name: 'web' });
    await house.engine.networks.connect('app', 'web');
    await house.engine.networks.disconnect('app', 'web');
    await house.engine.networks.remove('app');
    const told: EngineEvent[] = [];
    for await (const event of house.engine.events({ since, until: Date.now() })) told.push(event);
    assert.deepEqual(
      told
        .filter(({ type, attributes }) => type === 'network' && attributes['name'] === 'app')
        .map(({ action, attributes }) => [action, attributes['container']]),
      [
        ['create', undefined],
        ['connect', id],
        ['disconnect', id],
        ['destroy', undefined],
      ],
    );
  });
});

describe('after a crash', () => {
  it('a container stays on its network when its supervisor is killed, and goes from it at its end', async () => {
    const { id } = await house.start(WAITS, { name: 'web' });
    const before = await on('web');
    await house.killSupervisorOf(id);
    await house.engine.recover();
    assert.deepEqual(await on('web'), before);
    await house.engine.stop(id);
    assert.deepEqual(await on('web'), []);
  });

  it('who ended, or was removed, while nobody looked is taken off', async () => {
    const { id } = await house.start(WAITS, { name: 'web' });
    const made = await house.shell(WAITS, { name: 'made' });
    const store = openNetworks(house.root);
    const [{ network, endpoint } = assert.fail()] = store.attachments(id);
    const ghost = (container: string, n: number) => ({ ...endpoint, container, ipv4Address: `172.17.0.${n}` });
    await store.withLock(network.id, () =>
      store.writeEndpoints(network.id, [endpoint, ghost('e'.repeat(64), 8), ghost(made.id, 9)]),
    );
    await house.engine.recover();
    assert.deepEqual(store.endpoints(network.id), [endpoint]);
  });

  it('nobody is on a network that was on it in another boot', async () => {
    const { id } = await house.start(WAITS, { name: 'web' });
    const [{ network } = assert.fail()] = await on('web');
    await house.engine.stop(id);
    const path = layout.networkEndpoints(house.root, network.id);
    const text = readFileSync(path, 'utf8');
    await house.engine.start(id);
    const now = JSON.parse(readFileSync(path, 'utf8')) as { bootId: string };
    await house.engine.stop(id);
    writeFileSync(
      path,
      text
        .replace(now.bootId, 'another boot')
        .replace(
          '"endpoints":[]',
          '"endpoints":[{"container":"x","name":"x","names":[],"ipv4Address":"172.17.0.2","macAddress":"02:42:ac:11:00:02","ports":[]}]',
        ),
    );
    assert.deepEqual((await house.engine.networks.inspect('bridge')).endpoints, []);
    await house.engine.start(id);
    assert.deepEqual(await addressesIn('web'), ['eth0 172.17.0.2']);
  });

  it('files that cannot be understood keep nobody from anything', async () => {
    const { id, name } = await house.engine.networks.create({ name: 'app' });
    await house.engine.networks.create({ name: 'broken' });
    const broken = await house.engine.networks.inspect('broken');
    writeFileSync(layout.networkConfig(house.root, broken.network.id), '{');
    writeFileSync(layout.networkEndpoints(house.root, id), 'not json');
    assert.deepEqual(
      (await house.engine.networks.list()).map(({ network }) => network.name),
      [name],
    );
    await house.start(WAITS, { name: 'web', endpoints: [{ network: 'app', aliases: [] }] });
    assert.equal((await on('web')).length, 1);
    await assert.rejects(house.engine.networks.inspect(broken.network.id), refusal('STATE_CORRUPT', /network\.json/));
  });

  it('what was being made or removed is cleared away by the next', async () => {
    const { id } = await house.engine.networks.create({ name: 'app' });
    for (const kind of ['new', 'trash']) {
      mkdirSync(layout.network(house.root, `.${kind}-${'d'.repeat(64)}`));
    }
    await house.engine.networks.create({ name: 'other' });
    for (const kind of ['new', 'trash'])
      assert.ok(!existsSync(layout.network(house.root, `.${kind}-${'d'.repeat(64)}`)), kind);
    assert.ok(existsSync(layout.network(house.root, id)));
  });
});
