// Archives that were made to harm, or were damaged: each is refused in one sentence, and leaves nothing in the store and nothing
// outside of it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createImages } from '../../../src/engine/image/store.js';
import type { ErrorCode } from '../../../src/engine/errors.js';
import { layout } from '../../../src/engine/state/layout.js';
import { chance } from '../../support/chance.js';
import { refusal } from '../../support/refusal.js';
import {
  archiveBytes,
  blobPath,
  dockerArchive,
  documentsFirst,
  layerOf,
  makeImage,
  mixedArchive,
  ociArchive,
  type Archive,
} from '../../support/saved-images.js';
import { stateDirectory } from '../../support/state-directory.js';
import { directory, file, symlink } from '../../support/trees.js';

/** A file of the host that nothing may touch, and a store. */
function house(t: TestContext) {
  const outside = mkdtempSync(join(tmpdir(), 'tscontain-canary-'));
  t.after(() => rmSync(outside, { recursive: true }));
  const canary = join(outside, 'canary');
  writeFileSync(canary, 'alive');
  const root = stateDirectory(t);
  const images = createImages(root);
  return {
    root,
    outside,
    canary,
    load: (source: string | AsyncIterable<Uint8Array>) => images.load(source),
    write(bytes: Buffer): string {
      writeFileSync(join(root, 'archive'), bytes);
      return join(root, 'archive');
    },
    async assertUntouched(): Promise<void> {
      assert.deepEqual(readdirSync(outside), ['canary']);
      assert.equal(readFileSync(canary, 'utf8'), 'alive');
      assert.deepEqual(await images.list(), []);
      for (const folder of ['blobs/sha256', 'ingest', 'layers', 'leases'])
        assert.deepEqual(readdirIfThere(join(layout.images(root), folder)), [], folder);
      assert.deepEqual((await images.check()).findings, []);
    },
  };
}

const readdirIfThere = (path: string): string[] => (existsSync(path) ? readdirSync(path) : []);

async function* piped(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield await Promise.resolve(bytes.subarray(at, at + 65_536));
}

const withPart = (archive: Archive, name: string, part: Buffer | { readonly link: string }): Archive =>
  new Map([...archive, [name, part]]);

/** Good archives, and every way in which one is bad. */
async function made() {
  const image = await makeImage();
  const large = await makeImage({
    layers: [
      await layerOf([directory('d'), file('d/large', 'x'.repeat(3_000_000))]),
      await layerOf([file('more', '2')]),
    ],
  });
  const docker = dockerArchive(image, ['bad:1']);
  const oci = ociArchive([{ image, name: 'bad:1' }]);

  const withManifest = (value: unknown): Archive =>
    withPart(docker, 'manifest.json', Buffer.from(JSON.stringify(value)));
  const [item] = JSON.parse((docker.get('manifest.json') as Buffer).toString()) as [
    { Config: string; Layers: string[] },
  ];
  const deep = Buffer.from(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);

  const refused: readonly (readonly [what: string, archive: Archive, code: ErrorCode, words?: RegExp])[] = [
    [
      'a part whose name leads out',
      withPart(docker, '../../canary', Buffer.from('dead')),
      'INVALID_VALUE',
      /leads out/,
    ],
    [
      'a blob whose name leads out',
      withPart(oci, 'blobs/sha256/../../../canary', Buffer.from('dead')),
      'INVALID_VALUE',
      /leads out/,
    ],
    [
      'a part with an absolute name',
      withPart(docker, '/etc/canary', Buffer.from('dead')),
      'INVALID_VALUE',
      /leads out/,
    ],
    [
      'a configuration that is named outside',
      withManifest([{ ...item, Config: '../../../../etc/passwd' }]),
      'INVALID_VALUE',
      /leads out/,
    ],
    [
      'a layer that is named outside',
      withManifest([{ ...item, Layers: ['/etc/passwd', '/x', '/y'] }]),
      'INVALID_VALUE',
      /leads out/,
    ],
    [
      'a link to a file of the host',
      withPart(docker, item.Config, { link: '/etc/passwd' }),
      'INVALID_VALUE',
      /leads out/,
    ],
    [
      'a link that climbs',
      withPart(docker, item.Layers[0]!, { link: '../../../../etc/passwd' }),
      'INVALID_VALUE',
      /leads out/,
    ],
    [
      'a link to itself',
      withPart(docker, item.Layers[0]!, { link: item.Layers[0]! }),
      'INVALID_VALUE',
      /leads to no part/,
    ],
    [
      'a link to nothing',
      withPart(oci, blobPath(image.layers[0]!.blob), { link: 'nothing' }),
      'INVALID_VALUE',
      /layer 1 of 3/,
    ],
    [
      'manifest.json of 100 MB',
      withPart(docker, 'manifest.json', Buffer.alloc(100_000_000, ' ')),
      'INVALID_VALUE',
      /100000000 bytes/,
    ],
    [
      'index.json of 100 MB',
      withPart(oci, 'index.json', Buffer.alloc(100_000_000, ' ')),
      'INVALID_VALUE',
      /100000000 bytes/,
    ],
    [
      'a configuration of 100 MB',
      withPart(docker, item.Config, Buffer.alloc(100_000_000, ' ')),
      'INVALID_VALUE',
      /100000000 bytes/,
    ],
    ['manifest.json 100,000 deep', withPart(docker, 'manifest.json', deep), 'INVALID_VALUE', /deep/],
    ['index.json 100,000 deep', withPart(oci, 'index.json', deep), 'INVALID_VALUE', /deep/],
    ['a configuration 100,000 deep', withPart(docker, item.Config, deep), 'INVALID_VALUE', /deep/],
    [
      'a layer that is not there',
      new Map([...docker].filter(([name]) => name !== item.Layers[1])),
      'INVALID_VALUE',
      /layer 2 of 3/,
    ],
    ['a layer that is another', withPart(docker, item.Layers[1]!, image.layers[0]!.blob), 'DIGEST_MISMATCH'],
    [
      'a blob that is another',
      withPart(oci, blobPath(image.layers[1]!.blob), Buffer.from(image.layers[1]!.blob).fill(0x41, 600, 620)),
      'DIGEST_MISMATCH',
    ],
    [
      'a configuration that is another',
      withPart(
        oci,
        blobPath(image.configuration),
        Buffer.from(image.configuration.toString().replace('amd64', 'arm64')),
      ),
      'DIGEST_MISMATCH',
    ],
    [
      'a layer that is no archive',
      withManifest([{ ...item, Layers: [item.Layers[0]!, item.Config, item.Layers[2]!] }]),
      'DIGEST_MISMATCH',
    ],
    [
      'a root file system',
      new Map([
        ['bin/sh', Buffer.from('x')],
        ['etc/passwd', Buffer.from('y')],
      ]),
      'INVALID_VALUE',
      /no image/,
    ],
  ];
  return { image, large, docker, oci, refused };
}

describe('an archive is refused, from a file and from a pipe, and leaves nothing', async () => {
  const { large, docker, refused } = await made();
  for (const [what, archive, code, words] of refused) {
    it(what, async (t) => {
      const bytes = await archiveBytes(archive);
      for (const from of ['file', 'pipe'] as const) {
        const h = house(t);
        await assert.rejects(h.load(from === 'file' ? h.write(bytes) : piped(bytes)), refusal(code, words), from);
        await h.assertUntouched();
      }
    });
  }

  it('with a layer whose names lead out', async (t) => {
    const bad = await makeImage({
      layers: [
        await layerOf([symlink('out', '/'), file('out/tmp/canary', 'dead')]),
        await layerOf([file('../../x', 'y')]),
      ],
    });
    for (const archive of [dockerArchive(bad, ['bad:1']), documentsFirst(mixedArchive(bad, ['bad:1']))]) {
      const h = house(t);
      await assert.rejects(h.load(piped(await archiveBytes(archive))), refusal('INVALID_VALUE'));
      await h.assertUntouched();
    }
  });

  it('with a large layer that is not what it says, while it is unpacked as it comes', async (t) => {
    const archive = documentsFirst(mixedArchive(large, ['bad:1']));
    const name = blobPath(large.layers[0]!.blob);
    const wrong = Buffer.from(large.layers[0]!.blob);
    wrong[2_000_000] = 0;
    const bytes = await archiveBytes(withPart(archive, name, wrong));
    for (const from of ['file', 'pipe'] as const) {
      const h = house(t);
      await assert.rejects(h.load(from === 'file' ? h.write(bytes) : piped(bytes)), refusal('DIGEST_MISMATCH'));
      await h.assertUntouched();
    }
  });

  it('cut anywhere', async (t) => {
    const dice = chance();
    for (const archive of [docker, documentsFirst(mixedArchive(large, ['bad:1'])), dockerArchive(large, ['bad:1'])]) {
      const bytes = await archiveBytes(archive);
      for (let round = 0; round < 5; round++) {
        // The zeros at the end may be missing.
        const cut = bytes.subarray(0, dice.below(bytes.length - 10_240));
        for (const from of ['file', 'pipe'] as const) {
          const h = house(t);
          await assert.rejects(
            h.load(from === 'file' ? h.write(cut) : piped(cut)),
            refusal('INVALID_VALUE'),
            `TEST_SEED=${dice.seed}: cut at ${cut.length} of ${bytes.length}, ${from}`,
          );
          await h.assertUntouched();
        }
      }
    }
  });

  it('whose compression is cut or damaged', async (t) => {
    const whole = gzipSync(await archiveBytes(docker));
    for (const bytes of [whole.subarray(0, whole.length / 2), Buffer.from(whole).fill(0x55, 40, 400)]) {
      const h = house(t);
      await assert.rejects(h.load(piped(bytes)), refusal('INVALID_VALUE'));
      await h.assertUntouched();
    }
  });

  it('of bytes that are no archive', async (t) => {
    for (const bytes of [Buffer.from('no archive'.repeat(200)), Buffer.alloc(5000, 0xff), Buffer.from('{}')]) {
      const h = house(t);
      await assert.rejects(h.load(h.write(bytes)), refusal('INVALID_VALUE'));
      await assert.rejects(h.load(piped(bytes)), refusal('INVALID_VALUE'));
      await h.assertUntouched();
    }
  });

  it('of zeros without end', async (t) => {
    const h = house(t);
    const zeros = spawn('cat', ['/dev/zero'], { stdio: ['ignore', 'pipe', 'ignore'] });
    t.after(() => zeros.kill('SIGKILL'));
    await assert.rejects(h.load(zeros.stdout), refusal('INVALID_VALUE', /no image/));
    await h.assertUntouched();
  });

  it('that says it is larger than the disk', async (t) => {
    const h = house(t);
    const bytes = await archiveBytes(new Map([['layer.tar', Buffer.from('x')]]));
    const header = Buffer.from(bytes.subarray(0, 512));
    // A petabyte, in base 256.
    header.fill(0, 124, 136);
    header[124] = 0x80;
    header[129] = 0x04;
    let sum = 0;
    for (let i = 0; i < 512; i++) sum += i >= 148 && i < 156 ? 32 : header[i]!;
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield header;
      for (;;) yield await Promise.resolve(Buffer.alloc(65_536, 1));
    }
    await assert.rejects(h.load(endless()), refusal('NO_SPACE', /no room/));
    await assert.rejects(h.load(h.write(header)), refusal('INVALID_VALUE', /ends in the middle/));
    await h.assertUntouched();
  });

  it('with more parts than an image has', async (t) => {
    const h = house(t);
    const one = await archiveBytes(new Map([['a', Buffer.from('')]]));
    async function* many(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 120_000; i++) {
        const header = Buffer.from(one.subarray(0, 512));
        header.write(i.toString(36).padStart(8, '0'), 0, 'latin1');
        header.fill(0x20, 148, 156);
        let sum = 0;
        for (let at = 0; at < 512; at++) sum += header[at]!;
        header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
        yield await Promise.resolve(header);
      }
    }
    await assert.rejects(h.load(many()), refusal('INVALID_VALUE', /more than 100000/));
    await h.assertUntouched();
  });
});

describe('a directory is refused', async () => {
  const { image, oci } = await made();
  const layoutOf = (t: TestContext, archive: Archive) => {
    const h = house(t);
    const top = join(h.root, 'layout');
    for (const [name, part] of archive) {
      mkdirSync(dirname(join(top, name)), { recursive: true });
      if (Buffer.isBuffer(part)) writeFileSync(join(top, name), part);
      else symlinkSync(part.link, join(top, name));
    }
    return { ...h, top };
  };

  it('with a link for a blob, wherever it leads', async (t) => {
    const blob = blobPath(image.layers[0]!.blob);
    for (const link of ['/etc/passwd', '../../index.json', blob]) {
      const h = layoutOf(t, withPart(oci, blob, { link }));
      await assert.rejects(h.load(h.top), refusal('INVALID_VALUE', /no plain file/), link);
      await h.assertUntouched();
    }
  });

  it('with a link for the directory of the blobs', async (t) => {
    const h = layoutOf(t, new Map([...oci].filter(([name]) => !name.startsWith('blobs/'))));
    symlinkSync(h.outside, join(h.top, 'blobs'));
    await assert.rejects(h.load(h.top), refusal('INVALID_VALUE', /no plain file/));
    await h.assertUntouched();
  });

  it('with a pipe or a device for a document, without waiting for it', async (t) => {
    const h = layoutOf(t, new Map([...oci].filter(([name]) => name !== 'index.json')));
    symlinkSync('/dev/zero', join(h.top, 'index.json'));
    await assert.rejects(h.load(h.top), refusal('INVALID_VALUE', /no plain file/));
    await h.assertUntouched();
  });

  it('with blobs that are missing or others', async (t) => {
    const missing = layoutOf(t, new Map([...oci].filter(([name]) => name !== blobPath(image.layers[2]!.blob))));
    await assert.rejects(missing.load(missing.top), refusal('INVALID_VALUE', /layer 3 of 3/));
    await missing.assertUntouched();
    const other = layoutOf(
      t,
      withPart(oci, blobPath(image.layers[2]!.blob), Buffer.alloc(image.layers[2]!.blob.length, 1)),
    );
    await assert.rejects(other.load(other.top), refusal('DIGEST_MISMATCH'));
    await other.assertUntouched();
  });

  it('that is none of an image', async (t) => {
    const h = house(t);
    await assert.rejects(h.load(h.outside), refusal('INVALID_VALUE', /no image/));
    await h.assertUntouched();
  });
});

describe('a bomb', () => {
  it('of gigabytes in a layer of kilobytes is stopped by the limits of layers', async (t) => {
    const h = house(t);
    const tar = await archiveBytes(new Map([['zeros', Buffer.alloc(300_000_000)]]));
    const bomb = await makeImage({
      layers: [{ tar, blob: gzipSync(tar), mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' }],
    });
    await assert.rejects(
      h.load(h.write(await archiveBytes(ociArchive([{ image: bomb, name: 'bad:1' }])))),
      refusal('INVALID_VALUE', /more than it may/),
    );
    await h.assertUntouched();
  });
});
