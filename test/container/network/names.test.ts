// Names on networks, asked for by dig from inside containers' network namespaces, of a real keeper.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { keeperPid } from '../../../src/engine/network/keeper/identity.js';
import { NameGround, skip, UPSTREAM } from '../../support/name-ground.js';

let ground: NameGround;
before(async () => {
  if (skip === false) ground = await NameGround.open();
});
beforeEach(() => ground.reset());
after(() => (skip === false ? ground.close() : undefined));

describe('names on a network', { skip }, () => {
  it('are those of the neighbours, their aliases and ids, in any case, by UDP and TCP, and backwards', async () => {
    await ground.house.ok('network', 'create', '--ipv6', 'app');
    const id = await ground.runs('db', '--network', 'app', '--network-alias', 'postgres');
    await ground.runs('web', '--network', 'app');
    const address = ground.address('db', 'app');
    for (const name of ['db', 'DB', 'postgres', 'db.app', 'db.', id.slice(0, 12)])
      assert.deepEqual(await ground.dig('web', name), { status: 'NOERROR', answers: [address] }, name);
    assert.deepEqual(await ground.told('web', '+tcp', 'db'), [address]);
    const [ipv6] = await ground.told('web', 'db', 'AAAA');
    assert.match(ipv6!, /^fd[0-9a-f:]+$/);
    assert.deepEqual(await ground.told('web', '-x', address), ['db.app.']);
    assert.deepEqual(await ground.told('web', '-x', ipv6!), ['db.app.']);
    assert.deepEqual(await ground.told('web', 'host.docker.internal'), [ground.gatewayOf('app')]);
    assert.deepEqual(await ground.dig('web', 'db', 'MX'), { status: 'NOERROR', answers: [] });
    // As a program in the container does it, with what stands in its /etc.
    const words = ['exec', 'web', '/busybox', 'ping', '-c', '1', '-W', '2', 'postgres'];
    assert.match(await ground.house.ok(...words), / 0% packet loss/);
  });

  it('come and go with their containers', async () => {
    await ground.runs('first');
    assert.deepEqual(await ground.told('first', 'late.bridge'), ['192.0.2.1']);
    await ground.runs('late');
    assert.deepEqual(await ground.told('first', 'late.bridge'), [ground.address('late')]);
    await ground.house.ok('rename', 'late', 'later');
    assert.deepEqual(await ground.told('first', 'later'), [ground.address('later')]);
    await ground.house.ok('rm', '-f', 'later');
    assert.deepEqual(await ground.told('first', 'later'), ['192.0.2.1']);
  });

  it('are kept apart from those of other networks, and follow who is connected and disconnected while it runs', async () => {
    await ground.makes('one', 'two');
    await ground.runs('aa', '--network', 'one');
    await ground.runs('bb', '--network', 'two');
    await ground.runs('both', '--network', 'one', '--network', 'two');
    assert.deepEqual(await ground.told('aa', 'bb'), ['192.0.2.1']);
    assert.deepEqual(await ground.told('both', 'aa'), [ground.address('aa', 'one')]);
    assert.deepEqual(await ground.told('both', 'bb'), [ground.address('bb', 'two')]);
    assert.deepEqual(await ground.told('aa', 'both'), [ground.address('both', 'one')]);
    assert.deepEqual(await ground.told('bb', 'both'), [ground.address('both', 'two')]);

    await ground.house.ok('network', 'connect', '--alias', 'guest', 'two', 'aa');
    assert.deepEqual(await ground.told('aa', 'bb'), [ground.address('bb', 'two')]);
    assert.deepEqual(await ground.told('bb', 'guest'), [ground.address('aa', 'two')]);
    const hosts = () => ground.house.ok('exec', 'aa', 'cat', '/etc/hosts');
    assert.match(await hosts(), new RegExp(`^${ground.address('aa', 'two')}\t`, 'm'));
    const address = ground.address('aa', 'one');
    await ground.house.ok('network', 'disconnect', 'one', 'aa');
    assert.deepEqual(await ground.told('aa', 'bb'), [ground.address('bb', 'two')]);
    assert.doesNotMatch(await hosts(), new RegExp(`^${address}\t`, 'm'));
  });

  it('are told to the host too, by the gateway of each network', async () => {
    await ground.house.ok('network', 'create', '--ipv6', 'near');
    await ground.makes('far');
    await ground.runs('close', '--network', 'near');
    await ground.runs('distant', '--network', 'far');
    assert.deepEqual(await ground.toldHost('near', 'close'), [ground.address('close', 'near')]);
    assert.deepEqual(await ground.toldHost('far', 'distant'), [ground.address('distant', 'far')]);
    assert.deepEqual(await ground.toldHost('far', 'close'), ['192.0.2.1'], 'only those of the network that is asked');
  });

  it('are given in turns where several containers share one', async () => {
    await ground.makes('shared');
    for (const name of ['w1', 'w2', 'w3']) await ground.runs(name, '--network', 'shared', '--network-alias', 'web');
    const firsts = [];
    for (let i = 0; i < 6; i += 1) firsts.push((await ground.told('w1', 'web'))[0]);
    const all = ['w1', 'w2', 'w3'].map((name) => ground.address(name, 'shared'));
    assert.deepEqual(firsts.slice(0, 3).toSorted(), all.toSorted());
    assert.deepEqual(firsts.slice(3), firsts.slice(0, 3));
  });
});

describe('what is no question', { skip }, () => {
  it('ends nothing: others are answered meanwhile, by the same keeper', async () => {
    await ground.makes('loud');
    await ground.runs('quiet', '--network', 'loud');
    const keeper = keeperPid(ground.root);
    const gateway = ground.gatewayOf('loud');
    const udp = createSocket('udp4');
    for (let i = 0; i < 1000; i += 1) {
      const bytes = randomBytes(i % 600);
      // One question, whose name leads to itself.
      if (i % 3 === 0 && bytes.length > 13) Buffer.from([1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12]).copy(bytes, 2);
      await new Promise((resolve) => {
        udp.send(bytes, 53, gateway, resolve);
      });
    }
    udp.close();
    const connections = Array.from({ length: 100 }, () => {
      const socket = connect(53, gateway).on('error', () => undefined);
      socket.write(randomBytes(100));
      return socket;
    });
    assert.deepEqual(await ground.told('quiet', 'quiet'), [ground.address('quiet', 'loud')]);
    assert.deepEqual(await ground.told('quiet', '+tcp', 'quiet'), [ground.address('quiet', 'loud')]);
    for (const socket of connections) socket.destroy();
    assert.equal(keeperPid(ground.root), keeper);
  });
});

describe('other names', { skip }, () => {
  it('are for the servers of the host, also when its resolv.conf names others', async () => {
    await ground.runs('curious');
    assert.deepEqual(await ground.told('curious', 'example.org'), ['192.0.2.1']);
    assert.deepEqual(await ground.told('curious', '+tcp', 'example.org'), ['192.0.2.1']);
    assert.deepEqual(await ground.dig('curious', 'nowhere.example'), { status: 'NXDOMAIN', answers: [] });
    ground.setResolvConf(`nameserver ${UPSTREAM[1]}\n`);
    assert.deepEqual(await ground.told('curious', 'example.org'), ['192.0.2.2']);
    // Were we asked for what we do not know, the question would go round for ever.
    ground.setResolvConf(`nameserver ${ground.gatewayOf('bridge')}\n`);
    assert.deepEqual(await ground.dig('curious', 'example.org'), { status: 'SERVFAIL', answers: [] });
  });

  it('are for those of --dns, of that container alone', async () => {
    const wishes = ['--dns', UPSTREAM[2], '--dns-search', 'here.example', '--dns-option', 'timeout:1'];
    await ground.runs('choosy', ...wishes);
    await ground.runs('plain');
    assert.deepEqual(await ground.told('choosy', 'example.org'), ['192.0.2.3']);
    assert.deepEqual(await ground.told('choosy', 'plain'), [ground.address('plain')]);
    assert.deepEqual(await ground.told('plain', 'example.org'), ['192.0.2.1']);
    assert.equal(
      ground.etc('choosy', 'resolv.conf'),
      `nameserver ${ground.gatewayOf('bridge')}\nsearch here.example\noptions timeout:1 ndots:0\n`,
    );
  });

  it('are nobody\u2019s on an internal network, and no one is asked', async () => {
    await ground.house.ok('network', 'create', '--internal', 'vault');
    await ground.runs('gold', '--network', 'vault');
    await ground.runs('gems', '--network', 'vault');
    const asked = ground.upstream.map((server) => server.asked.length);
    assert.deepEqual(await ground.dig('gold', 'example.org'), { status: 'NXDOMAIN', answers: [] });
    assert.deepEqual(await ground.dig('gold', 'gems', 'AAAA'), { status: 'NOERROR', answers: [] });
    assert.deepEqual(await ground.told('gold', 'gems'), [ground.address('gems', 'vault')]);
    assert.deepEqual(
      ground.upstream.map((server) => server.asked.length),
      asked,
    );
  });
});
