// Loading saved images: every form that there is, from a file, a pipe and a directory, whole and packed; what is shared, what is
// there already, and what is left when it is stopped.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { loadImages, type LoadWishes } from '../../../src/engine/image/archive/load.js';
import { openContent } from '../../../src/engine/image/content/open.js';
import { createImages } from '../../../src/engine/image/store.js';
import { layout } from '../../../src/engine/state/layout.js';
import { refusal } from '../../support/refusal.js';
import {
  archiveBytes,
  blobPath,
  digestOf,
  dockerArchive,
  documentsFirst,
  layerOf,
  makeImage,
  mixedArchive,
  ociArchive,
  oldArchive,
  sha256,
  type Archive,
  type MadeImage,
} from '../../support/saved-images.js';
import { stateDirectory } from '../../support/state-directory.js';
import { file, linesOf } from '../../support/trees.js';

function store(t: TestContext) {
  const root = stateDirectory(t);
  const content = openContent(layout.images(root));
  const images = createImages(root, { content });
  const at = (name: string): string => join(root, name);
  return {
    root,
    content,
    images,
    load: (source: string | AsyncIterable<Uint8Array>, wishes?: LoadWishes) => loadImages(content, source, wishes),
    async file(archive: Archive, pack = (bytes: Buffer) => bytes): Promise<string> {
      writeFileSync(at('archive'), pack(await archiveBytes(archive)));
      return at('archive');
    },
    directory(archive: Archive): string {
      for (const [name, part] of archive) {
        mkdirSync(dirname(join(at('layout'), name)), { recursive: true });
        if (Buffer.isBuffer(part)) writeFileSync(join(at('layout'), name), part);
      }
      return at('layout');
    },
    inStore: (folder: string) => readdirSync(join(layout.images(root), folder)).filter((name) => !name.startsWith('.')),
  };
}

/** In pieces that fit to nothing. */
async function* piped(bytes: Buffer, size = 10_007): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

const TREES = [
  ['d bin/', 'f bin/hello #!/bin/sh', 'd etc/', 'f etc/name tiny'],
  ['d etc/', `f etc/more ${'x'.repeat(2000)}`, 'c etc/name', 'l link -> etc/more'],
  ['d etc/', 'f etc/last z'],
];

async function assertLoaded(
  t: ReturnType<typeof store>,
  name: string,
  image: MadeImage,
  isSameId = true,
): Promise<void> {
  const { id, layers, config } = await t.images.get(name);
  if (isSameId) assert.equal(id, sha256(image.configuration), 'its id is that of its configuration');
  assert.deepEqual(layers.map(linesOf), TREES);
  assert.deepEqual(config.cmd, ['/bin/hello']);
}

describe('an image is loaded', async () => {
  const plain = await makeImage();
  const packed = await makeImage({ packing: 'gzip' });
  const FORMS: readonly (readonly [what: string, archive: Archive, image: MadeImage, isSameId?: boolean])[] = [
    ['docker-archive', dockerArchive(plain, ['tiny:1']), plain],
    ['docker-archive with packed layers', dockerArchive(packed, ['tiny:1']), packed],
    ['oci-archive', ociArchive([{ image: packed, name: 'docker.io/library/tiny:1' }]), packed],
    ['both in one', mixedArchive(packed, ['tiny:1']), packed],
    ['both in one, the documents first', documentsFirst(mixedArchive(plain, ['tiny:1'])), plain],
    ['what Docker wrote before 1.10', oldArchive(plain, 'tiny', '1'), plain, false],
  ];
  for (const [what, archive, image, isSameId] of FORMS) {
    it(`from a file and from a pipe: ${what}`, async (t) => {
      const fromFile = store(t);
      assert.deepEqual(
        (await fromFile.load(await fromFile.file(archive))).map(({ names }) => names),
        [['docker.io/library/tiny:1']],
      );
      await assertLoaded(fromFile, 'tiny:1', image, isSameId);
      const fromPipe = store(t);
      await fromPipe.load(piped(await archiveBytes(archive)));
      await assertLoaded(fromPipe, 'tiny:1', image, isSameId);
      assert.equal((await fromPipe.images.get('tiny:1')).id, (await fromFile.images.get('tiny:1')).id);
      assert.deepEqual(fromPipe.inStore('blobs/sha256').sort(), fromFile.inStore('blobs/sha256').sort());
      assert.deepEqual(fromPipe.inStore('ingest'), [], 'nothing is on its way any more');
      assert.deepEqual(fromPipe.inStore('leases'), []);
    });
  }

  it('packed with gzip or zstd as a whole', async (t) => {
    const zstd = (bytes: Buffer): Buffer => execFileSync('zstd', ['-c'], { input: bytes, maxBuffer: 1 << 28 });
    for (const pack of [(bytes: Buffer) => gzipSync(bytes), zstd]) {
      const files = store(t);
      const path = await files.file(dockerArchive(plain, ['tiny:1']), pack);
      await files.load(path);
      await assertLoaded(files, 'tiny:1', plain);
      const pipes = store(t);
      await pipes.load(piped(pack(await archiveBytes(mixedArchive(packed, ['tiny:1']))), 999));
      await assertLoaded(pipes, 'tiny:1', packed);
    }
  });

  it('from the directory of an OCI image layout', async (t) => {
    const s = store(t);
    await s.load(s.directory(ociArchive([{ image: packed, name: 'tiny:1' }])));
    await assertLoaded(s, 'tiny:1', packed);
  });

  it('keeps the digest that its manifest had', async (t) => {
    const s = store(t);
    await s.load(await s.file(mixedArchive(packed, ['tiny:1'])));
    assert.equal(s.content.references.get('docker.io/library/tiny:1')?.digest, digestOf(packed.manifest));
  });

  it('under all its names, or without one', async (t) => {
    const s = store(t);
    await s.load(await s.file(dockerArchive(plain, ['a:1', 'b:2', 'localhost:5000/c:3'])));
    const ids = await Promise.all(
      ['a:1', 'b:2', 'localhost:5000/c:3'].map(async (name) => (await s.images.get(name)).id),
    );
    assert.equal(new Set(ids).size, 1);
    const nameless = store(t);
    const [loaded] = await nameless.load(await nameless.file(dockerArchive(plain, [])));
    assert.deepEqual(loaded, { id: sha256(plain.configuration), names: [] });
    await assertLoaded(nameless, loaded.id, plain);
  });

  it('whose name another one had: that one stays without a name', async (t) => {
    const s = store(t);
    await s.load(await s.file(dockerArchive(plain, ['tiny:1'])));
    const other = await makeImage({ config: { User: 'ada' } });
    await s.load(await s.file(dockerArchive(other, ['tiny:1'])));
    assert.equal((await s.images.get('tiny:1')).id, sha256(other.configuration));
    assert.equal((await s.images.get(sha256(plain.configuration))).id, sha256(plain.configuration));
  });

  it('with others, and what they share is there once', async (t) => {
    const other = await makeImage({
      packing: 'gzip',
      layers: [packed.layers[0]!, await layerOf([file('own', '1')], 'gzip')],
    });
    const archive = ociArchive([
      { image: packed, name: 'one:1' },
      { image: other, name: 'two:1' },
    ]);
    for (const source of ['file', 'pipe', 'documents first'] as const) {
      const s = store(t);
      const bytes = await archiveBytes(source === 'pipe' ? archive : documentsFirst(archive));
      const loaded = await s.load(source === 'file' ? await s.file(archive) : piped(bytes));
      assert.equal(loaded.length, 2, source);
      assert.equal(s.inStore('layers').length, 4, source);
      const [one, two] = [await s.images.get('one:1'), await s.images.get('two:1')];
      assert.equal(one.layers[0], two.layers[0]);
      assert.deepEqual(linesOf(two.layers[1]!), ['f own 1']);
    }
  });

  it('with the same layer twice, told by a link as Docker had it', async (t) => {
    const empty = await layerOf([file('same', '1')]);
    const image = await makeImage({ layers: [empty, empty] });
    const archive: Archive = new Map<string, Buffer | { link: string }>([
      ['a/layer.tar', empty.blob],
      ['b/layer.tar', { link: '../a/layer.tar' }],
      ['config.json', image.configuration],
      [
        'manifest.json',
        Buffer.from(
          JSON.stringify([{ Config: 'config.json', RepoTags: ['twice:1'], Layers: ['a/layer.tar', 'b/layer.tar'] }]),
        ),
      ],
    ]);
    for (const source of ['file', 'pipe'] as const) {
      const s = store(t);
      await s.load(source === 'file' ? await s.file(archive) : piped(await archiveBytes(archive)));
      assert.deepEqual((await s.images.get('twice:1')).layers.map(linesOf), [['f same 1'], ['f same 1']], source);
    }
  });

  it('with layers too large for memory, of which none is held there', async (t) => {
    const large = await layerOf([file('large', 'x'.repeat(40_000_000))]);
    const image = await makeImage({ layers: [large, await layerOf([file('small', '1')])] });
    for (const archive of [dockerArchive(image, ['large:1']), documentsFirst(mixedArchive(image, ['large:1']))]) {
      const s = store(t);
      const bytes = await archiveBytes(archive);
      let most = 0;
      async function* watched(): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < bytes.length; at += 1 << 20) {
          most = Math.max(most, process.memoryUsage().arrayBuffers);
          yield await Promise.resolve(bytes.subarray(at, at + (1 << 20)));
        }
      }
      const before = process.memoryUsage().arrayBuffers;
      await s.load(watched());
      assert.ok(most - before < 30_000_000, `${most - before} bytes more were held`);
      assert.deepEqual(linesOf((await s.images.get('large:1')).layers[1]!), ['f small 1']);
    }
  });

  it('that is there already, and nothing is written again', async (t) => {
    const s = store(t);
    const path = await s.file(mixedArchive(packed, ['tiny:1']));
    await s.load(path);
    const phases: string[] = [];
    const onTransfer: LoadWishes['onTransfer'] = ({ phase }) => phases.push(phase);
    await s.load(path, { onTransfer });
    await s.load(piped(await archiveBytes(mixedArchive(packed, ['tiny:1']))), { onTransfer });
    assert.ok(!phases.includes('moving'), phases.join(' '));
    await assertLoaded(s, 'tiny:1', packed);
  });

  it('by two at once, who share the work', async (t) => {
    const s = store(t);
    const other = openContent(layout.images(s.root));
    const path = await s.file(mixedArchive(packed, ['tiny:1']));
    await Promise.all([
      loadImages(s.content, path),
      loadImages(other, path),
      s.load(piped(await archiveBytes(mixedArchive(packed, ['tiny:1'])))),
    ]);
    await assertLoaded(s, 'tiny:1', packed);
    assert.deepEqual(s.inStore('ingest'), []);
  });

  it('and tells how far it is', async (t) => {
    const s = store(t);
    const told = new Map<string, string[]>();
    await s.load(await s.file(mixedArchive(packed, ['tiny:1'])), {
      onTransfer: ({ digest, phase }) => told.set(digest, [...(told.get(digest) ?? []), phase]),
    });
    assert.deepEqual([...told.keys()].sort(), packed.layers.map(({ blob }) => digestOf(blob)).sort());
    for (const phases of told.values()) assert.deepEqual([phases[0], phases.at(-1)], ['moving', 'done']);
  });
});

describe('a load that is stopped', () => {
  it('leaves nothing on its way, and the next one finishes', async (t) => {
    const s = store(t);
    const image = await makeImage({
      layers: await Promise.all([1, 2, 3].map((i) => layerOf([file('f', `${i}`.repeat(5_000_000))]))),
    });
    const bytes = await archiveBytes(documentsFirst(mixedArchive(image, ['slow:1'])));
    const stop = new AbortController();
    async function* slow(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += 100_000) {
        if (at > bytes.length / 2) stop.abort(new Error('stopped by hand'));
        yield await Promise.resolve(bytes.subarray(at, at + 100_000));
      }
    }
    await assert.rejects(s.load(slow(), { signal: stop.signal }), /stopped by hand/);
    assert.equal(s.content.references.get('docker.io/library/slow:1'), undefined);
    assert.deepEqual([s.inStore('ingest'), s.inStore('leases')], [[], []]);
    await s.load(piped(bytes));
    assert.equal((await s.images.get('slow:1')).layers.length, 3);
  });

  it('is what asking for a platform ends as that is not there', async (t) => {
    const s = store(t);
    const image = await makeImage({ architecture: 'arm64' });
    const archive = ociArchive([{ image, name: 'tiny:1' }]);
    const wanted = { platform: { os: 'linux', architecture: 'amd64' } };
    await assert.rejects(s.load(await s.file(archive), wanted), refusal('NOT_SUPPORTED', /linux\/arm64/));
    await assert.rejects(s.load(piped(await archiveBytes(archive)), wanted), refusal('NOT_SUPPORTED', /linux\/arm64/));
    assert.deepEqual(await s.images.list(), []);
  });
});

describe('what is given', () => {
  it('need not be there, and is said', async (t) => {
    const s = store(t);
    await assert.rejects(s.load('/no/such/archive'), refusal('NO_SUCH_PATH', /\/no\/such\/archive/));
    writeFileSync(join(s.root, 'empty'), '');
    await assert.rejects(s.load(join(s.root, 'empty')), refusal('INVALID_VALUE', /empty/));
    await assert.rejects(s.load(piped(Buffer.alloc(0))), refusal('INVALID_VALUE', /piped in is empty/));
  });

  it('may be a named pipe', async (t) => {
    const s = store(t);
    const path = await s.file(dockerArchive(await makeImage(), ['tiny:1']));
    const fifo = join(s.root, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const loading = s.load(fifo);
    spawn('sh', ['-c', `cat ${path} > ${fifo}`], { stdio: 'ignore' });
    await loading;
    assert.equal((await s.images.get('tiny:1')).name, 'tiny:1');
  });

  it('packed with what is not read here names a way', async (t) => {
    const s = store(t);
    for (const [name, bytes] of [
      ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])],
      ['bzip2', Buffer.from('BZh91AY')],
    ] as const) {
      writeFileSync(join(s.root, name), Buffer.concat([bytes, Buffer.alloc(600)]));
      await assert.rejects(s.load(join(s.root, name)), refusal('NOT_SUPPORTED', new RegExp(`compressed with ${name}`)));
    }
  });

  it('may have parts that belong to no image, which are not kept', async (t) => {
    const image = await makeImage();
    const stranger = Buffer.alloc(600_000, 'stranger');
    const archive = new Map([
      ...ociArchive([{ image, name: 'tiny:1' }]),
      [blobPath(stranger), stranger],
      ['notes', stranger],
    ]);
    for (const source of ['file', 'pipe', 'documents first'] as const) {
      const s = store(t);
      const bytes = await archiveBytes(source === 'pipe' ? archive : documentsFirst(archive));
      await s.load(source === 'file' ? await s.file(archive) : piped(bytes));
      assert.equal(s.inStore('blobs/sha256').length, 5, source);
    }
  });
});
