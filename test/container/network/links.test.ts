// Containers on bridges, on the real kernel: plugged in through the launch program or while they run, in a network namespace of this
// file's own.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';
import type { ContainerConfig, Mount } from '../../../src/engine/model.js';
import { ensureBridge, removeBridge } from '../../../src/engine/network/bridge.js';
import {
  changedHostSettings,
  ensureHostSettings,
  restoreHostSettings,
} from '../../../src/engine/network/host-settings.js';
import type { Attachment, NetworkConfig } from '../../../src/engine/network/model.js';
import { unplug } from '../../../src/engine/network/plug.js';
import { plugRunning, unplugRunning } from '../../../src/engine/network/plug-running.js';
import { createBridge, createVeth, deleteLink, findLink, listAddresses, setLinkUp } from '../../../src/native/index.js';
import { launchPrepared, make, prepare, start, type Running } from '../../support/bare-container.js';
import { openDescriptors } from '../../support/launching.js';
import { networkState } from '../../support/network-state.js';
import { attachmentOf, networkOf } from '../../support/attachments.js';
import { enterOwnNetwork } from '../../support/own-network.js';
import { eventually } from '../../support/patience.js';
import { refusal } from '../../support/refusal.js';

enterOwnNetwork();

const BUSYBOX = '/usr/bin/busybox';
const skip = existsSync(BUSYBOX) ? false : `${BUSYBOX} is missing: install busybox-static`;
const busybox: Mount = { type: 'bind', source: BUSYBOX, target: '/busybox', readOnly: true, propagation: 'rprivate' };
/** Serves what is in /etc: its host name is how one tells it from others. */
const SERVES = { argv: ['/busybox', 'httpd', '-f', '-p', '80', '-h', '/etc'], mounts: [busybox] };

const undoings = new WeakMap<TestContext, (() => Promise<unknown>)[]>();

/** The last first: Node's own hooks run in the order in which they were given. */
function afterwards(t: TestContext, undo: () => Promise<unknown>): void {
  const before = undoings.get(t);
  if (before !== undefined) {
    before.push(undo);
    return;
  }
  const all = [undo];
  undoings.set(t, all);
  t.after(async () => {
    for (const each of all.reverse()) await each();
  });
}

/** A network whose bridge goes after the test, and then nothing of it may be left. */
function network(t: TestContext, more: Partial<NetworkConfig> = {}): NetworkConfig {
  const config = networkOf(more);
  // A bridge that is there already comes by the address of its link on its own time.
  const before = undoings.has(t) ? undefined : networkState();
  ensureBridge(config);
  afterwards(t, async () => {
    await removeBridge(config);
    if (before !== undefined) await eventually(() => assert.deepEqual(networkState(), before));
  });
  return config;
}

function on(config: NetworkConfig, number: number, more: Partial<Attachment['endpoint']> = {}): Attachment {
  const [, third = '0'] = /^10\.231\.(\d+)\./.exec(config.subnets[0]!.subnet) ?? [];
  return attachmentOf(config, {
    ipv4Address: `10.231.${third}.${number}`,
    ...(config.subnets.length > 1 ? { ipv6Address: `fd00:231::${number}` } : {}),
    ...more,
  });
}

async function ending(t: TestContext, starting: Promise<Running>): Promise<Running> {
  const running = await starting;
  afterwards(t, () => running.kill());
  return running;
}

const plugged = (t: TestContext, config: Partial<ContainerConfig>, ...attachments: Attachment[]): Promise<Running> =>
  ending(t, start(t, config, undefined, { attachments }));
const sharing = (t: TestContext, { container }: Running, config: Partial<ContainerConfig> = {}): Promise<Running> =>
  ending(t, start(t, { ...config, network: `container:${container.id}` }, undefined, { sharedWith: container }));

const said = async (running: Running, ...argv: string[]): Promise<string> => (await running.exec({ argv })).output;
const get = (running: Running, address: string): Promise<string> =>
  said(running, 'timeout', '2', '/busybox', 'wget', '-q', '-O', '-', `http://${address}/hostname`);

async function fetched(address: string): Promise<string> {
  const response = await fetch(`http://${address}/hostname`, { signal: AbortSignal.timeout(2000) });
  return (await response.text()).trim();
}

describe('two containers on a bridge', { skip }, () => {
  it('reach each other, the host, and are reached by it, by IPv4 and IPv6', async (t) => {
    const app = network(t);
    const web = await plugged(t, { ...SERVES, hostname: 'web' }, on(app, 2));
    const other = await plugged(t, { mounts: [busybox] }, on(app, 3));
    await eventually(async () => assert.equal(await get(other, '10.231.0.2'), 'web'));
    assert.equal(await get(other, '[fd00:231::2]'), 'web');
    assert.equal(await fetched('10.231.0.2'), 'web');
    assert.equal(await fetched('[fd00:231::2]'), 'web');
    const server = createServer((request, response) => response.end(`host to ${request.socket.remoteAddress ?? ''}`));
    await new Promise<void>((resolve) => server.listen({ port: 8231, host: '::' }, resolve));
    t.after(() => server.close());
    assert.equal(await get(other, '10.231.0.1:8231'), 'host to ::ffff:10.231.0.3');
    assert.equal(await get(web, '[fd00:231::1]:8231'), 'host to fd00:231::2');
  });

  it('have their addresses, their MAC address, a default route and the MTU of the network', async (t) => {
    const app = network(t, { mtu: 1400 });
    const attachment = on(app, 2);
    const { exec } = await plugged(t, {}, attachment);
    const { output } = await exec({ argv: ['ip', '-o', 'address', 'show', 'eth0'] });
    assert.match(output, /inet 10\.231\.0\.2\/24 brd 10\.231\.0\.255 scope global eth0/);
    assert.match(output, /inet6 fd00:231::2\/64 scope global/);
    assert.doesNotMatch(output, /tentative|dadfailed/);
    const link = await exec({ argv: ['ip', '-o', 'link', 'show', 'eth0'] });
    assert.match(link.output, /<BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1400 .*state UP .*link\/ether 02:42:0a:e7:00:02/);
    assert.match((await exec({ argv: ['ip', 'route'] })).output, /^default via 10\.231\.0\.1 dev eth0/);
    assert.match((await exec({ argv: ['ip', '-6', 'route'] })).output, /default via fd00:231::1 dev eth0/);
    const host = findLink(attachment.endpoint.hostInterface)!;
    assert.equal(host.master, findLink(app.interfaceName)!.index);
    assert.equal(host.mtu, 1400);
  });

  it('have no IPv6 where the network has none, and believe no router', async (t) => {
    const app = network(t, { subnets: [{ subnet: '10.231.0.0/24', gateway: '10.231.0.1' }] });
    const { exec } = await plugged(t, {}, on(app, 2));
    assert.equal((await exec({ argv: ['ip', '-6', '-o', 'address', 'show', 'eth0'] })).output, '');
    assert.equal((await exec({ argv: ['cat', '/proc/sys/net/ipv6/conf/eth0/disable_ipv6'] })).output, '1');
    const bridge = findLink(app.interfaceName)!.index;
    const ofHost = listAddresses().filter(({ link }) => link === bridge);
    assert.deepEqual(
      ofHost.map(({ address }) => address),
      ['10.231.0.1'],
      'nobody on it can give the host an address',
    );
  });

  it('do not reach each other where that is not wanted, but the host', async (t) => {
    const app = network(t, { interContainer: false });
    await plugged(t, { ...SERVES, hostname: 'web' }, on(app, 2));
    const other = await plugged(t, { mounts: [busybox] }, on(app, 3));
    await eventually(async () => assert.equal(await fetched('10.231.0.2'), 'web'));
    assert.equal(await get(other, '10.231.0.2'), '');
    assert.match(await said(other, '/busybox', 'ping', '-c', '1', '-W', '2', '10.231.0.1'), /1 packets received/);
  });
});

describe('a container on several networks', { skip }, () => {
  it('has an interface on each, and reaches the rest over the first that leads out', async (t) => {
    const inside = network(t, { internal: true });
    const app = network(t, { subnets: [{ subnet: '10.231.1.0/24', gateway: '10.231.1.1' }] });
    const attachments = [on(inside, 2), on(app, 2, { interfaceName: 'eth1' })];
    const { exec } = await plugged(t, {}, ...attachments);
    const { output } = await exec({ argv: ['ip', 'route'] });
    assert.match(output, /^default via 10\.231\.1\.1 dev eth1/);
    assert.match(output, /10\.231\.0\.0\/24 dev eth0/);
    assert.equal((await exec({ argv: ['ip', '-6', 'route', 'show', 'default'] })).output, '');
  });

  it('sets what it is told to of an interface', async (t) => {
    const app = network(t);
    const sysctls = { 'net.ipv4.conf.eth0.rp_filter': '2' };
    const { exec } = await plugged(t, { sysctls }, on(app, 2));
    assert.equal((await exec({ argv: ['cat', '/proc/sys/net/ipv4/conf/eth0/rp_filter'] })).output, '2');
  });
});

describe('a running container', { skip }, () => {
  it('is plugged in and out', async (t) => {
    const app = network(t);
    const second = network(t, { subnets: [{ subnet: '10.231.1.0/24', gateway: '10.231.1.1' }] });
    const web = await ending(t, start(t, { ...SERVES, hostname: 'web' }));
    const other = await plugged(t, { mounts: [busybox] }, on(second, 3));
    const init = web.container.state.init!;
    const [first, further] = [on(app, 2), on(second, 2, { interfaceName: 'eth1' })];
    await plugRunning(first, init);
    await eventually(async () => assert.equal(await fetched('10.231.0.2'), 'web'));
    assert.equal(await fetched('[fd00:231::2]'), 'web');
    assert.match((await web.exec({ argv: ['ip', 'route'] })).output, /^default via 10\.231\.0\.1 dev eth0/);
    await plugRunning(further, init);
    assert.equal(await get(other, '10.231.1.2'), 'web');
    assert.match((await web.exec({ argv: ['ip', 'route'] })).output, /^default via 10\.231\.0\.1 dev eth0/);
    await unplugRunning(first, init, [further]);
    const { output } = await web.exec({ argv: ['ip', 'route'] });
    assert.match(output, /^default via 10\.231\.1\.1 dev eth1/, 'another network leads it out');
    assert.doesNotMatch(output, /eth0/);
    assert.equal(await get(other, '10.231.1.2'), 'web');
    await unplugRunning(further, init, []);
    assert.equal((await web.exec({ argv: ['ip', '-o', 'link'] })).output.split('\n').length, 1, 'lo is left');
  });

  it('that has an interface of that name already is told so, and nothing of the new one is left', async (t) => {
    const app = network(t);
    const { container } = await plugged(t, {}, on(app, 2));
    const again = on(app, 3);
    await assert.rejects(plugRunning(again, container.state.init!), refusal('LAUNCH_FAILED', /EEXIST/));
    assert.equal(findLink(again.endpoint.hostInterface), undefined);
  });

  it('that is no more cannot be plugged in', async (t) => {
    const app = network(t);
    const { container, kill } = await start(t);
    await kill();
    await assert.rejects(plugRunning(on(app, 2), container.state.init!), refusal('ILLEGAL_STATE', /not running/));
  });
});

describe('a container that shares the network of another', { skip }, () => {
  it('has its interfaces and its ports', async (t) => {
    const app = network(t);
    const web = await plugged(t, { ...SERVES, hostname: 'web' }, on(app, 2));
    const beside = await sharing(t, web, { mounts: [busybox] });
    await eventually(async () => assert.equal(await get(beside, '127.0.0.1'), 'web'));
    assert.match((await beside.exec({ argv: ['ls', '/sys/class/net'] })).output, /eth0/);
  });

  it('keeps the link of one that has ended, until it is unplugged', async (t) => {
    const app = network(t);
    const attachment = on(app, 2);
    const web = await plugged(t, {}, attachment);
    await sharing(t, web);
    await web.kill();
    assert.ok(findLink(attachment.endpoint.hostInterface));
    await unplug(attachment.endpoint);
    assert.equal(findLink(attachment.endpoint.hostInterface), undefined);
    await unplug(attachment.endpoint);
  });

  it('does not start when that one does not run', async (t) => {
    const { container, kill } = await start(t);
    await kill();
    const made = await make(t, { network: `container:${container.id}` });
    await assert.rejects(
      prepare(made, { tty: false }, { sharedWith: container }),
      refusal('ILLEGAL_STATE', /whose network .* is to share, is not running/),
    );
  });
});

describe('a start that cannot be plugged in', { skip }, () => {
  it('fails with the reason, and leaves neither a process nor a link nor a descriptor', async (t) => {
    const app = network(t);
    const before = networkState();
    const descriptors = openDescriptors();
    await removeBridge(app);
    const made = await make(t, { argv: ['sleep', '1000'] });
    const attachments = [on(app, 2)];
    await assert.rejects(
      launchPrepared(await prepare(made, { tty: false }, { attachments })),
      refusal('LAUNCH_FAILED', /cannot be put on network app: its bridge br-[0-9a-f]+ is gone/),
    );
    ensureBridge(app);
    await eventually(() => assert.deepEqual(Object.keys(networkState()), Object.keys(before)));
    await eventually(() => assert.deepEqual(openDescriptors().length, descriptors.length));
  });

  it('fails when its address is none', async (t) => {
    const app = network(t);
    const made = await make(t, { argv: ['sleep', '1000'] });
    const attachments = [on(app, 2, { ipv4Address: '224.0.0.1' })];
    await assert.rejects(
      launchPrepared(await prepare(made, { tty: false }, { attachments })),
      refusal('LAUNCH_FAILED', /give eth0 the address 224\.0\.0\.1/),
    );
    await eventually(() => assert.equal(findLink(attachments[0]!.endpoint.hostInterface), undefined));
  });
});

describe('a bridge', () => {
  it('is made once, and completed where half of one is there', async (t) => {
    const config = networkOf();
    t.after(() => removeBridge(config));
    assert.equal(ensureBridge(config), true);
    assert.equal(ensureBridge(config), false);
    await removeBridge(config);
    await removeBridge(config);
    createBridge({ name: config.interfaceName });
    assert.equal(ensureBridge(config), true);
    const { index, isUp } = findLink(config.interfaceName)!;
    assert.ok(isUp);
    assert.deepEqual(
      listAddresses().flatMap(({ link, address }) => (link === index && !address.startsWith('fe80') ? [address] : [])),
      ['10.231.0.1', 'fd00:231::1'],
    );
  });

  it('is not made of what has its name already, and that is not taken away', async (t) => {
    const config = networkOf();
    createVeth({ name: config.interfaceName, peer: { name: 'other' } });
    t.after(() => deleteLink('other'));
    setLinkUp(config.interfaceName, true);
    assert.throws(() => ensureBridge(config), refusal('NETWORK_IN_USE', /that is no bridge/));
    await removeBridge(config);
    assert.ok(findLink(config.interfaceName));
  });
});

describe('settings of the host', () => {
  const root = mkdtempSync(join(tmpdir(), 'tscontain-test-'));
  after(() => rmSync(root, { recursive: true, force: true }));

  it('are changed when they are needed, told, and put back to what they were', () => {
    const before = networkState();
    assert.deepEqual(ensureHostSettings(root, [networkOf({ internal: true })]), []);
    assert.deepEqual(networkState(), before);
    const told = ensureHostSettings(root, [networkOf()]);
    assert.ok(told.includes('net.ipv4.ip_forward was 0 and is 1'), told.join('; '));
    assert.ok(told.includes('net.ipv6.conf.all.forwarding was 0 and is 1'), told.join('; '));
    assert.deepEqual(ensureHostSettings(root, [networkOf()]), []);
    assert.deepEqual(changedHostSettings(root).sort(), [...told].sort());
    restoreHostSettings(root);
    assert.deepEqual(networkState(), before);
    assert.deepEqual(changedHostSettings(root), []);
    restoreHostSettings(root);
    assert.deepEqual(networkState(), before);
  });
});
