// Directories that a layer only implies look like those below it.
import assert from 'node:assert/strict';
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { settleImplied } from '../../../src/engine/image/layer/settle-implied.js';
import { getXattr } from '../../../src/native/index.js';
import { layerGround } from '../../support/layer-ground.js';
import { archiveOf, pax, raw } from '../../support/raw-tar.js';

const directory = (name: string, mode: number, uid = 0) =>
  raw({ name: `${name}/`, flag: '5', mode, uid, modified: 1000 });
const file = (name: string) => raw({ name }, 'x');

async function settled(t: TestContext, upper: Buffer, ...lower: Buffer[]): Promise<(path: string) => string> {
  const trees: string[] = [];
  for (const bytes of lower) {
    const { tree, unpack } = layerGround(t);
    await unpack(bytes);
    trees.push(tree);
  }
  const { tree, unpack } = layerGround(t);
  const { implied } = await unpack(upper);
  settleImplied(tree, implied, trees);
  return (path) => {
    const { mode, uid, mtimeMs } = lstatSync(join(tree, path));
    return `${(mode & 0o7777).toString(8)} ${uid} ${mtimeMs === 1_000_000 ? 'its time' : 'new'} ${getXattr(join(tree, path), 'user.x')?.toString() ?? ''}`.trim();
  };
}

describe('a directory that a layer does not tell of', () => {
  it('has mode, owner, time and attributes of the one that is seen below', async (t) => {
    const lowest = archiveOf(
      directory('tmp', 0o700),
      directory('a', 0o750, 5),
      pax([['SCHILY.xattr.user.x', 'y']]),
      directory('a/b', 0o711, 6),
    );
    const middle = archiveOf(directory('tmp', 0o1777));
    const look = await settled(t, archiveOf(file('tmp/f'), file('a/b/c/f')), lowest, middle);
    assert.equal(look('tmp'), '1777 0 its time');
    assert.equal(look('a'), '750 5 its time');
    assert.equal(look('a/b'), '711 6 its time y');
    assert.equal(look('a/b/c'), '755 0 new');
  });

  it('is its own when the layer tells of it later', async (t) => {
    const look = await settled(
      t,
      archiveOf(file('tmp/f'), directory('tmp', 0o755, 9)),
      archiveOf(directory('tmp', 0o1777)),
    );
    assert.equal(look('tmp'), '755 9 its time');
  });

  it('does not look like one that is hidden', async (t) => {
    const lowest = archiveOf(directory('a', 0o700, 5), directory('a/b', 0o700, 5), directory('c', 0o700, 5));
    for (const middle of [
      archiveOf(raw({ name: '.wh.a' }), raw({ name: '.wh.c' })),
      archiveOf(directory('a', 0o755), raw({ name: 'a/.wh..wh..opq' }), raw({ name: 'c', flag: '2', link: 'a' })),
      archiveOf(raw({ name: '.wh..wh..opq' })),
    ]) {
      const look = await settled(t, archiveOf(file('a/b/f'), file('c/f')), lowest, middle);
      assert.equal(look('a/b'), '755 0 new');
      assert.equal(look('c'), '755 0 new');
    }
    const own = await settled(
      t,
      archiveOf(directory('a', 0o755), raw({ name: 'a/.wh..wh..opq' }), file('a/b/f')),
      lowest,
    );
    assert.equal(own('a/b'), '755 0 new');
  });
});
