// Trees to layers: what is packed and unpacked again is the same, the same tree makes the same bytes, and others read them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { wholeFile } from '../../../src/engine/image/layer/model.js';
import { packLayer } from '../../../src/engine/image/layer/pack-layer.js';
import { unpackLayer } from '../../../src/engine/image/layer/unpack-layer.js';
import { bytesOfName, setXattr } from '../../../src/native/index.js';
import { layerGround, layerLines } from '../../support/layer-ground.js';
import { archiveOf, pax, raw } from '../../support/raw-tar.js';
import { refusal } from '../../support/refusal.js';
import { stateDirectory } from '../../support/state-directory.js';

const packed = async (tree: string): Promise<Buffer> => Buffer.concat((await packLayer(tree).toArray()) as Buffer[]);

/** Entries as one may find them in a layer, each with a name that is not that of another. */
const names = fc.uniqueArray(
  fc.oneof(
    fc.constantFrom('a', 'b', 'é', '-x', ' y', 'long'.repeat(40), '\udcff\udcfe', 'line\nbreak'),
    // Letters that directories have are no file's.
    fc.string({ minLength: 1, maxLength: 12 }).filter((name) => !/[/\0]|^[.defg]|[\ud800-\udfff]/.test(name)),
  ),
  { minLength: 1, maxLength: 8 },
);
const facts = fc.record({
  mode: fc.integer({ min: 0, max: 0o7777 }),
  uid: fc.constantFrom(0, 1, 65_534, 3_000_000, 4_000_000_000),
  gid: fc.constantFrom(0, 5, 2_097_152),
  mtime: fc.constantFrom('0', '1700000000', '1700000000.123456789', '-1.5', '9000000000'),
  kind: fc.constantFrom('0', '0', '0', '1', '2', '3', '4', '6', 'gone', 'sparse'),
  size: fc.integer({ min: 0, max: 3000 }),
  xattr: fc.option(fc.uint8Array({ minLength: 1, maxLength: 20 })),
});
const layers = fc.tuple(
  fc.uniqueArray(fc.constantFrom('d', 'd/e', 'd/e/f', 'g'), { maxLength: 4 }),
  names,
  fc.array(facts, { minLength: 8, maxLength: 8 }),
  fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
  fc.boolean(),
);

function archive([directories, files, all, places, isOpaque]: typeof layers extends fc.Arbitrary<infer T>
  ? T
  : never): Buffer {
  const parts: Buffer[] = [];
  const sorted = [...directories].sort();
  for (const [i, name] of sorted.entries())
    parts.push(pax([['mtime', all[i]!.mtime]]), raw({ name: `${name}/`, flag: '5', mode: 0o755, uid: i }));
  if (isOpaque && sorted.length > 0) parts.push(raw({ name: `${sorted[0]!}/.wh..wh..opq`, mode: 0 }));
  const earlier: string[] = [];
  for (const [i, name] of files.entries()) {
    const { mode, uid, gid, mtime, kind, size, xattr } = all[i]!;
    const folder = ['', ...sorted.map((each) => `${each}/`)][places[i]! % (sorted.length + 1)]!;
    const records: [string, string | Buffer][] = [
      ['mtime', mtime],
      ['uid', String(uid)],
    ];
    const path = `${folder}${kind === 'gone' ? '.wh.' : ''}${name}`;
    records.push(['path', bytesOfName(path)]);
    if (xattr !== null && (kind === '0' || kind === 'sparse'))
      records.push(['SCHILY.xattr.user.x', Buffer.from(xattr)]);
    let flag = kind;
    if (kind === '1' && earlier.length === 0) flag = '0';
    if (flag === '1') records.push(['linkpath', bytesOfName(earlier[places[i]! % earlier.length]!)]);
    if (kind === 'sparse') records.push(['GNU.sparse.size', '10000'], ['GNU.sparse.map', '5000,10']);
    if (kind === 'gone' || kind === 'sparse') flag = '0';
    const content =
      kind === 'sparse' ? 'x'.repeat(10) : kind === '0' || (kind === '1' && flag === '0') ? 'y'.repeat(size) : '';
    parts.push(
      pax(records),
      raw({ flag, mode, gid, link: flag === '2' ? '../where' : '', major: 7, minor: i }, content),
    );
    if (flag === '0' && kind !== 'gone') earlier.push(path);
  }
  return archiveOf(...parts);
}

describe('a layer', () => {
  it('that is unpacked, packed, unpacked and packed again is the same to the last byte', async (t) => {
    await fc.assert(
      fc.asyncProperty(layers, async (described) => {
        const top = mkdtempSync(join(tmpdir(), 'tscontain-test-'));
        t.after(() => rmSync(top, { recursive: true, force: true }));
        const put = async (bytes: Buffer, name: string) => {
          const tree = join(top, name);
          mkdirSync(tree);
          utimesSync(tree, 1, 1);
          writeFileSync(join(top, 'blob'), bytes);
          await unpackLayer({ file: wholeFile(join(top, 'blob')), tree });
          if (name === 'one') utimesSync(tree, 1, 1);
          return tree;
        };
        const one = await packed(await put(archive(described), 'one'));
        const two = await packed(await put(one, 'two'));
        assert.ok(one.equals(two));
      }),
      { numRuns: 60 },
    );
  });

  it('made of the writable directory of a container has its marks by name', async (t) => {
    const { tree, unpack } = layerGround(t);
    const upper = join(stateDirectory(t), 'upper');
    mkdirSync(join(upper, 'd/e'), { recursive: true });
    execFileSync('mknod', [join(upper, 'd/gone'), 'c', '0', '0']);
    setXattr(join(upper, 'd/e'), 'trusted.overlay.opaque', Buffer.from('y'));
    writeFileSync(join(upper, 'd/e/new'), 'new');
    const list = execFileSync('tar', ['-tf', '-'], { input: await packed(upper), encoding: 'utf8' });
    assert.deepEqual(list.trim().split('\n'), ['./', 'd/', 'd/e/', 'd/e/.wh..wh..opq', 'd/e/new', 'd/.wh.gone']);
    await unpack(await packed(upper));
    assert.deepEqual(layerLines(tree), ['d d/', 'd d/e/ opaque', 'f d/e/new new', 'gone d/gone']);
  });

  it('leaves out what it is told to', async (t) => {
    const upper = stateDirectory(t);
    for (const name of ['proc', 'etc', 'proce']) mkdirSync(join(upper, name));
    writeFileSync(join(upper, 'proc/x'), '');
    writeFileSync(join(upper, 'etc/hosts'), '');
    const omit = ({ path }: { path: string }) => path === 'proc' || path === 'etc/hosts';
    const bytes = Buffer.concat((await packLayer(upper, { omit }).toArray()) as Buffer[]);
    assert.equal(execFileSync('tar', ['-tf', '-'], { input: bytes, encoding: 'utf8' }), './\netc/\nproce/\n');
  });

  it('is not made with a name that would say that another file is gone', async (t) => {
    const upper = stateDirectory(t);
    writeFileSync(join(upper, '.wh.passwd'), '');
    await assert.rejects(packed(upper), refusal('NOT_SUPPORTED', /\.wh\.passwd/));
  });
});
