// What is published, who is in whose way, and which socket of the kernel's tables has a port.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parsePublish } from '../../../../src/engine/grammar/ports.js';
import type { PublishedPort } from '../../../../src/engine/network/model.js';
import {
  bindingsOf,
  hostPortText,
  publishedByOthers,
  TakenPorts,
} from '../../../../src/engine/network/publish/bindings.js';
import { addressesFor } from '../../../../src/engine/network/publish/proxy.js';
import { socketsAt } from '../../../../src/engine/network/publish/who-listens.js';
import { attachmentOf, networkOf } from '../../../support/attachments.js';

const port = (hostIp: string, hostPort = 8080): PublishedPort => ({
  containerPort: 80,
  protocol: 'tcp',
  hostIp,
  hostPort,
});

describe('the ports of a container', () => {
  it('are those that were asked for, and with -P those that it exposes besides', () => {
    const ports = parsePublish('8080:80');
    assert.deepEqual(bindingsOf({ ports, exposedPorts: ['80/tcp', '53/udp'] }), ports);
    assert.deepEqual(bindingsOf({ ports, publishAll: true, exposedPorts: ['80/tcp', '53/udp', '90-91', '53/udp'] }), [
      ...ports,
      { containerPort: 53, protocol: 'udp', hostIp: '', hostPort: 0 },
      { containerPort: 90, protocol: 'tcp', hostIp: '', hostPort: 0 },
      { containerPort: 91, protocol: 'tcp', hostIp: '', hostPort: 0 },
    ]);
    assert.deepEqual(bindingsOf({}), []);
  });

  it('are written as people ask for them', () => {
    assert.equal(hostPortText(port('')), '8080/tcp');
    assert.equal(hostPortText(port('10.9.0.1')), '10.9.0.1:8080/tcp');
    assert.equal(hostPortText(port('::1')), '[::1]:8080/tcp');
  });

  it('are in the way of those at the same address, and of one that is all of theirs', () => {
    const inTheWay = (one: string, other: string): boolean =>
      new TakenPorts([{ name: 'web', port: port(one) }]).holder(port(other)) === 'web';
    for (const [one, other] of [
      ['', ''],
      ['', '10.9.0.1'],
      ['', '::1'],
      ['0.0.0.0', '10.9.0.1'],
      ['::', '::1'],
      ['10.9.0.1', '10.9.0.1'],
      ['0.0.0.0', ''],
    ] as const) {
      assert.ok(inTheWay(one, other), `${one} and ${other}`);
      assert.ok(inTheWay(other, one), `${other} and ${one}`);
    }
    for (const [one, other] of [
      ['10.9.0.1', '10.9.0.2'],
      ['0.0.0.0', '::1'],
      ['0.0.0.0', '::'],
      ['::', '127.0.0.1'],
    ] as const) {
      assert.ok(!inTheWay(one, other), `${one} and ${other}`);
      assert.ok(!inTheWay(other, one), `${other} and ${one}`);
    }
    const taken = new TakenPorts([{ name: 'web', port: port('') }]);
    assert.equal(taken.holder(port('', 8081)), undefined);
    assert.equal(taken.holder({ ...port(''), protocol: 'udp' }), undefined);
  });

  it('of others are read from who is on the networks', () => {
    const config = networkOf();
    const own = attachmentOf(config, { container: 'a', ports: [port('', 1)] }).endpoint;
    const other = attachmentOf(config, { container: 'b', name: 'db', ports: [port('', 2), port('', 3)] }).endpoint;
    const networks = { all: () => [config], endpoints: () => [own, other] };
    assert.deepEqual(publishedByOthers(networks, 'a'), [
      { name: 'db', port: port('', 2) },
      { name: 'db', port: port('', 3) },
    ]);
  });
});

describe('a proxy', () => {
  it('tries the family of who comes first', () => {
    const target = { ipv4Address: '10.231.0.2', ipv6Address: 'fd00:231::2' };
    assert.deepEqual(addressesFor(target, '::1'), ['fd00:231::2', '10.231.0.2']);
    assert.deepEqual(addressesFor(target, '127.0.0.1'), ['10.231.0.2', 'fd00:231::2']);
    assert.deepEqual(addressesFor(target, '::ffff:10.9.0.2'), ['10.231.0.2', 'fd00:231::2']);
    assert.deepEqual(addressesFor({ ipv4Address: '10.231.0.2' }, '::1'), ['10.231.0.2']);
  });
});

describe('the tables of sockets', () => {
  const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0000000000000000 100 0 0 10 0
   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0000000000000000 20 4 30 10 -1
   2: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0000000000000000 100 0 0 10 0
   3: 0100007F:1F90 0100007F:C351 06 00000000:00000000 03:000015B3 00000000     0        0 0 3 0000000000000000
`;
  const UDP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  10: 00000000000000000000000000000000:0035 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4720 2 0000000000000000 0
`;

  it('say which one has a port: of connections to it none', () => {
    assert.deepEqual(socketsAt(TCP, 'tcp', 8080), [4711]);
    assert.deepEqual(socketsAt(TCP, 'tcp', 22), [4713]);
    assert.deepEqual(socketsAt(TCP, 'tcp', 53), []);
    assert.deepEqual(socketsAt(UDP6, 'udp', 53), [4720]);
    assert.deepEqual(socketsAt('', 'tcp', 53), []);
    assert.deepEqual(socketsAt('nonsense\nmore of it', 'udp', 53), []);
  });

  it('say which one has it at an address: who has it at all of them has it there', () => {
    assert.deepEqual(socketsAt(TCP, 'tcp', 8080, '127.0.0.1'), [4711]);
    assert.deepEqual(socketsAt(TCP, 'tcp', 8080, '10.5.0.1'), []);
    assert.deepEqual(socketsAt(TCP, 'tcp', 22, '10.5.0.1'), [4713]);
    assert.deepEqual(socketsAt(UDP6, 'udp', 53, 'fd00:5::1'), [4720]);
  });
});
