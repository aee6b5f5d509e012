// The life of the keeper: one a state directory, back after it was killed, gone with all that it kept up when nobody needs it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { keeperPid, keeperWasKilled } from '../../../src/engine/network/keeper/identity.js';
import { layout } from '../../../src/engine/state/layout.js';
import { NameGround, nameServerOf, skip } from '../../support/name-ground.js';
import { networkState } from '../../support/network-state.js';
import { eventually } from '../../support/patience.js';

let ground: NameGround;
before(async () => {
  if (skip === false) ground = await NameGround.open();
});
after(() => (skip === false ? ground.close() : undefined));

const kill = (pid: number): void => void process.kill(pid, 'SIGKILL');
/** Supervisors, and with the keeper that too. */
function killSupervisors({ butKeeper = false } = {}): void {
  const keeper = keeperPid(ground.root);
  for (const pid of ground.house.supervisorPids()) if (!(butKeeper && pid === keeper)) kill(pid);
}
async function killKeeper(): Promise<void> {
  const pid = keeperPid(ground.root)!;
  kill(pid);
  await eventually(() => assert.notEqual(keeperPid(ground.root), pid));
}
const isAnswered = (who: string, name: string) =>
  eventually(async () => assert.deepEqual(await ground.told(who, name), [ground.address(name)]));
const isLeft = () => eventually(() => assert.equal(keeperPid(ground.root), undefined), 20_000);

describe('the keeper', { skip }, () => {
  it('is one, and another when it was killed', async () => {
    await ground.runs('db');
    await ground.runs('web');
    for (let i = 0; i < 3; i += 1) {
      const before = keeperPid(ground.root);
      await killKeeper();
      await isAnswered('web', 'db');
      assert.notEqual(keeperPid(ground.root), before);
    }
    await ground.runs('more');
    assert.deepEqual(await ground.told('web', 'more'), [ground.address('more')]);
    await ground.house.ok('rm', '-f', 'db', 'web', 'more');
  });

  it('answers when every supervisor is dead, and comes back with the next manager when it is dead too', async () => {
    await ground.runs('db');
    await ground.runs('web');
    killSupervisors({ butKeeper: true });
    assert.deepEqual(await ground.told('web', 'db'), [ground.address('db')]);
    await killKeeper();
    assert.ok(keeperWasKilled(ground.root));
    await ground.house.ok('ps');
    await isAnswered('web', 'db');
    // Looked after again, they have it begun again.
    await killKeeper();
    await isAnswered('web', 'db');
    await ground.house.ok('rm', '-f', 'db', 'web');
  });

  it('takes everything away, and leaves, when nobody is on a network any more', async () => {
    await isLeft();
    const before = networkState();
    await ground.makes('app');
    await ground.runs('aa', '--network', 'app');
    await ground.runs('bb');
    const pid = keeperPid(ground.root);
    assert.notDeepEqual(networkState(), before);
    await ground.house.ok('rm', '-f', 'aa');
    const bridge = `/sys/class/net/${ground.interfaceOf('app')}`;
    await eventually(() => assert.ok(!existsSync(bridge)));
    assert.equal(keeperPid(ground.root), pid, 'somebody is on the other one');
    assert.deepEqual(await ground.told('bb', 'bb'), [ground.address('bb')]);
    await ground.house.ok('rm', '-f', 'bb');
    await isLeft();
    await eventually(() => assert.deepEqual(networkState(), before));
    assert.ok(!existsSync(layout.keeperIdentity(ground.root)));
    // And all of it is there again for whoever comes.
    await ground.runs('cc');
    assert.deepEqual(await ground.told('cc', 'cc'), [ground.address('cc')]);
    await ground.house.ok('rm', '-f', 'cc');
  });

  it('that was killed is followed by one that takes away what it has left', async () => {
    await isLeft();
    const before = networkState();
    await ground.runs('aa');
    killSupervisors();
    await ground.house.ok('rm', '-f', 'aa');
    await eventually(() => assert.deepEqual(networkState(), before), 20_000);
    await isLeft();
  });

  it('takes containers off their networks that have ended while nobody looked after them', async () => {
    await isLeft();
    const before = networkState();
    await ground.runs('aa');
    const init = ground.pidOf('aa');
    killSupervisors({ butKeeper: true });
    kill(init);
    await isLeft();
    await eventually(() => assert.deepEqual(networkState(), before));
    await ground.house.ok('rm', '-f', 'aa');
  });

  it('says that another program has the port, and answers when it is free', async () => {
    await ground.house.ok('network', 'create', '--subnet', '10.54.0.0/24', 'taken');
    execFileSync('ip', ['address', 'add', '10.54.0.1/32', 'dev', 'lo']);
    const other = await nameServerOf('10.54.0.1');
    try {
      const { stdout, stderr } = await ground.house.run(
        'run',
        '-d',
        '--network',
        'taken',
        '--name',
        'web',
        'base',
        'sleep',
        '100',
      );
      const said = `names are not answered on network taken: node (process ${other.pid!}) has port 53 of 10.54.0.1; stop it`;
      assert.ok(stderr.includes(said), stderr);
      assert.ok((await ground.house.ok('inspect', stdout.trim())).includes(said));
    } finally {
      other.kill('SIGKILL');
    }
    await eventually(async () => assert.deepEqual(await ground.told('web', 'web'), ['10.54.0.2']));
    execFileSync('ip', ['address', 'del', '10.54.0.1/32', 'dev', 'lo']);
    await ground.house.ok('rm', '-f', 'web');
  });

  it('takes everything away when its state directory is gone', async () => {
    await isLeft();
    const before = networkState();
    await ground.runs('aa');
    const keeper = keeperPid(ground.root)!;
    rmSync(layout.networks(ground.root), { recursive: true });
    await eventually(() => assert.ok(!ground.house.supervisorPids().includes(keeper)), 20_000);
    await ground.house.ok('rm', '-f', 'aa');
    await eventually(() => assert.deepEqual(networkState(), before));
  });
});
