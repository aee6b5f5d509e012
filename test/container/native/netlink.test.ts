// Links, addresses and routes by netlink on the real kernel, in a network namespace of this file's own; `ip` says whether it is so.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync } from 'node:fs';
import { describe, it } from 'node:test';
import * as native from '../../../src/native/index.js';
import { execve, ended } from '../../support/launching.js';
import { enterOwnNetwork } from '../../support/own-network.js';
import { eventually } from '../../support/patience.js';

enterOwnNetwork();

const ip = (...words: string[]): unknown => {
  const { stdout, stderr, status } = spawnSync('ip', ['-json', '-details', ...words], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.trim() === '' ? [] : JSON.parse(stdout);
};
const names = (): string[] => native.listLinks().map(({ name }) => name);
const errno = (code: string, syscall: string) => (error: unknown) =>
  error instanceof native.SyscallError && error.code === code && error.syscall === syscall;

/** A process that sleeps in a network namespace of its own. */
async function sleeper(t: { after: (hook: () => unknown) => void }): Promise<number> {
  const { pid, pidfd } = await native.launch([execve('/bin/sleep', '1000')], { namespaces: native.CLONE_NEWNET });
  const end = ended(pid);
  t.after(async () => {
    native.pidfdSendSignal(pidfd, native.signalNumber('KILL')!);
    await end;
    closeSync(pidfd);
  });
  return pid;
}

describe('links', () => {
  it('are made, found, brought up and taken away', async () => {
    assert.equal(native.findLink('br0'), undefined);
    native.createBridge({ name: 'br0', macAddress: '02:42:00:00:00:01', mtu: 1400 });
    const { index, ...bridge } = native.findLink('br0')!;
    assert.deepEqual(bridge, {
      name: 'br0',
      kind: 'bridge',
      isUp: false,
      hasCarrier: false,
      mtu: 1400,
      macAddress: '02:42:00:00:00:01',
    });
    native.createVeth({ name: 'v0', master: index, up: true, peer: { name: 'v1', macAddress: '02:42:00:00:00:02' } });
    const ends = native.listLinks().filter(({ kind }) => kind === 'veth');
    const [v0, v1] = ['v0', 'v1'].map((name) => ends.find((link) => link.name === name)!);
    assert.equal(v0!.master, index);
    assert.ok(v0!.isUp && !v0!.hasCarrier, 'the other end is down');
    assert.equal(v0!.peer, v1!.index);
    assert.equal(v1!.macAddress, '02:42:00:00:00:02');
    native.setLinkUp('v1', true);
    await eventually(() => assert.ok(native.findLink('v0')!.hasCarrier));
    native.setLinkUp('v1', false);
    assert.ok(!native.findLink('v1')!.isUp);
    await native.deleteLink('v0');
    assert.ok(!names().includes('v1'), 'both ends go');
    await native.deleteLink('br0');
    assert.deepEqual(names(), ['lo']);
  });

  it('of which one is born in the namespace of a process, or of a descriptor, under a number that is chosen', async (t) => {
    const pid = await sleeper(t);
    native.createVeth({ name: 'v0', peer: { name: 'eth0', index: 100, namespace: { pid } } });
    const fd = native.networkNamespaceOf(pid);
    native.createVeth({ name: 'v1', peer: { name: 'eth1', namespace: { fd } } });
    const inside = native.RouteSocket.openIn(fd);
    assert.equal(native.findLink('eth0', inside)!.index, 100);
    assert.equal(native.findLink('eth1', inside)!.kind, 'veth');
    assert.ok(!names().includes('eth0'));
    const seen = native.inNetworkNamespace(fd, () => {
      const own = native.RouteSocket.open();
      const found = native.listLinks(own).map(({ name }) => name);
      own.close();
      return found;
    });
    assert.deepEqual(seen.sort(), ['eth0', 'eth1', 'lo']);
    assert.ok(names().includes('v0'), 'and back again');
    await native.deleteLink('v1');
    assert.equal(native.findLink('eth1', inside), undefined);
    inside.close();
    closeSync(fd);
  });

  it('go with the namespace of the other end', async (t) => {
    const pid = await sleeper(t);
    native.createVeth({ name: 'v9', peer: { name: 'eth0', namespace: { pid } } });
    process.kill(pid, 'SIGKILL');
    await eventually(() => assert.ok(!names().includes('v9')));
  });

  it('that cannot be have an errno, the name of the request and the link in the error', async () => {
    native.createBridge({ name: 'br0' });
    assert.throws(() => native.createBridge({ name: 'br0' }), errno('EEXIST', 'RTM_NEWLINK'));
    assert.throws(() => native.createBridge({ name: 'br0' }), /^SyscallError: RTM_NEWLINK br0: EEXIST, /);
    assert.throws(() => native.createBridge({ name: 'a name that is too long' }), errno('ERANGE', 'RTM_NEWLINK'));
    assert.throws(
      () => native.createVeth({ name: 'v0', peer: { name: 'v1', namespace: { pid: 2 ** 22 + 1 } } }),
      errno('ESRCH', 'RTM_NEWLINK'),
    );
    assert.throws(() => native.setLinkUp('nowhere', true), errno('ENODEV', 'RTM_NEWLINK'));
    await assert.rejects(native.deleteLink('nowhere'), errno('ENODEV', 'RTM_DELLINK'));
    assert.deepEqual(names(), ['lo', 'br0'], 'nothing half-made is left');
    await native.deleteLink('br0');
  });

  it('are all listed, however many there are', async () => {
    const many = Array.from({ length: 150 }, (_, i) => `many${i}`);
    for (const name of many) native.createBridge({ name });
    assert.deepEqual(names(), ['lo', ...many]);
    for (const name of many) await native.deleteLink(name);
  });
});

describe('addresses and routes', () => {
  it('are given, and are what ip shows', async () => {
    native.createBridge({ name: 'br0' });
    const { index } = native.findLink('br0')!;
    native.addAddress(index, '10.231.0.1', 24);
    native.addAddress(index, 'fd00:231::1', 64);
    native.addAddress(index, '10.231.0.1', 24);
    native.setLinkUp('br0', true);
    const [shown] = ip('address', 'show', 'br0') as [
      { addr_info: { local: string; prefixlen: number; broadcast?: string; scope: string }[] },
    ];
    const given = shown.addr_info.filter(({ scope }) => scope === 'global');
    assert.deepEqual(
      given.map(({ local, prefixlen, broadcast }) => [local, prefixlen, broadcast]),
      [
        ['10.231.0.1', 24, '10.231.0.255'],
        ['fd00:231::1', 64, undefined],
      ],
    );
    const listed = native.listAddresses().filter(({ link, address }) => link === index && !address.startsWith('fe80'));
    assert.deepEqual(
      listed.map(({ family, address, prefix, isTentative }) => ({ family, address, prefix, isTentative })),
      [
        { family: 4, address: '10.231.0.1', prefix: 24, isTentative: false },
        { family: 6, address: 'fd00:231::1', prefix: 64, isTentative: false },
      ],
    );
    native.addDefaultRoute('10.231.0.254');
    native.addDefaultRoute('fd00:231::fe');
    assert.throws(() => native.addDefaultRoute('10.231.0.254'), errno('EEXIST', 'RTM_NEWROUTE'));
    assert.throws(
      () => native.addDefaultRoute('10.99.0.1'),
      (error) => error instanceof native.SyscallError,
    );
    const routes = native.listRoutes().filter(({ link }) => link === index);
    assert.deepEqual(
      routes.filter(({ to }) => !to.startsWith('fe80')).map(({ family, to, gateway }) => ({ family, to, gateway })),
      [
        { family: 4, to: '0.0.0.0/0', gateway: '10.231.0.254' },
        { family: 4, to: '10.231.0.0/24', gateway: undefined },
        { family: 6, to: 'fd00:231::/64', gateway: undefined },
        { family: 6, to: '::/0', gateway: 'fd00:231::fe' },
      ],
    );
    const ofIp = (ip('-4', 'route', 'show') as { dst: string }[]).map(({ dst }) => dst);
    assert.deepEqual(ofIp, ['default', '10.231.0.0/24']);
    await native.deleteLink('br0');
  });

  it('of neighbours are heard of', async () => {
    native.createBridge({ name: 'br0' });
    const { index } = native.findLink('br0')!;
    native.addAddress(index, '10.231.0.1', 24);
    native.setLinkUp('br0', true);
    const told = ['neigh', 'replace', '10.231.0.7', 'lladdr', '02:42:00:00:00:07', 'dev', 'br0', 'nud', 'permanent'];
    assert.equal(spawnSync('ip', told).status, 0);
    assert.deepEqual(
      native.listNeighbours().filter(({ link, address }) => link === index && address === '10.231.0.7'),
      [{ link: index, address: '10.231.0.7', macAddress: '02:42:00:00:00:07' }],
    );
    await native.deleteLink('br0');
  });
});
