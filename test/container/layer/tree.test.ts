// What layers on top of one another show: unpacked from archives with marks of all kinds, mounted as an overlay, and copied where
// there is none. Both must show what image-spec says.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { mountRoot } from '../../../src/engine/rootfs/overlay.js';
import { getXattr } from '../../../src/native/index.js';
import { isOpaqueAt, layerGround, layerLines } from '../../support/layer-ground.js';
import { archiveOf, pax, raw } from '../../support/raw-tar.js';
import { refusal } from '../../support/refusal.js';
import { stateDirectory } from '../../support/state-directory.js';
import { linesOf } from '../../support/trees.js';

const directory = (name: string, mode = 0o755) => raw({ name: `${name}/`, flag: '5', mode });
const file = (name: string, content = '') => raw({ name }, content);
const link = (name: string, to: string) => raw({ name, flag: '2', link: to });
const gone = (name: string) => raw({ name, mode: 0 });

/** An overlay is no place for the upper directory of another, so what is there has to do without. */
function onOverlay(t: TestContext): string {
  const tmp = mkdtempSync('/dev/shm/tscontain-test-');
  for (const name of ['lower', 'upper', 'work', 'merged']) mkdirSync(join(tmp, name));
  const options = `lowerdir=${tmp}/lower,upperdir=${tmp}/upper,workdir=${tmp}/work`;
  execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', options, `${tmp}/merged`]);
  t.after(() => execFileSync('sh', ['-c', `umount ${tmp}/merged; rm -rf ${tmp}`]));
  return join(tmp, 'merged');
}

async function shown(layers: readonly string[], place: string, kind: 'overlay' | 'vfs'): Promise<string[]> {
  const [upper, work] = [join(place, 'upper'), join(place, 'work')];
  mkdirSync(upper);
  mkdirSync(work);
  const mounted = await mountRoot({ layers, upper, work });
  assert.equal(mounted.kind, kind);
  try {
    return linesOf(`/proc/self/fd/${mounted.fd}/`);
  } finally {
    closeSync(mounted.fd);
  }
}

async function layersOf(t: TestContext, archives: readonly Buffer[]): Promise<string[]> {
  const trees: string[] = [];
  for (const archive of archives) {
    const { tree, unpack } = layerGround(t);
    await unpack(archive);
    trees.push(tree);
  }
  return trees;
}

const LOWER = archiveOf(
  directory('d'),
  file('d/a', 'lower'),
  file('d/b', 'lower'),
  directory('d/sub'),
  file('d/sub/x', 'lower'),
  file('f', 'lower'),
  link('l', 'd'),
);

/** What a layer on top of that makes of it. */
const SHOWS: readonly (readonly [name: string, layers: readonly Buffer[], lines: readonly string[]])[] = [
  [
    'nothing',
    [archiveOf()],
    ['d d/', 'f d/a lower', 'f d/b lower', 'd d/sub/', 'f d/sub/x lower', 'f f lower', 'l l -> d'],
  ],
  [
    'a file that is gone',
    [archiveOf(directory('d'), gone('d/.wh.a'), gone('.wh.f'))],
    ['d d/', 'f d/b lower', 'd d/sub/', 'f d/sub/x lower', 'l l -> d'],
  ],
  ['a directory that is gone', [archiveOf(gone('.wh.d'))], ['f f lower', 'l l -> d']],
  [
    'a link that is gone, not what it leads to',
    [archiveOf(gone('.wh.l'))],
    ['d d/', 'f d/a lower', 'f d/b lower', 'd d/sub/', 'f d/sub/x lower', 'f f lower'],
  ],
  [
    'what is gone and made anew later',
    [archiveOf(gone('.wh.f')), archiveOf(file('f', 'new'))],
    ['d d/', 'f d/a lower', 'f d/b lower', 'd d/sub/', 'f d/sub/x lower', 'f f new', 'l l -> d'],
  ],
  [
    'an opaque directory, the mark first',
    [archiveOf(directory('d'), gone('d/.wh..wh..opq'), file('d/new', 'upper'))],
    ['d d/', 'f d/new upper', 'f f lower', 'l l -> d'],
  ],
  [
    'an opaque directory, the mark last',
    [archiveOf(directory('d'), file('d/new', 'upper'), gone('d/.wh..wh..opq'))],
    ['d d/', 'f d/new upper', 'f f lower', 'l l -> d'],
  ],
  [
    'an opaque directory, the mark before the directory itself',
    [archiveOf(gone('d/.wh..wh..opq'), directory('d'), file('d/new', 'upper'))],
    ['d d/', 'f d/new upper', 'f f lower', 'l l -> d'],
  ],
  [
    'an opaque directory in one that is not',
    [archiveOf(directory('d'), directory('d/sub'), gone('d/sub/.wh..wh..opq'))],
    ['d d/', 'f d/a lower', 'f d/b lower', 'd d/sub/', 'f f lower', 'l l -> d'],
  ],
  ['an opaque top', [archiveOf(gone('.wh..wh..opq'), file('new', 'upper'))], ['f new upper']],
  [
    'an opaque top below another layer',
    [archiveOf(gone('.wh..wh..opq'), file('new', 'upper')), archiveOf(file('more', 'upper'))],
    ['f more upper', 'f new upper'],
  ],
  [
    'a directory that is gone and is there, in this order',
    [archiveOf(gone('.wh.d'), directory('d'), file('d/new', 'upper'))],
    ['d d/', 'f d/new upper', 'f f lower', 'l l -> d'],
  ],
  [
    'and in the other',
    [archiveOf(directory('d'), file('d/new', 'upper'), gone('.wh.d'))],
    ['d d/', 'f d/new upper', 'f f lower', 'l l -> d'],
  ],
  [
    'a directory that is gone and has a file that nobody told the way to',
    [archiveOf(gone('.wh.d'), file('d/sub/new', 'upper'))],
    ['d d/', 'd d/sub/', 'f d/sub/new upper', 'f f lower', 'l l -> d'],
  ],
  [
    'a file that is gone and is there',
    [archiveOf(file('f', 'upper'), gone('.wh.f'))],
    ['d d/', 'f d/a lower', 'f d/b lower', 'd d/sub/', 'f d/sub/x lower', 'f f upper', 'l l -> d'],
  ],
  ['a file in place of a directory', [archiveOf(file('d', 'upper'))], ['f d upper', 'f f lower', 'l l -> d']],
  [
    'a directory in place of a file',
    [archiveOf(directory('f'), file('f/x', 'upper'))],
    ['d d/', 'f d/a lower', 'f d/b lower', 'd d/sub/', 'f d/sub/x lower', 'd f/', 'f f/x upper', 'l l -> d'],
  ],
  [
    'a directory that was a file in between',
    [archiveOf(file('d', 'x'), directory('d'), file('d/new', 'upper'))],
    ['d d/', 'f d/new upper', 'f f lower', 'l l -> d'],
  ],
  [
    'something gone that never was',
    [archiveOf(gone('.wh.nothing'), gone('d/sub/.wh.nothing'))],
    ['d d/', 'f d/a lower', 'f d/b lower', 'd d/sub/', 'f d/sub/x lower', 'f f lower', 'l l -> d'],
  ],
  [
    'a mark through a link of its own',
    [archiveOf(link('m', 'd'), gone('m/.wh.a'))],
    ['d d/', 'f d/b lower', 'd d/sub/', 'f d/sub/x lower', 'f f lower', 'l l -> d', 'l m -> d'],
  ],
];

for (const kind of ['overlay', 'vfs'] as const) {
  describe(`layers, seen as ${kind}`, () => {
    for (const [name, archives, lines] of SHOWS) {
      it(`show ${name}`, async (t) => {
        const layers = await layersOf(t, [LOWER, ...archives]);
        assert.deepEqual(await shown(layers, kind === 'overlay' ? stateDirectory(t) : onOverlay(t), kind), lines);
      });
    }

    it('can be three hundred, each with a mark', async (t) => {
      const top = stateDirectory(t);
      const layers = Array.from({ length: 300 }, (_, i) => {
        const layer = join(top, `layers/${i}`);
        mkdirSync(layer, { recursive: true });
        writeFileSync(join(layer, `f${i}`), String(i));
        if (i > 0 && i % 2 === 1) execFileSync('mknod', [join(layer, `f${i - 1}`), 'c', '0', '0']);
        return layer;
      });
      const lines = await shown(layers, kind === 'overlay' ? top : onOverlay(t), kind);
      assert.deepEqual(lines, layers.flatMap((_, i) => (i % 2 === 1 ? [`f f${i} ${i}`] : [])).sort());
    });
  });
}

describe('the tree of a layer', () => {
  it('has marks as overlay reads them', async (t) => {
    const { tree, unpack } = layerGround(t);
    await unpack(archiveOf(directory('d'), gone('d/.wh..wh..opq'), directory('e'), gone('e/.wh.x'), gone('.wh.y')));
    assert.deepEqual(layerLines(tree), ['d d/ opaque', 'd e/', 'gone e/x', 'gone y']);
    assert.equal(lstatSync(join(tree, 'y')).rdev, 0);
  });

  it('never has a mark that the archive brings as something else', async (t) => {
    const { tree, unpack } = layerGround(t);
    const bytes = archiveOf(
      pax([
        ['SCHILY.xattr.trusted.overlay.opaque', 'y'],
        ['SCHILY.xattr.trusted.overlay.redirect', '/etc'],
        ['SCHILY.xattr.trusted.overlay.metacopy', ''],
        ['SCHILY.xattr.user.overlay.opaque', 'y'],
        ['SCHILY.xattr.security.selinux', 'x'],
        ['SCHILY.xattr.user.kept', 'yes'],
      ]),
      directory('d'),
    );
    await unpack(bytes);
    assert.ok(!isOpaqueAt(join(tree, 'd')));
    const names = ['trusted.overlay.redirect', 'trusted.overlay.metacopy', 'user.overlay.opaque', 'user.kept'];
    assert.deepEqual(
      names.map((name) => getXattr(join(tree, 'd'), name)?.toString()),
      [undefined, undefined, undefined, 'yes'],
    );
    await assert.rejects(unpack(archiveOf(raw({ name: 'x', flag: '3' }))), refusal('INVALID_VALUE', /device 0:0/));
  });

  it('has a hard link to nothing that the layer says is gone', async (t) => {
    const { unpack } = layerGround(t);
    const bytes = archiveOf(gone('.wh.a'), raw({ name: 'b', flag: '1', link: 'a' }));
    await assert.rejects(unpack(bytes), refusal('INVALID_VALUE', /which is not there/));
  });

  it('has modes, owners, times, attributes, devices and holes as the archive says', async (t) => {
    const { tree, unpack } = layerGround(t);
    const capability = Buffer.from('0100000200200000000000000000000000000000', 'hex');
    const acl = Buffer.from(
      '0200000001000700ffffffff02000700e803000004000500ffffffff10000700ffffffff20000500ffffffff',
      'hex',
    );
    const bytes = archiveOf(
      raw({ name: './', flag: '5', mode: 0o711, uid: 3, modified: 1_600_000_000 }),
      pax([
        ['mtime', '1234567890.123456789'],
        ['SCHILY.xattr.system.posix_acl_default', acl],
      ]),
      raw({ name: 'd/', flag: '5', mode: 0o3775, uid: 7, gid: 8 }),
      pax([
        ['mtime', '1234567890.5'],
        ['SCHILY.xattr.security.capability', capability],
        ['uid', '3000000000'],
      ]),
      raw({ name: 'd/f', mode: 0o6755, gid: 1001 }, 'x'),
      raw({ name: 'd/plain', mode: 0o640, uid: 1 }, 'x'),
      raw({ name: 'd/l', flag: '2', link: '/nowhere', uid: 5, gid: 6, modified: 5 }),
      raw({ name: 'd/p', flag: '6', mode: 0o622, uid: 9 }),
      raw({ name: 'd/tty', flag: '3', mode: 0o620, major: 5, minor: 1, gid: 5 }),
      raw({ name: 'd/sda', flag: '4', mode: 0o660, major: 8, minor: 17 }),
      pax([
        ['GNU.sparse.size', '4194304'],
        ['GNU.sparse.map', '0,5,4194299,5'],
      ]),
      raw({ name: 'hole' }, 'beginthend'),
    );
    const before = process.umask(0o077);
    try {
      await unpack(bytes);
    } finally {
      process.umask(before);
    }
    const facts = (path: string) => {
      const { mode, uid, gid, mtimeNs } = lstatSync(join(tree, path), { bigint: true });
      return [Number(mode & 0o7777n).toString(8), Number(uid), Number(gid), mtimeNs];
    };
    assert.deepEqual(facts(''), ['711', 3, 0, 1_600_000_000_000_000_000n]);
    assert.deepEqual(facts('d'), ['3775', 7, 8, 1_234_567_890_123_456_789n]);
    assert.deepEqual(facts('d/f'), ['6755', 3_000_000_000, 1001, 1_234_567_890_500_000_000n]);
    assert.deepEqual(facts('d/plain').slice(0, 3), ['640', 1, 0]);
    assert.deepEqual(facts('d/l').slice(1), [5, 6, 5_000_000_000n]);
    assert.deepEqual(facts('d/p').slice(0, 2), ['622', 9]);
    assert.deepEqual(facts('d/tty').slice(0, 3), ['620', 0, 5]);
    assert.equal(lstatSync(join(tree, 'd/sda')).rdev, 8 * 256 + 17);
    assert.deepEqual(getXattr(join(tree, 'd/f'), 'security.capability'), capability);
    assert.deepEqual(getXattr(join(tree, 'd'), 'system.posix_acl_default'), acl);
    assert.equal(
      getXattr(join(tree, 'd/plain'), 'system.posix_acl_access'),
      undefined,
      'inherited by nothing of the layer',
    );
    const { size, blocks } = lstatSync(join(tree, 'hole'));
    assert.equal(size, 4_194_304);
    assert.ok(blocks * 512 < 100_000);
    const content = readFileSync(join(tree, 'hole'));
    assert.deepEqual([content.toString('latin1', 0, 5), content.toString('latin1', 4_194_299)], ['begin', 'thend']);
  });

  it('has directories with their own times, in whatever order they and their files come', async (t) => {
    const { tree, unpack } = layerGround(t);
    const at = (name: string, modified: number) => raw({ name: `${name}/`, flag: '5', mode: 0o755, modified });
    await unpack(
      archiveOf(
        at('a', 1),
        at('a/b', 2),
        at('c', 3),
        file('a/b/f'),
        file('c/f'),
        file('a/f'),
        at('a/b/d', 4),
        file('a/b/d/f'),
        gone('c/.wh.x'),
        link('z', 'a'),
        file('z/through'),
      ),
    );
    const times = ['a', 'a/b', 'c', 'a/b/d'].map((name) => lstatSync(join(tree, name)).mtimeMs / 1000);
    assert.deepEqual(times, [1, 2, 3, 4]);
  });

  it('has an attribute refused that cannot be', async (t) => {
    const { unpack } = layerGround(t);
    const bad = (name: string, value: Buffer) =>
      archiveOf(pax([[`SCHILY.xattr.${name}`, value]]), raw({ name: 'f' }, 'x'));
    await assert.rejects(
      unpack(bad('security.capability', Buffer.from('nonsense'))),
      refusal('INVALID_VALUE', /attribute security\.capability/),
    );
    await assert.rejects(
      unpack(bad('user.large', Buffer.alloc(100_000, 1))),
      refusal('INVALID_VALUE', /attribute user\.large of 100000 bytes/),
    );
  });

  it('takes a directory with all that is in it away for a file of its name', async (t) => {
    const { tree, unpack } = layerGround(t);
    await unpack(
      archiveOf(directory('d'), directory('d/e'), file('d/e/f', 'x'), link('d/l', '/etc'), file('d', 'file')),
    );
    assert.deepEqual(layerLines(tree), ['f d file']);
    assert.ok(existsSync('/etc/passwd'));
  });

  it('is refused something in a file', async (t) => {
    const { unpack } = layerGround(t);
    await assert.rejects(
      unpack(archiveOf(file('f', 'x'), file('f/g', 'x'))),
      refusal('INVALID_VALUE', /"f", which is no directory/),
    );
    await assert.rejects(
      unpack(archiveOf(link('l', 'f'), file('f', 'x'), file('l/g/h', 'x'))),
      refusal('INVALID_VALUE', /no directory/),
    );
  });
});
