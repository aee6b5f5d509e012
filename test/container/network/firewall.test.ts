// The table of nft on the real kernel: who reaches whom, from outside, from the host and between networks, in network namespaces of this
// file's own; and that it comes back after a flush and leaves nothing behind.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ensureBridge, removeBridge } from '../../../src/engine/network/bridge.js';
import { applyFirewall, firewallIsIntact } from '../../../src/engine/network/firewall/apply.js';
import { guardFirewall } from '../../../src/engine/network/firewall/guard.js';
import { tableName } from '../../../src/engine/network/firewall/ruleset.js';
import type { Endpoint, NetworkConfig, PublishedPort } from '../../../src/engine/network/model.js';
import { holdPorts } from '../../../src/engine/network/publish/hold.js';
import { openNetworks, type NetworkStore } from '../../../src/engine/network/store.js';
import { deleteLink, Nftables } from '../../../src/native/index.js';
import { attachmentOf, networkOf } from '../../support/attachments.js';
import { isInstalled } from '../../support/installed.js';
import { networkState } from '../../support/network-state.js';
import { enterOwnNetwork } from '../../support/own-network.js';
import { eventually } from '../../support/patience.js';
import { askFromHost, Place } from '../../support/places.js';

enterOwnNetwork();
const skip = isInstalled('nft') ? false : 'nft is missing: install nftables';

const HOST = { ipv4: '10.9.0.1', second: '10.9.0.7', ipv6: 'fd00:9::1' };
const OUTSIDE = { ipv4: '10.9.0.2', ipv6: 'fd00:9::2' };
/** Long enough for an answer that comes at all. */
const SILENCE_MS = 300;

const port = (containerPort: number, hostPort: number, more: Partial<PublishedPort> = {}): PublishedPort => ({
  containerPort,
  hostPort,
  protocol: 'tcp',
  hostIp: '',
  ...more,
});

const nft = (...words: string[]) => spawnSync('nft', words, { encoding: 'utf8' });
const listing = (root: string): string => nft('list', 'table', 'inet', tableName(root)).stdout;

/** A state directory with networks, each with a bridge and places on it. */
class Ground {
  readonly root = mkdtempSync(join(tmpdir(), 'tscontain-test-'));
  readonly networks: NetworkStore = openNetworks(this.root);
  readonly #places: Place[] = [];
  readonly #links: string[] = [];
  readonly #bridges: NetworkConfig[] = [];
  #number = 0;

  async network(name: string, third: number, more: Partial<NetworkConfig> = {}): Promise<NetworkConfig> {
    const network = await this.networks.create(({ id }) =>
      networkOf({
        id,
        name,
        interfaceName: `br-${name}`,
        subnets: [
          { subnet: `10.231.${third}.0/24`, gateway: `10.231.${third}.1` },
          { subnet: `fd00:231:${third}::/64`, gateway: `fd00:231:${third}::1` },
        ],
        ...more,
      }),
    );
    this.#bridges.push(network);
    ensureBridge(network);
    return network;
  }

  /** A container's end on a network, with its endpoint on file. */
  container(network: NetworkConfig, last: number, ports: readonly PublishedPort[] = []): Place {
    const [ipv4, ipv6] = network.subnets.map(({ gateway }) => gateway.replace(/1$/, ''));
    const hostInterface = `veth-${(this.#number += 1)}`;
    const place = this.#place();
    place.cable({
      hostInterface,
      bridge: network.interfaceName,
      addresses: [`${ipv4!}${last}/24`, `${ipv6!}${last}/64`],
      gateways: network.internal ? [] : network.subnets.map(({ gateway }) => gateway),
    });
    const { endpoint } = attachmentOf(network, {
      container: String(this.#number).repeat(64).slice(0, 64),
      name: `c${this.#number}`,
      ipv4Address: `${ipv4!}${last}`,
      ipv6Address: `${ipv6!}${last}`,
      hostInterface,
      ports,
    });
    this.networks.writeEndpoints(network.id, [...this.networks.endpoints(network.id), endpoint]);
    return place;
  }

  outside(): Place {
    const place = this.#place();
    this.#links.push('out0');
    place.cable({
      hostInterface: 'out0',
      hostAddresses: [`${HOST.ipv4}/24`, `${HOST.second}/24`, `${HOST.ipv6}/64`],
      addresses: [`${OUTSIDE.ipv4}/24`, `${OUTSIDE.ipv6}/64`],
      gateways: [HOST.ipv4, HOST.ipv6],
    });
    return place;
  }

  publish(network: NetworkConfig, change: (endpoint: Endpoint) => Endpoint): void {
    this.networks.writeEndpoints(network.id, this.networks.endpoints(network.id).map(change));
  }

  #place(): Place {
    const place = new Place();
    this.#places.push(place);
    return place;
  }

  async close(): Promise<void> {
    for (const network of this.#bridges) {
      this.networks.writeEndpoints(network.id, []);
      await removeBridge(network);
    }
    for (const place of this.#places) place.close();
    for (const link of this.#links) await deleteLink(link).catch(() => undefined);
    assert.deepEqual(await applyFirewall(this.root), {});
    assert.equal(listing(this.root), '', 'the table went with the last network');
    rmSync(this.root, { recursive: true });
  }
}

function forwardPackets(on: boolean): void {
  for (const path of ['ipv4/ip_forward', 'ipv6/conf/all/forwarding'])
    writeFileSync(`/proc/sys/net/${path}`, on ? '1' : '0');
}

describe('the table of nft', { skip }, () => {
  const untouched = networkState();
  let ground: Ground;
  let outside: Place;
  let app: NetworkConfig;
  let web: Place;
  let client: Place;
  let other: Place;
  let hidden: Place;

  before(async () => {
    ground = new Ground();
    forwardPackets(true);
    outside = ground.outside();
    app = await ground.network('app', 1);
    const back = await ground.network('back', 2);
    const internal = await ground.network('internal', 3, { internal: true });
    web = ground.container(app, 2, [
      port(80, 8080),
      port(443, 443),
      port(80, 8081, { hostIp: HOST.second }),
      port(80, 8082, { hostIp: '127.0.0.1' }),
      port(53, 5353, { protocol: 'udp' }),
      port(7, 7, { protocol: 'sctp' }),
      port(9, 9000, { protocol: 'sctp' }),
    ]);
    client = ground.container(app, 3);
    other = ground.container(back, 2);
    hidden = ground.container(internal, 2, [port(80, 8090)]);
    for (const tcp of [80, 443]) web.serve('web', tcp);
    web.serveDatagrams('web', 53);
    client.serve('client', 80);
    other.serve('other', 80);
    hidden.serve('hidden', 80);
    outside.serve('outside', 80);
    assert.deepEqual(await applyFirewall(ground.root), {});
  });
  after(async () => {
    await ground.close();
    forwardPackets(false);
    await eventually(() => assert.deepEqual(networkState(), untouched));
  });

  it('leads who comes from outside into the container, which sees who it is', async () => {
    assert.equal(await outside.ask(HOST.ipv4, 8080), `web to ${OUTSIDE.ipv4}`);
    assert.equal(await outside.ask(HOST.ipv4, 443), `web to ${OUTSIDE.ipv4}`);
    assert.equal(await outside.ask(HOST.ipv6, 8080), `web to ${OUTSIDE.ipv6}`);
    assert.equal(await outside.ask(HOST.ipv6, 443), `web to ${OUTSIDE.ipv6}`);
    assert.equal(await outside.askByDatagram(HOST.ipv4, 5353), `web to ${OUTSIDE.ipv4}`);
    assert.equal(await outside.askByDatagram(HOST.ipv6, 5353), `web to ${OUTSIDE.ipv6}`);
  });

  it('keeps a port that is published at one address to that address', async () => {
    assert.equal(await outside.ask(HOST.second, 8081), `web to ${OUTSIDE.ipv4}`);
    assert.equal(await outside.ask(HOST.ipv4, 8081, SILENCE_MS), undefined);
    assert.equal(await outside.ask(HOST.ipv4, 8082, SILENCE_MS), undefined);
  });

  it('leads the host itself there, by its own address', async () => {
    assert.equal(await askFromHost(HOST.ipv4, 8080), `web to ${HOST.ipv4}`);
    assert.equal(await askFromHost(HOST.ipv6, 8080), `web to ${HOST.ipv6}`);
  });

  it('lets nobody from outside reach what was not published', async () => {
    assert.equal(await outside.ask('10.231.1.3', 80, SILENCE_MS), undefined);
    assert.equal(await outside.ask('10.231.1.2', 80, SILENCE_MS), undefined, 'nor what was, past its port of the host');
    assert.equal(await outside.ask('fd00:231:1::2', 80, SILENCE_MS), undefined);
  });

  it('gives what leaves a network the address of the host', async () => {
    assert.equal(await web.ask(OUTSIDE.ipv4, 80), `outside to ${HOST.ipv4}`);
    assert.equal(await web.ask(OUTSIDE.ipv6, 80), `outside to ${HOST.ipv6}`);
  });

  it('keeps networks apart, but for what was published', async () => {
    assert.equal(await other.ask('10.231.1.2', 80, SILENCE_MS), undefined);
    assert.equal(await client.ask('10.231.2.2', 80, SILENCE_MS), undefined);
    assert.equal(await client.ask('fd00:231:2::2', 80, SILENCE_MS), undefined);
    assert.match((await other.ask(HOST.ipv4, 8080)) ?? 'nothing', /^web to /);
  });

  it('leaves a container that asks its own network through a published port to the proxy, itself too', async (t) => {
    assert.equal(await client.ask(HOST.ipv4, 8080, SILENCE_MS), undefined);
    const held = await holdPorts([port(80, 8080)], []);
    t.after(() => held.release());
    held.leadTo({ ipv4Address: '10.231.1.2', ipv6Address: 'fd00:231:1::2' });
    for (const address of [HOST.ipv4, HOST.ipv6, '10.231.1.1']) {
      const gateway = address.includes(':') ? 'fd00:231:1::1' : '10.231.1.1';
      assert.equal(await client.ask(address, 8080), `web to ${gateway}`, address);
      assert.equal(await web.ask(address, 8080), `web to ${gateway}`, address);
    }
    assert.equal(await outside.ask(HOST.ipv4, 8080), `web to ${OUTSIDE.ipv4}`, 'others come the short way');
  });

  it('lets nothing out of an internal network and nothing in, but from the host', async () => {
    assert.equal(await hidden.ask(OUTSIDE.ipv4, 80, SILENCE_MS), undefined);
    assert.equal(await hidden.ask('10.231.1.2', 80, SILENCE_MS), undefined);
    assert.equal(await client.ask('10.231.3.2', 80, SILENCE_MS), undefined);
    assert.equal(await outside.ask(HOST.ipv4, 8090, SILENCE_MS), undefined);
    assert.equal(await askFromHost('10.231.3.2', 80), 'hidden to 10.231.3.1');
  });

  it('is not touched where it is as it should be', async () => {
    const nftables = Nftables.open();
    const before = nftables.generation();
    assert.deepEqual(await applyFirewall(ground.root), {});
    assert.equal(nftables.generation(), before);
    nftables.close();
    assert.ok(firewallIsIntact(ground.networks));
  });

  it('is seen to be broken, whatever of it is gone, and put back', async () => {
    const whole = listing(ground.root);
    const table = tableName(ground.root);
    for (const words of [
      ['flush', 'ruleset'],
      ['delete', 'table', 'inet', table],
      ['flush', 'table', 'inet', table],
      ['flush', 'chain', 'inet', table, 'forward'],
      ['add', 'rule', 'inet', table, 'forward', 'accept'],
    ]) {
      assert.equal(nft(...words).status, 0, words.join(' '));
      assert.equal(firewallIsIntact(ground.networks), false, words.join(' '));
      assert.deepEqual(await applyFirewall(ground.root), {});
      assert.equal(listing(ground.root), whole, words.join(' '));
    }
  });

  it('is put back by whoever guards it, and other tables are none of its business', async () => {
    const whole = listing(ground.root);
    const said: string[] = [];
    let putBack = 0;
    const guard = guardFirewall(ground.networks, {
      lookMs: 20,
      onPutBack: () => (putBack += 1),
      say: (it) => said.push(it),
    });
    nft('add', 'table', 'ip', 'anothers');
    nft('flush', 'ruleset');
    await eventually(() => assert.equal(listing(ground.root), whole));
    await eventually(() => assert.equal(putBack, 1));
    nft('add', 'table', 'ip', 'anothers');
    nft('delete', 'table', 'inet', tableName(ground.root));
    await eventually(() => assert.equal(listing(ground.root), whole));
    guard.close();
    assert.equal(nft('list', 'table', 'ip', 'anothers').status, 0);
    nft('delete', 'table', 'ip', 'anothers');
    assert.deepEqual(said, []);
    assert.equal(await outside.ask(HOST.ipv4, 8080), `web to ${OUTSIDE.ipv4}`);
  });

  it('is found out to be hindered by a foreign chain that lets nothing through', () => {
    nft('add', 'table', 'ip', 'filter');
    nft('add', 'chain', 'ip', 'filter', 'FORWARD', '{ type filter hook forward priority 0; policy drop; }');
    const nftables = Nftables.open();
    assert.deepEqual(nftables.closedForwardChains(), [{ family: 'ip', table: 'filter', name: 'FORWARD' }]);
    nft('delete', 'table', 'ip', 'filter');
    assert.deepEqual(nftables.closedForwardChains(), []);
    nftables.close();
  });

  it('takes 16,000 ports at once, and leads each of them', async () => {
    const before = ground.networks.endpoints(app.id);
    const kept = Array.from({ length: 8_000 }, (_, index) => port(20_000 + index, 20_000 + index));
    const moved = Array.from({ length: 8_000 }, (_, index) => port(80, 30_000 + index));
    web.serve('web', 27_999);
    ground.publish(app, (endpoint) =>
      endpoint.ports.length === 0 ? endpoint : { ...endpoint, ports: [...kept, ...moved] },
    );
    assert.deepEqual(await applyFirewall(ground.root), {});
    assert.ok(firewallIsIntact(ground.networks));
    assert.equal(await outside.ask(HOST.ipv4, 27_999), `web to ${OUTSIDE.ipv4}`);
    assert.equal(await outside.ask(HOST.ipv6, 30_000), `web to ${OUTSIDE.ipv6}`);
    assert.equal(await outside.ask(HOST.ipv4, 37_999), `web to ${OUTSIDE.ipv4}`);
    assert.equal(await outside.ask(HOST.ipv4, 38_000, SILENCE_MS), undefined);
    ground.networks.writeEndpoints(app.id, before);
    assert.deepEqual(await applyFirewall(ground.root), {});
  });

  it('is made by many at once, and in the end by the last', async () => {
    const before = ground.networks.endpoints(app.id);
    await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        ground.publish(app, (endpoint) =>
          endpoint.ports.length === 0 ? endpoint : { ...endpoint, ports: [port(80, 9_000 + index)] },
        );
        await applyFirewall(ground.root);
      }),
    );
    assert.ok(firewallIsIntact(ground.networks));
    assert.equal(await outside.ask(HOST.ipv4, 9_007), `web to ${OUTSIDE.ipv4}`);
    ground.networks.writeEndpoints(app.id, before);
    await applyFirewall(ground.root);
  });
});

describe('a host without a table', () => {
  /** @returns what is said there; PATH is that directory alone meanwhile */
  async function saidWith(
    program: string | undefined,
    ports: readonly PublishedPort[] = [],
  ): Promise<string | undefined> {
    const root = mkdtempSync(join(tmpdir(), 'tscontain-test-'));
    const path = process.env['PATH'];
    try {
      const networks = openNetworks(root);
      const network = await networks.create(({ id }) => networkOf({ id }));
      networks.writeEndpoints(network.id, [attachmentOf(network, { ports }).endpoint]);
      mkdirSync(join(root, 'bin'));
      if (program !== undefined) writeFileSync(join(root, 'bin/nft'), program, { mode: 0o755 });
      process.env['PATH'] = join(root, 'bin');
      return (await applyFirewall(root)).note;
    } finally {
      process.env['PATH'] = path;
      rmSync(root, { recursive: true });
    }
  }

  it('is told in one sentence that there is no nft', async () => {
    assert.match(
      (await saidWith(undefined)) ?? '',
      /^there is no nft: [^\n]* proxy[^\n]*\(apt-get install nftables\)$/,
    );
  });

  it('is told that sctp, which no proxy speaks, leads nowhere then', async () => {
    const note = await saidWith(undefined, [port(7, 7, { protocol: 'sctp' })]);
    assert.match(note ?? '', /^there is no nft: [^\n]*; those of sctp, which none speaks, lead nowhere \([^\n]*\)$/);
  });

  it('is told in one sentence why nft refused, and the terminal is not told what to do', async () => {
    const note = await saidWith('#!/bin/sh\nprintf "Error: \\033[31mno\\nmore" >&2\nexit 1\n');
    assert.match(note ?? '', /^nft refused the rules of the networks \("Error: \\u001b\[31mno"\): [^\n]*$/);
  });

  it('is told when nft dies without a word', async () => {
    assert.match((await saidWith('#!/bin/sh\nkill -9 $$\n')) ?? '', /\(it was ended by SIGKILL\)/);
  });
});
