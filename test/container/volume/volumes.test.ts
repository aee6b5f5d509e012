// Volumes and the containers that have them: data that stays, what goes with a container and what does not, who may remove what.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Mount } from '../../../src/engine/model.js';
import { layout } from '../../../src/engine/state/layout.js';
import { ANONYMOUS_LABEL } from '../../../src/engine/volume/model.js';
import { EngineHouse, outputOf } from '../../support/engine-house.js';
import { gather } from '../../support/gather.js';
import { eventually } from '../../support/patience.js';
import { refusal } from '../../support/refusal.js';
import { volumeMount } from '../../support/volume-mount.js';

let house: EngineHouse;
before(async () => {
  house = await EngineHouse.open();
});
after(() => house.close());
/** What a test that failed has left is not the next one's. */
afterEach(async () => {
  for (const { id } of await house.engine.list()) await house.engine.remove(id, { force: true });
  await house.engine.emptyRemoved('all');
  await house.engine.volumes.prune({ all: true });
});

const volume = (source: string, target = '/data', more: Partial<Mount> = {}) => volumeMount(source, target, more);

const names = async () => (await house.engine.volumes.list()).map(({ name }) => name);
const nameless = async (id: string): Promise<string> => {
  const mount = (await house.engine.get(id)).config.mounts.find(({ type }) => type === 'volume');
  assert.ok(mount?.type === 'volume' && mount.anonymous === true, 'it has one without a name');
  return mount.source;
};
const inData = (name: string, path: string) => join(layout.volumeData(house.root, name), path);

async function said(script: string, mounts: Mount[], spec = {}): Promise<string> {
  const { id, status } = await house.run(script, { mounts, ...spec });
  const lines = existsSync(layout.log(house.root, id)) ? house.lines(id).join('\n') : '';
  await house.engine.remove(id);
  assert.equal(status.exitCode, 0, lines);
  return lines;
}

describe('what is in a volume', () => {
  it('stays when its container is removed, and is there in the next one', async () => {
    const first = await house.start('echo kept > /data/note; sync; while :; do sleep 0.05; done', {
      mounts: [volume('kept')],
    });
    await eventually(() => assert.equal(readFileSync(inData('kept', 'note'), 'utf8'), 'kept\n'));
    await house.engine.remove(first.id, { force: true, volumes: true });
    assert.equal(await said('cat /data/note', [volume('kept')]), 'kept');
    await house.engine.volumes.remove('kept');
    assert.ok(!existsSync(layout.volume(house.root, 'kept')));
  });

  it('is the same in two that run, and read-only where that was asked for', async () => {
    const writer = await house.start('while :; do date +%N > /data/now; sleep 0.02; done', {
      mounts: [volume('both')],
    });
    const mounts = [volume('both', '/seen', { readOnly: true })];
    await eventually(async () => assert.match(await said('cat /seen/now; echo', mounts), /\d/));
    assert.match(await said('echo x > /seen/x || echo refused', mounts), /Read-only file system[^]*refused/);
    await house.engine.remove(writer.id, { force: true });
    await house.engine.volumes.remove('both');
  });

  it('is in part where a part was asked for', async () => {
    await said('mkdir -p /data/a/b; echo deep > /data/a/b/f; echo top > /data/f', [volume('parts')]);
    assert.equal(await said('ls /p; cat /p/f', [volume('parts', '/p', { subpath: 'a/b' })]), 'f\ndeep');
    assert.equal(await said('cat /p', [volume('parts', '/p', { subpath: 'f' })]), 'top');
    await assert.rejects(
      house.shell('true', { mounts: [volume('parts', '/p', { subpath: 'a/none' })] }),
      refusal('NO_SUCH_PATH', /volume parts has no "a\/none"/),
    );
    await house.engine.volumes.remove('parts');
  });

  it('can be copied into and out of while its container does not run', async () => {
    const { id } = await house.run('mkdir /data/d; echo inside > /data/d/f', { mounts: [volume('copied')] });
    assert.deepEqual(await house.engine.stat(id, '/data/d/f').then((found) => found?.size), 7);
    const { stream } = await house.engine.copyFrom(id, '/data/d/f');
    await house.engine.copyTo(id, '/data', stream);
    assert.equal(readFileSync(inData('copied', 'f'), 'utf8'), 'inside\n');
    await house.engine.remove(id);
    await house.engine.volumes.remove('copied');
  });
});

describe('a volume that is in use', () => {
  it('is not removed or pruned, and whose it is is said: of one that has ended too, and of one that is kept', async () => {
    const { id } = await house.run('true', { name: 'holder', mounts: [volume('held')] });
    const refused = (words: RegExp) =>
      assert.rejects(house.engine.volumes.remove('held'), refusal('VOLUME_IN_USE', words));
    await refused(/volume held is that of holder/);
    assert.deepEqual((await house.engine.volumes.inspect('held')).usedBy, [{ id, name: 'holder', isRemoved: false }]);
    await house.engine.remove(id, { keepSeconds: 600, volumes: true });
    await refused(/holder \(removed, and still kept\)/);
    assert.deepEqual(await house.engine.volumes.prune({ all: true }), { volumes: [], freedBytes: 0 });
    await house.engine.restore('holder');
    await refused(/that of holder$/);
    await house.engine.remove('holder');
    assert.deepEqual((await house.engine.volumes.prune({ all: true })).volumes, ['held']);
    await assert.rejects(house.engine.volumes.remove('held'), refusal('NO_SUCH_VOLUME', /held/));
  });

  it('is there again, empty, after somebody has deleted it by hand and made it anew', async () => {
    const { id } = await house.run('true', { mounts: [volume('lost')] });
    rmSync(layout.volume(house.root, 'lost'), { recursive: true });
    await assert.rejects(house.engine.start(id), refusal('NO_SUCH_VOLUME', /lost/));
    await house.engine.volumes.create({ name: 'lost' });
    await house.engine.start(id);
    assert.equal((await house.engine.wait(id)).exitCode, 0);
    await house.engine.remove(id);
    await house.engine.volumes.remove('lost');
  });
});

describe('a volume without a name', () => {
  const own = volume('');

  it('goes with its container where that is asked for, and stays where it is not', async () => {
    const [goes, stays] = await Promise.all([
      house.run('true', { mounts: [own] }),
      house.run('true', { mounts: [own] }),
    ]);
    const [gone, left] = await Promise.all([nameless(goes.id), nameless(stays.id)]);
    assert.match(gone, /^[0-9a-f]{64}$/);
    await house.engine.remove(goes.id, { volumes: true });
    await house.engine.remove(stays.id);
    assert.deepEqual(await names(), [left]);
    assert.ok(ANONYMOUS_LABEL in (await house.engine.volumes.inspect(left)).labels);
    assert.deepEqual((await house.engine.volumes.prune({ dryRun: true })).volumes, [left]);
    await house.engine.volumes.create({ name: 'named' });
    assert.deepEqual((await house.engine.volumes.prune()).volumes, [left], 'one with a name is not pruned');
    assert.deepEqual((await house.engine.volumes.prune({ all: true })).volumes, ['named']);
  });

  it('goes with one that removes itself; one with a name stays', async () => {
    const { id } = await house.shell('echo x > /data/x; echo y > /named/y', {
      mounts: [own, volume('outlives', '/named')],
      autoRemove: true,
    });
    await house.engine.start(id);
    await house.engine.wait(id, 'removed').catch(refusal('NO_SUCH_CONTAINER'));
    await eventually(async () => assert.deepEqual(await names(), ['outlives']));
    assert.equal(readFileSync(inData('outlives', 'y'), 'utf8'), 'y\n');
    await house.engine.volumes.remove('outlives');
  });

  it('of a container that is kept goes when its time is over, if that was asked for', async () => {
    const { id } = await house.run('true', { mounts: [own] });
    const name = await nameless(id);
    await house.engine.remove(id, { keepSeconds: 600, volumes: true });
    assert.deepEqual(await names(), [name]);
    await house.engine.emptyRemoved('all');
    assert.deepEqual(await names(), []);
  });

  it('is kept for another container that has it too', async () => {
    const { id } = await house.run('echo shared > /data/f', { name: 'source', mounts: [own] });
    const { id: other } = await house.shell('cat /data/f', { volumesFrom: ['source:ro'] });
    const { config } = await house.engine.get(other);
    assert.ok(config.mounts[0]?.type === 'volume' && config.mounts[0].readOnly);
    await house.engine.remove(id, { volumes: true });
    await house.engine.start(other);
    await house.engine.wait(other);
    assert.deepEqual(house.lines(other), ['shared']);
    await house.engine.remove(other, { volumes: true });
    assert.deepEqual(await names(), []);
  });

  it('of a container that could not be made is not left behind', async () => {
    await house.shell('true', { name: 'taken' });
    await assert.rejects(
      house.shell('true', { name: 'taken', mounts: [own, volume('fresh', '/f')] }),
      refusal('NAME_IN_USE'),
    );
    await assert.rejects(
      house.shell('true', { mounts: [own, volume('fresh', '/etc/passwd')] }),
      refusal('INVALID_VALUE', /"\/etc\/passwd" in the image is a file/),
    );
    assert.deepEqual(await names(), []);
    assert.deepEqual(readdirSync(layout.volumes(house.root)), []);
    await house.engine.remove('taken');
  });
});

describe('volumes', () => {
  it('are made once, with what was said of them', async () => {
    const made = await house.engine.volumes.create({ name: 'twice', labels: { tier: 'db' } });
    const again = await house.engine.volumes.create({ name: 'twice' });
    assert.deepEqual(again, made);
    assert.equal(made.mountpoint, layout.volumeData(house.root, 'twice'));
    writeFileSync(inData('twice', 'f'), Buffer.alloc(1 << 20, 'x'));
    const { bytes } = await house.engine.volumes.size('twice');
    assert.ok(bytes >= 1 << 20 && bytes < 2 << 20, String(bytes));
    assert.deepEqual((await house.engine.volumes.prune({ all: true, labels: ['tier=web'] })).volumes, []);
    const { volumes, freedBytes } = await house.engine.volumes.prune({ all: true, labels: ['tier=db'] });
    assert.deepEqual([volumes, freedBytes >= 1 << 20], [['twice'], true]);
  });

  it('tell what happens to them', async () => {
    const since = Date.now();
    await said('true', [volume('told')]);
    await house.engine.volumes.remove('told');
    const events = await gather(house.engine.events({ since, until: Date.now() }));
    const own = events.filter(({ type, id }) => type === 'volume' && id === 'told');
    assert.deepEqual(
      own.map(({ action }) => action),
      ['create', 'mount', 'unmount', 'destroy'],
    );
    assert.equal(own[1]?.attributes['destination'], '/data');
  });

  it('are listed though their description is damaged, and no prune takes them for nameless', async () => {
    await house.engine.volumes.create({});
    const [name = ''] = await names();
    writeFileSync(layout.volumeConfig(house.root, name), '{"half');
    const [listed] = await house.engine.volumes.list();
    assert.match(listed?.note ?? '', /not JSON/);
    assert.deepEqual((await house.engine.volumes.prune()).volumes, []);
    await house.engine.volumes.remove(name);
  });

  it('come and go at once under many containers, and none is taken from anybody', async () => {
    const rounds = Array.from({ length: 24 }, async (_, i) => {
      if (i % 3 === 0) {
        await house.engine.volumes.prune({ all: true });
        await house.engine.volumes.remove('busy').catch((error: unknown) => {
          assert.match((error as { code?: string }).code ?? '', /^(VOLUME_IN_USE|NO_SUCH_VOLUME)$/);
        });
        return;
      }
      const { id } = await house.shell('true', { mounts: [volume('busy'), volume('', '/own')] });
      const { config } = await house.engine.get(id);
      for (const mount of config.mounts)
        if (mount.type === 'volume') assert.ok(existsSync(layout.volumeData(house.root, mount.source)), 'it is there');
      await house.engine.remove(id, { volumes: true });
    });
    const failures = (await Promise.allSettled(rounds)).flatMap((each) =>
      each.status === 'rejected' && (each.reason as { code?: string }).code !== 'NO_SUCH_VOLUME'
        ? [each.reason as unknown]
        : [],
    );
    assert.deepEqual(failures, []);
    await house.engine.volumes.prune({ all: true });
    assert.deepEqual(readdirSync(layout.volumes(house.root)), []);
  });
});

describe('a path on the host', () => {
  it('is made by -v when it starts, and by nothing else', async () => {
    const place = mkdtempSync(join(house.root, 'host-'));
    const source = join(place, 'a/b');
    const mount: Mount = { type: 'bind', source, target: '/d', readOnly: false, propagation: 'rprivate' };
    await assert.rejects(house.shell('true', { mounts: [mount] }), refusal('NO_SUCH_PATH', /a\/b/));
    const making = { ...mount, createSource: true };
    await house.engine.explain({ image: 'base', cmd: ['true'], mounts: [making, volume('explained', '/e')] });
    assert.deepEqual([readdirSync(place), await names()], [[], []], 'explaining makes nothing');
    await said('echo x > /d/x', [making]);
    assert.equal(readFileSync(join(source, 'x'), 'utf8'), 'x\n');
  });

  it('comes without what is mounted below it, or with that still to be written, where that was asked for', async (t) => {
    const source = mkdtempSync(join(house.root, 'host-'));
    mkdirSync(join(source, 'below'));
    execFileSync('mount', ['-t', 'tmpfs', 'below', join(source, 'below')]);
    t.after(() => execFileSync('umount', [join(source, 'below')]));
    writeFileSync(join(source, 'below/f'), '');
    const mount = { type: 'bind', source, target: '/d', readOnly: true, propagation: 'rprivate' } as const;
    const script = 'ls /d/below; echo x > /d/below/x && echo written; :';
    assert.match(await said(script, [mount]), /^f\n.*Read-only/s);
    assert.match(await said(script, [{ ...mount, recursive: 'readonly' }]), /^f\n.*Read-only/s);
    assert.equal(await said(script, [{ ...mount, recursive: 'writable' }]), 'f\nwritten');
    assert.doesNotMatch(await said(script, [{ ...mount, recursive: 'disabled' }]), /^f/);
  });
});

describe('an exec', () => {
  it('sees the volume that its container has', async () => {
    const { id } = await house.start('while :; do sleep 0.05; done', { mounts: [volume('seen')] });
    writeFileSync(inData('seen', 'f'), 'from the host');
    const { stdout } = await outputOf(await house.engine.exec(id, { argv: ['cat', '/data/f'] }));
    assert.equal(stdout, 'from the host');
    await house.engine.remove(id, { force: true });
    await house.engine.volumes.remove('seen');
  });
});
