// Images and volumes that are made to reach the host: links at mount targets, links in volumes, and what exchanges them meanwhile.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { layout } from '../../../src/engine/state/layout.js';
import { EngineHouse } from '../../support/engine-house.js';
import { eventually } from '../../support/patience.js';
import { refusal } from '../../support/refusal.js';
import { linesOf } from '../../support/trees.js';
import { volumeMount as volume } from '../../support/volume-mount.js';

/** The way out of any root, as far as the kernel would go. */
const OUT = '../'.repeat(12);

let house: EngineHouse;
/** A directory of the host that nothing must ever get into or out of. */
let canary: string;
before(async () => {
  house = await EngineHouse.open();
  canary = mkdtempSync(join(house.root, 'canary-'));
  writeFileSync(join(canary, 'secret'), 'of the host');
});
after(async () => {
  assert.deepEqual(linesOf(canary), ['f secret of the host'], 'something got out of a container');
  await house.close();
});

const data = (name: string) => layout.volumeData(house.root, name);

async function imageWith(name: string, fill: (tree: string) => void, volumes: string[] = []): Promise<void> {
  const tree = mkdtempSync(join(house.root, 'tree-'));
  const { config } = await house.engine.images.get('base');
  const files = await house.engine.export((await house.shell('true', { name: `of-${name}` })).id);
  await house.engine.images.import(files as AsyncIterable<Buffer>, `base-${name}`);
  await house.engine.remove(`of-${name}`);
  fill(tree);
  await house.engine.images.import(tree, name, { config: { ...config, volumes } });
  rmSync(tree, { recursive: true });
}

describe('an image', () => {
  it('whose mount targets are links fills a volume from inside of it, and has it mounted inside', async () => {
    await imageWith('links', (tree) => {
      mkdirSync(join(tree, 'real'));
      writeFileSync(join(tree, 'real/f'), 'of the image');
      symlinkSync(canary, join(tree, 'absolute'));
      symlinkSync(join(OUT, canary), join(tree, 'relative'));
      symlinkSync(join(OUT, 'real'), join(tree, 'inside'));
      symlinkSync('/proc/self/root', join(tree, 'magic'));
    });
    for (const [i, target] of ['/absolute', '/relative', '/absolute/secret', '/magic/real'].entries()) {
      const { id } = await house.engine.create({
        image: 'links',
        cmd: ['true'],
        mounts: [volume(`links-${i}`, target)],
      });
      assert.deepEqual(readdirSync(data(`links-${i}`)), [], target);
      await house.engine.remove(id);
    }
    await house.engine.create({ image: 'links', cmd: ['true'], mounts: [volume('inside', '/inside')] });
    assert.deepEqual(linesOf(data('inside')), ['f f of the image']);
  });

  it('fills a volume with links that stay links, and is refused as a volume of its root', async () => {
    await imageWith('trap', (tree) => {
      mkdirSync(join(tree, 'd'));
      symlinkSync(canary, join(tree, 'd/out'));
      symlinkSync(join(OUT, canary, 'secret'), join(tree, 'd/file'));
    });
    await house.engine.create({ image: 'trap', cmd: ['true'], mounts: [volume('trap', '/d')] });
    assert.deepEqual(linesOf(data('trap')), [`l file -> ${join(OUT, canary, 'secret')}`, `l out -> ${canary}`]);
    await imageWith('rooted', () => undefined, ['/']);
    await assert.rejects(
      house.engine.create({ image: 'rooted', cmd: ['true'] }),
      refusal('INVALID_VALUE', /volume of the image/),
    );
    await imageWith('proc', () => undefined, ['/proc/sys']);
    await assert.rejects(
      house.engine.create({ image: 'proc', cmd: ['true'] }),
      refusal('INVALID_VALUE', /\/proc\/sys/),
    );
  });
});

describe('what is in a volume', () => {
  it('leads nowhere when a part of it is wanted', async () => {
    await house.engine.volumes.create({ name: 'leads' });
    symlinkSync(canary, join(data('leads'), 'absolute'));
    symlinkSync(join(OUT, canary), join(data('leads'), 'relative'));
    symlinkSync('..', join(data('leads'), 'up'));
    symlinkSync('/proc/self/cwd', join(data('leads'), 'magic'));
    for (const subpath of ['absolute', 'relative', 'absolute/secret', 'up', 'up/volume.json', 'magic'])
      await assert.rejects(
        house.shell('true', { mounts: [volume('leads', '/p', { subpath })] }),
        refusal('INVALID_VALUE', /leads out of volume leads/),
        subpath,
      );
    await assert.rejects(
      house.shell('true', { mounts: [volume('leads', '/p', { subpath: '../..' })] }),
      refusal('INVALID_VALUE', /part of the volume/),
    );
  });

  it('leads nowhere when it is copied from and measured', async () => {
    const { id } = await house.run('true', { mounts: [volume('leads', '/v')] });
    for (const path of ['/v/absolute/secret', '/v/relative/secret', '/v/up/volume.json'])
      await assert.rejects(house.engine.copyFrom(id, path), refusal('NO_SUCH_PATH'), path);
    assert.ok((await house.engine.volumes.size('leads')).bytes < 64 * 1024);
    await house.engine.remove(id);
  });

  it('is exchanged for a link by one container while others get a part of it, and none of them sees the host', async () => {
    await house.start(
      `mkdir -p /v/place /v/deep/place; ln -s ${join(OUT, canary)} /v/link; echo ready > /v/ready; cd /v; while :; do mv place a; mv link place; mv place link; mv a place; done`,
      { name: 'swapper', mounts: [volume('swapped', '/v')] },
    );
    await eventually(() => assert.ok(readdirSync(data('swapped')).includes('ready')));
    let seen = 0;
    // Mostly 20 of 40 start; on a slow machine the link can be in the way whenever one comes by.
    for (let i = 0; i < 40 || (seen === 0 && i < 400); i += 1) {
      const made = await house
        .shell('ls /p; echo end', { mounts: [volume('swapped', '/p', { subpath: 'place' })] })
        .catch(() => undefined);
      if (made === undefined) continue;
      const started = await house.engine.start(made.id).catch(() => undefined);
      if (started !== undefined) {
        await house.engine.wait(made.id);
        assert.deepEqual(house.lines(made.id), ['end']);
        seen += 1;
      }
      await house.engine.remove(made.id);
    }
    assert.ok(seen > 0, 'none of them started, so nothing was tried');
    const sizes = await Promise.all(Array.from({ length: 40 }, () => house.engine.volumes.size('swapped')));
    assert.ok(sizes.every(({ bytes }) => bytes < 64 * 1024));
    await house.engine.remove('swapper', { force: true });
    await house.engine.volumes.remove('swapped');
  });

  it('nested without end is removed all the same', async () => {
    const { id } = await house.run('cd /v; i=0; while [ $i -lt 1500 ]; do mkdir d; cd d; i=$((i+1)); done', {
      mounts: [volume('nested', '/v')],
    });
    assert.ok((await house.engine.volumes.size('nested')).bytes > 0);
    await house.engine.remove(id);
    await house.engine.volumes.remove('nested');
    assert.ok(!readdirSync(layout.volumes(house.root)).some((name) => name.startsWith('.')));
  });
});
