// hosts and resolv.conf of containers on networks: what they say, what of them stays, and that they lead nowhere.
import assert from 'node:assert/strict';
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { layout } from '../../../src/engine/state/layout.js';
import { NameGround, skip } from '../../support/name-ground.js';

let ground: NameGround;
before(async () => {
  if (skip === false) ground = await NameGround.open();
});
after(() => (skip === false ? ground.close() : undefined));

const cat = (name: string, file: string) => ground.house.ok('exec', name, 'cat', `/etc/${file}`);
/** Its own address as a line of hosts(5). */
const own = (name: string) => new RegExp(`^${ground.address(name)}\t`, 'm');

describe('files of /etc of a container on a network', { skip }, () => {
  it('name the container by its addresses, and the host', async () => {
    const words = ['--hostname', 'shop', '--add-host', 'outside:10.1.2.3', '--add-host', 'gate:host-gateway'];
    await ground.runs('web', ...words);
    const gateway = ground.gatewayOf('bridge');
    const lines = (await cat('web', 'hosts')).split('\n');
    for (const line of [
      `${ground.address('web')}\tshop`,
      `${gateway}\thost.docker.internal`,
      `${gateway}\tgate`,
      '10.1.2.3\toutside',
    ])
      assert.ok(lines.includes(line), line);
    assert.equal(await cat('web', 'resolv.conf'), `nameserver ${gateway}\nsearch corp.example\noptions ndots:0`);
  });

  it('keep what the container wrote, but say anew what is so now', async () => {
    await ground.runs('filler');
    await ground.runs('mover');
    await ground.house.ok('exec', 'mover', 'sh', '-c', 'echo "10.9.9.9 mine" >> /etc/hosts');
    const before = own('mover');
    await ground.house.ok('stop', '-t', '0', 'mover', 'filler');
    await ground.runs('taker');
    await ground.house.ok('start', 'filler');
    await ground.house.ok('start', 'mover');
    assert.notDeepEqual(own('mover'), before);
    const hosts = await cat('mover', 'hosts');
    assert.ok(hosts.includes('10.9.9.9 mine'));
    assert.match(hosts, own('mover'));
    assert.doesNotMatch(hosts, before);
  });

  it('are those of the other where it lives in the network of another', async () => {
    await ground.runs('main');
    await ground.house.ok('run', '-d', '--name', 'side', '--network', 'container:main', 'base', 'sleep', '1000');
    assert.equal(await cat('side', 'resolv.conf'), await cat('main', 'resolv.conf'));
    await ground.house.ok('exec', 'side', 'sh', '-c', 'echo "10.9.9.9 ours" >> /etc/hosts');
    assert.match(await cat('main', 'hosts'), /10\.9\.9\.9 ours/);
  });

  it('lead nowhere, whatever stands in their place, and are not read when they are larger than they should be', async () => {
    const id = await ground.runs('hostile');
    await ground.house.ok('stop', '-t', '0', 'hostile');
    const victim = join(ground.root, 'victim');
    writeFileSync(victim, 'precious\n');
    const hosts = join(layout.etc(ground.root, id), 'hosts');
    rmSync(hosts);
    symlinkSync(victim, hosts);
    await ground.house.ok('start', 'hostile');
    assert.equal(readFileSync(victim, 'utf8'), 'precious\n');
    assert.match(await cat('hostile', 'hosts'), own('hostile'));
    await ground.house.ok('exec', 'hostile', 'sh', '-c', 'truncate -s 3G /etc/hosts');
    await ground.house.ok('restart', '-t', '0', 'hostile');
    assert.match(await cat('hostile', 'hosts'), own('hostile'));
  });
});
