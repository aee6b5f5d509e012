// A real layer, all of Debian's smallest system: what is unpacked here is what tar(1) and umoci make of it, to the last attribute.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { wholeFile } from '../../../src/engine/image/layer/model.js';
import { packLayer } from '../../../src/engine/image/layer/pack-layer.js';
import { unpackLayer } from '../../../src/engine/image/layer/unpack-layer.js';
import { MEDIA } from '../../../src/engine/image/oci.js';
import { getXattr, listXattrs } from '../../../src/native/index.js';
import { stateDirectory } from '../../support/state-directory.js';

/** Kept between runs: making it takes a minute. */
const ARCHIVE = resolve('.cache/debian/minbase.tar');

function whyNot(): string | false {
  if (existsSync(ARCHIVE)) return false;
  if (spawnSync('mmdebstrap', ['--version']).status !== 0) return 'mmdebstrap is not installed';
  mkdirSync(join(ARCHIVE, '..'), { recursive: true });
  const { status, stderr } = spawnSync(
    'mmdebstrap',
    ['--quiet', '--variant=minbase', 'bookworm', `${ARCHIVE}.new.tar`],
    { encoding: 'utf8' },
  );
  if (status !== 0) return `mmdebstrap could not: ${stderr.trim().split('\n').at(-1) ?? ''}`;
  renameSync(`${ARCHIVE}.new.tar`, ARCHIVE);
  return false;
}

/** Everything that can be known of a tree, a line a name. */
function known(top: string): string[] {
  const lines: string[] = [];
  const firstNames = new Map<bigint, string>();
  const visit = (path: string) => {
    const whole = join(top, path);
    const stat = lstatSync(whole, { bigint: true });
    const { mode, uid, gid, mtimeNs, rdev, nlink, ino } = stat;
    const facts = [
      path,
      mode.toString(8),
      uid,
      gid,
      mtimeNs,
      stat.isBlockDevice() || stat.isCharacterDevice() ? rdev : '',
    ];
    if (stat.isSymbolicLink()) facts.push(`-> ${readlinkSync(whole)}`);
    else if (stat.isFile()) {
      if (nlink > 1n) facts.push(`= ${firstNames.get(ino) ?? path}`);
      if (!firstNames.has(ino)) firstNames.set(ino, path);
      facts.push(createHash('sha256').update(readFileSync(whole)).digest('hex'));
    }
    if (!stat.isSymbolicLink())
      for (const name of listXattrs(whole).sort())
        facts.push(`${name}=${getXattr(whole, name)?.toString('hex') ?? ''}`);
    lines.push(facts.join(' '));
    if (stat.isDirectory()) for (const name of readdirSync(whole).sort()) visit(join(path, name));
  };
  visit('');
  return lines;
}

function same(ours: readonly string[], theirs: readonly string[]): void {
  const [a, b] = [new Set(ours), new Set(theirs)];
  assert.deepEqual(
    ours.filter((line) => !b.has(line)),
    [],
  );
  assert.deepEqual(
    theirs.filter((line) => !a.has(line)),
    [],
  );
}

/** An image of this one layer, as umoci takes it. */
function imageOf(top: string, layer: string): string {
  const place = join(top, 'image');
  mkdirSync(join(place, 'blobs/sha256'), { recursive: true });
  const put = (bytes: Buffer) => {
    const hex = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(join(place, 'blobs/sha256', hex), bytes);
    return { digest: `sha256:${hex}`, size: bytes.length };
  };
  const json = (value: object) => put(Buffer.from(JSON.stringify(value)));
  const tar = put(readFileSync(layer));
  const config = json({
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: [tar.digest] },
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    config: { mediaType: MEDIA.config, ...config },
    layers: [{ mediaType: MEDIA.layer, ...tar }],
  });
  writeFileSync(join(place, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  const annotations = { 'org.opencontainers.image.ref.name': 'it' };
  writeFileSync(
    join(place, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ mediaType: MEDIA.manifest, ...manifest, annotations }] }),
  );
  return place;
}

describe('a layer of Debian', { skip: whyNot() }, () => {
  it('is unpacked as tar(1) and umoci unpack it, and packed and unpacked again it is the same', async (t) => {
    const top = stateDirectory(t);
    const [ours, tars, again] = ['ours', 'tar', 'again'].map((name) => join(top, name)) as [string, string, string];
    for (const path of [ours, tars, again]) mkdirSync(path);
    const { entries, sizeBytes } = await unpackLayer({ file: wholeFile(ARCHIVE), tree: ours });
    assert.ok(entries > 3000 && sizeBytes > 50_000_000, `${entries} entries, ${sizeBytes} bytes`);
    execFileSync('tar', ['-xpf', ARCHIVE, '-C', tars, '--numeric-owner', '--xattrs', '--xattrs-include=*']);
    const tree = known(ours);
    same(tree, known(tars));

    const packed = join(top, 'packed');
    await new Promise<void>((done, fail) => {
      void import('node:fs').then(({ createWriteStream }) =>
        packLayer(ours)
          .on('error', fail)
          .pipe(createWriteStream(packed))
          .on('finish', () => done())
          .on('error', fail),
      );
    });
    await unpackLayer({ file: wholeFile(packed), tree: again });
    same(known(again), tree);
    assert.ok(statSync(packed).size > sizeBytes);

    if (spawnSync('umoci', ['--version']).status !== 0) {
      t.diagnostic('umoci is not installed');
      return;
    }
    execFileSync('umoci', ['unpack', '--image', `${imageOf(top, ARCHIVE)}:it`, join(top, 'bundle')]);
    same(tree, known(join(top, 'bundle/rootfs')));
  });
});
