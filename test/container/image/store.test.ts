// The verbs of images: names and ids, imports good and bad, what removing and pruning take and what they leave, and what is left
// when things go wrong or happen twice at once.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { digestOf } from '../../../src/engine/image/digest.js';
import { configurationBytes, indexBytes } from '../../../src/engine/image/oci-write.js';
import { MEDIA, type Descriptor, type Platform } from '../../../src/engine/image/oci.js';
import { hostPlatform } from '../../../src/engine/image/platform.js';
import { createImages } from '../../../src/engine/image/store.js';
import { layout } from '../../../src/engine/state/layout.js';
import { eventually } from '../../support/patience.js';
import { refusal } from '../../support/refusal.js';
import { makeImage, storeHouse } from '../../support/store-house.js';
import { directory, file, linesOf, symlink, tarBytes, type Wanted } from '../../support/trees.js';

const TINY: readonly Wanted[] = [
  directory('bin'),
  file('bin/hello', '#!/bin/sh\n', { mode: 0o755 }),
  directory('etc'),
  file('etc/name', 'tiny'),
];

function store(t: TestContext) {
  const house = storeHouse(t);
  const archive = join(house.root, 'archive');
  const filesIn = (place: string): string[] => {
    const path = join(house.directory, place);
    return existsSync(path) ? readdirSync(path).sort() : [];
  };
  return {
    ...house,
    /** Writes an archive and gives its path. */
    write: async (entries: readonly Wanted[] = TINY, change = (bytes: Buffer) => bytes) => {
      writeFileSync(archive, change(await tarBytes(...entries)));
      return archive;
    },
    /** Everything that the store holds or has left lying. */
    stored: () => ({
      layers: filesIn('layers'),
      blobs: filesIn('blobs/sha256'),
      ingest: filesIn('ingest'),
      leases: filesIn('leases'),
    }),
    names: async () => (await house.images.list()).map(({ name }) => name),
  };
}

/** Two numbers whose digests begin with the same four digits, which is as few as are asked for. */
function alike(digest: (text: string) => string): [string, string] {
  const seen = new Map<string, string>();
  for (let i = 0; ; i += 1) {
    const beginning = digest(String(i)).slice(7, 11);
    const before = seen.get(beginning);
    if (before !== undefined) return [before, String(i)];
    seen.set(beginning, String(i));
  }
}

const EMPTY = { layers: [], blobs: [], ingest: [], leases: [] };

describe('an image', () => {
  it('is imported from a tar archive, plain or gzip, and from a directory', async (t) => {
    const { root, images, write, names, stored } = store(t);
    const plain = await images.import(await write(), 'tiny');
    const packed = await images.import(await write(TINY, (bytes) => gzipSync(bytes)), 'tiny:packed');
    mkdirSync(join(root, 'tree'));
    execFileSync('tar', ['-xf', await write(), '-C', join(root, 'tree')]);
    const tree = await images.import(join(root, 'tree'), 'tiny:tree');
    for (const image of [plain, packed, tree]) {
      assert.deepEqual(linesOf(image.layers[0]!), ['d bin/', 'f bin/hello #!/bin/sh', 'd etc/', 'f etc/name tiny']);
      assert.equal(image.sizeBytes, '#!/bin/sh\ntiny'.length);
    }
    assert.deepEqual(await names(), ['tiny:latest', 'tiny:packed', 'tiny:tree']);
    assert.deepEqual([stored().ingest, stored().leases], [[], []]);
  });

  it('is found by its name in every form, its id and the beginning of that', async (t) => {
    const { images, write } = store(t);
    const { id } = await images.import(await write(), 'some/where/tiny:1.0');
    const refs = ['some/where/tiny:1.0', 'docker.io/some/where/tiny:1.0', id, id.slice(0, 12), `sha256:${id}`];
    for (const ref of refs) {
      const found = await images.get(ref);
      assert.deepEqual([found.id, found.name], [id, 'some/where/tiny:1.0'], ref);
    }
    await images.import(await write(), 'plain');
    assert.equal((await images.get('plain')).name, 'plain:latest');
    assert.equal((await images.get('docker.io/library/plain:latest')).name, 'plain:latest');
  });

  it('is found by the digest that its name stands for, also when the name has moved on', async (t) => {
    const { images, content } = store(t);
    const first = await makeImage(content, ['team/web:1'], [{ a: '1' }]);
    const ref = `team/web@${first.descriptor.digest}`;
    assert.equal((await images.get(ref)).id, first.id);
    await makeImage(content, ['team/web:1'], [{ a: '2' }]);
    assert.equal((await images.get(ref)).id, first.id);
    assert.equal((await images.get(`team/web:1@${first.descriptor.digest}`)).id, first.id);
    await assert.rejects(
      images.get(`other@${(await images.inspect('team/web:1')).manifest.digest}`),
      refusal('NO_SUCH_IMAGE'),
    );
  });

  it('whose beginning fits several is not guessed', async (t) => {
    const { images, content } = store(t);
    const { id } = await makeImage(content, ['n'], [{ a: '1' }]);
    const like = content.documents.configuration(`sha256:${id}`)!;
    const [one, two] = alike((user) => digestOf(configurationBytes({ ...like, config: { ...like.config, user } })));
    for (const user of [one, two]) await makeImage(content, [`n:${user}`], [{ a: '1' }], { config: { user } });
    const full = (await images.get(`n:${one}`)).id;
    await assert.rejects(images.get(full.slice(0, 4)), refusal('AMBIGUOUS_ID', /several/));
    assert.equal((await images.get(full.slice(0, 20))).id, full);
    await assert.rejects(images.get(full.slice(0, 3)), refusal('NO_SUCH_IMAGE'));
  });

  it('keeps what it was said to run', async (t) => {
    const { images, write, root } = store(t);
    await images.import(await write(), 'tiny', { config: { cmd: ['/bin/hello'], env: ['A=1'], user: 'ada' } });
    const { config } = await createImages(root).get('tiny');
    assert.deepEqual([config.cmd, config.env, config.user, config.workingDir], [['/bin/hello'], ['A=1'], 'ada', '/']);
  });

  it('that another tool put into the layout runs too', async (t) => {
    const { images, content, names } = store(t);
    const { id, layers } = await makeImage(content, ['web'], [{ a: '1' }, { b: '2' }]);
    for (const { chainId } of layers) rmSync(join(content.directory, 'layers', chainId.slice(7)), { recursive: true });
    rmSync(join(content.directory, '.summaries.json'), { force: true });
    assert.deepEqual(await names(), ['web:latest']);
    const image = await images.get('web');
    assert.equal(image.id, id);
    assert.deepEqual(image.layers.flatMap(linesOf), ['f a 1', 'f b 2']);
    assert.ok((await images.check()).isSound);
  });

  for (const name of [
    '',
    'UPPER',
    'a b',
    '../x',
    '/x',
    'x/',
    'a::b',
    'x:',
    '-x',
    'a//b',
    '.x',
    'x'.repeat(300),
    'a:b/c',
    'x\0',
  ]) {
    it(`cannot be called ${JSON.stringify(name.slice(0, 20))}`, async (t) => {
      const { images, write } = store(t);
      await assert.rejects(images.import(await write(), name), refusal('INVALID_VALUE'));
      await assert.rejects(images.get(name), refusal('INVALID_VALUE'));
    });
  }

  it('of an earlier version is said to be one, and is not touched', async (t) => {
    const { images, directory: store } = storeHouse(t);
    const id = 'a'.repeat(64);
    mkdirSync(join(store, id), { recursive: true });
    writeFileSync(join(store, id, 'image.json'), '{"schema":1}');
    mkdirSync(join(store, 'names'));
    writeFileSync(join(store, 'names/tiny%3A1'), '');
    for (const ref of ['tiny:1', id, `sha256:${id}`])
      await assert.rejects(images.get(ref), refusal('NO_SUCH_IMAGE', /before images came in layers/));
    assert.deepEqual(
      (await images.check({ repair: true })).findings.map(({ kind }) => kind),
      ['note'],
    );
    await images.prune({ all: true });
    assert.ok(existsSync(join(store, id, 'image.json')));
  });
});

describe('a list', () => {
  it('says which bytes an image shares, and who uses it', async (t) => {
    const { images, content, users } = store(t);
    const one = await makeImage(content, ['one'], [{ base: '12345' }, { a: '1' }]);
    const two = await makeImage(content, ['two', 'three'], [{ base: '12345' }, { b: '22' }]);
    users.set(two.id, ['web']);
    const figures = (await images.list()).map((image) => [
      image.name,
      image.sizeBytes,
      image.sharedBytes,
      image.usedBy,
    ]);
    assert.deepEqual(figures, [
      ['one:latest', 6, 5, []],
      ['three:latest', 7, 5, ['web']],
      ['two:latest', 7, 5, ['web']],
    ]);
    assert.notEqual(one.id, two.id);
  });

  it('of five hundred images reads two files, and is right when one of them is gone', async (t) => {
    const { images, content, root } = store(t);
    const first = await makeImage(content, ['n:0'], [{ a: '1' }]);
    for (let i = 1; i < 500; i += 1) await images.tag(first.id, `n:${i}`);
    const fresh = await makeImage(content, ['other'], [{ a: '2' }], { config: { labels: { x: 'y' } } });
    assert.equal((await images.list()).length, 501);
    const listed = await images.list();
    for (const place of ['blobs', 'layers']) renameSync(join(content.directory, place), join(root, place));
    assert.deepEqual(await createImages(root).list(), listed, 'nothing but names and summaries is needed');
    for (const place of ['blobs', 'layers']) renameSync(join(root, place), join(content.directory, place));
    writeFileSync(join(content.directory, '.summaries.json'), '{"schema":1,"machine"');
    const again = await createImages(root).list();
    assert.deepEqual(again.find(({ id }) => id === fresh.id)?.config.labels, { x: 'y' });
    rmSync(join(content.directory, '.summaries.json'));
    assert.equal((await createImages(root).list()).length, 501);
  });

  it('leaves out what cannot be read, and asking for it says why', async (t) => {
    const { content, names, root } = store(t);
    const bad = await makeImage(content, ['bad'], [{ a: '1' }]);
    await makeImage(content, ['good'], [{ a: '2' }]);
    writeFileSync(content.blobs.path(`sha256:${bad.id}`), '{}');
    rmSync(join(content.directory, '.summaries.json'), { force: true });
    const fresh = createImages(root);
    await assert.rejects(fresh.get('bad'), refusal('STATE_CORRUPT', /damaged/));
    assert.deepEqual(
      (await fresh.list()).map(({ name }) => name),
      ['good:latest'],
    );
    await fresh.remove('bad');
    await assert.rejects(fresh.get('bad'), refusal('NO_SUCH_IMAGE'));
    assert.deepEqual(await names(), ['good:latest']);
  });
});

describe('an index', () => {
  const wrapped = async (content: ReturnType<typeof storeHouse>['content'], manifests: readonly Descriptor[]) => {
    const bytes = indexBytes({ mediaType: MEDIA.index, manifests });
    return { mediaType: MEDIA.index, digest: await content.blobs.put(bytes), size: bytes.length };
  };

  it('counts with what of it is whole: the rest, for other machines or cut short, is passed over', async (t) => {
    const { images, content } = store(t);
    const lease = await content.lease();
    const made = await makeImage(content, ['passing'], [{ a: '1' }]);
    const half = await makeImage(content, ['passing'], [{ b: '2' }], {
      platform: { os: 'linux', architecture: 's390x' },
    });
    const platform = hostPlatform();
    const absent: Descriptor = { mediaType: MEDIA.manifest, digest: digestOf('absent'), size: 6, platform };
    const attestation = { ...half.descriptor, platform: { os: 'unknown', architecture: 'unknown' } };
    const manifests = [absent, attestation, half.descriptor, { ...made.descriptor, platform }];
    await content.references.set('docker.io/library/web:1', await wrapped(content, manifests));
    await content.references.replace(content.references.entries().filter(({ name }) => name?.endsWith('/web:1')));
    rmSync(content.blobs.path(`sha256:${half.id}`));
    await lease.close();
    assert.equal((await images.get('web:1')).id, made.id);
    assert.ok((await images.check()).isSound);
    await images.prune();
    assert.equal((await images.get('web:1')).id, made.id);
  });

  it('inside an index is looked into, and not without end', async (t) => {
    const { images, content } = store(t);
    const made = await makeImage(content, ['passing'], [{ a: '1' }]);
    let descriptor: Descriptor = made.descriptor;
    for (let depth = 1; depth <= 6; depth += 1) {
      descriptor = await wrapped(content, [descriptor]);
      await content.references.set(`docker.io/library/deep:${depth}`, descriptor);
    }
    assert.equal((await images.get('deep:3')).id, made.id);
    await assert.rejects(images.get('deep:6'), refusal('STATE_CORRUPT', /missing/));
    await images.remove('passing');
    assert.equal((await images.get('deep:3')).id, made.id);
  });
});

describe('history', () => {
  it('has a line for each step, the newest first, with what it has added', async (t) => {
    const { images, content } = store(t);
    const { id } = await makeImage(content, ['web'], [{ a: '1' }, { b: '22' }]);
    const lines = (await images.history('web')).map((line) => [line.createdBy, line.sizeBytes, line.id]);
    assert.deepEqual(lines, [
      ['step 2', 2, id],
      ['step 1', 1, undefined],
    ]);
  });
});

describe('a name', () => {
  it('may be one of several, and moves from one image to another', async (t) => {
    const { images, content, names } = store(t);
    const one = await makeImage(content, ['one'], [{ a: '1' }]);
    const two = await makeImage(content, ['two'], [{ a: '2' }]);
    await images.tag('one', 'registry.example:5000/team/web:1');
    await images.tag(two.id.slice(0, 12), 'one');
    assert.deepEqual(await names(), ['one:latest', 'registry.example:5000/team/web:1', 'two:latest']);
    assert.equal((await images.get('one')).id, two.id);
    assert.equal((await images.get('registry.example:5000/team/web:1')).id, one.id);
    await images.tag('two', 'registry.example:5000/team/web:1');
    assert.ok((await names()).includes(one.id), 'the one that lost its last name stays');
  });

  it('cannot be base, a digest, or of what is not there', async (t) => {
    const { images, content } = store(t);
    await makeImage(content, ['one'], [{ a: '1' }]);
    await assert.rejects(images.tag('one', 'base'), refusal('INVALID_VALUE', /base/));
    await assert.rejects(images.tag('one', `x@sha256:${'0'.repeat(64)}`), refusal('INVALID_VALUE'));
    await assert.rejects(images.tag('none', 'x'), refusal('NO_SUCH_IMAGE', /"none"/));
  });
});

describe('removing', () => {
  it('takes the name away, and with the last one the image and what no other has', async (t) => {
    const { images, content, stored } = store(t);
    const one = await makeImage(content, ['a', 'b'], [{ base: 'b' }, { x: '1' }]);
    const two = await makeImage(content, ['c'], [{ base: 'b' }, { x: '2' }]);
    assert.deepEqual(await images.remove('a'), { untagged: ['a:latest'], deleted: [], freedBytes: 0 });
    assert.equal(stored().layers.length, 3);
    const preview = await images.remove('b', { dryRun: true });
    const removed = await images.remove('b');
    assert.deepEqual(removed, preview);
    assert.deepEqual([removed.untagged, removed.deleted], [['b:latest'], [one.id]]);
    assert.ok(removed.freedBytes > 1);
    assert.equal((await images.get('c')).id, two.id);
    assert.deepEqual(stored().layers, two.layers.map(({ chainId }) => chainId.slice(7)).sort());
    assert.ok((await images.check()).isSound);
    assert.deepEqual((await images.check()).findings, []);
    await images.remove('c');
    assert.deepEqual(stored(), EMPTY);
    await assert.rejects(images.remove('c'), refusal('NO_SUCH_IMAGE', /"c"/));
    await assert.rejects(images.get(one.id), refusal('NO_SUCH_IMAGE'));
  });

  it('by id takes the image with its name, and all of its names only by force', async (t) => {
    const { images, content, names } = store(t);
    const { id } = await makeImage(content, ['a', 'b'], [{ x: '1' }]);
    await assert.rejects(images.remove(id.slice(0, 12)), refusal('IMAGE_IN_USE', /a:latest, b:latest/));
    assert.deepEqual([...(await images.remove(id, { force: true })).untagged].sort(), ['a:latest', 'b:latest']);
    assert.deepEqual(await names(), []);
    const other = await makeImage(content, ['a'], [{ x: '1' }]);
    assert.deepEqual((await images.remove(other.id)).deleted, [other.id]);
  });

  it('is refused while a container uses it; by force only the name goes', async (t) => {
    const { images, content, users, names } = store(t);
    const { id } = await makeImage(content, ['a', 'b'], [{ x: '1' }]);
    users.set(id, ['web', 'db']);
    await images.remove('a');
    await assert.rejects(images.remove('b'), refusal('IMAGE_IN_USE', /web, db/));
    await assert.rejects(images.remove(id), refusal('IMAGE_IN_USE', /web, db/));
    assert.deepEqual(await images.remove('b', { force: true }), { untagged: ['b:latest'], deleted: [], freedBytes: 0 });
    assert.deepEqual(await names(), [id]);
    assert.equal((await images.get(id)).id, id);
    await assert.rejects(images.remove(id, { force: true }), refusal('IMAGE_IN_USE'));
    await images.prune({ all: true });
    assert.deepEqual(await names(), [id]);
    users.clear();
    await images.remove(id);
    assert.deepEqual(await names(), []);
  });

  it('of one of several images of an index takes them all, and only what nothing else has', async (t) => {
    const { images, content, stored } = store(t);
    const shared = await makeImage(content, ['shared'], [{ base: 'b' }]);
    const { digest, size } = await indexOf(
      content,
      ['web', 'web:2'],
      [hostPlatform(), { os: 'linux', architecture: 's390x' }],
    );
    assert.equal((await images.list()).find(({ name }) => name === 'web:latest')?.digest, digest);
    assert.ok(size > 0);
    assert.ok((await images.check()).isSound);
    await images.remove('web');
    assert.equal((await images.get('web:2')).layers.length, 2);
    await images.remove('web:2');
    assert.deepEqual(
      stored().layers,
      shared.layers.map(({ chainId }) => chainId.slice(7)),
    );
    assert.deepEqual((await images.check()).findings, []);
  });
});

/** An index of an image a platform, each with the layer of `shared` below. */
async function indexOf(
  content: ReturnType<typeof storeHouse>['content'],
  names: readonly string[],
  platforms: readonly Platform[],
) {
  const lease = await content.lease();
  const manifests = [];
  for (const platform of platforms) {
    const trees = [{ base: 'b' }, { arch: platform.architecture }];
    const { descriptor } = await makeImage(content, ['passing'], trees, { platform });
    manifests.push({ ...descriptor, platform });
  }
  const bytes = indexBytes({ mediaType: MEDIA.index, manifests });
  const descriptor = { mediaType: MEDIA.index, digest: await content.blobs.put(bytes), size: bytes.length };
  for (const name of names)
    await content.references.set(`docker.io/library/${name.includes(':') ? name : `${name}:latest`}`, descriptor);
  // The images themselves have no name but that of the index.
  await content.references.replace(content.references.entries().filter(({ name }) => /web|shared/.test(name ?? '')));
  await lease.close();
  return descriptor;
}

describe('pruning', () => {
  it('takes what has lost its name, and with all what no container uses', async (t) => {
    const { images, content, users, names, stored } = store(t);
    const old = await makeImage(content, ['web'], [{ base: 'b' }, { x: '1' }]);
    const current = await makeImage(content, ['web'], [{ base: 'b' }, { x: '2' }]);
    const used = await makeImage(content, ['used'], [{ y: '1' }]);
    users.set(used.id, ['db']);
    const preview = await images.prune({ dryRun: true });
    assert.deepEqual(preview.deleted, [old.id]);
    assert.equal(stored().layers.length, 4, 'a preview changes nothing');
    const pruned = await images.prune();
    assert.deepEqual(pruned, preview);
    assert.deepEqual(await names(), ['used:latest', 'web:latest']);
    const all = await images.prune({ all: true });
    assert.deepEqual([all.untagged, all.deleted], [['web:latest'], [current.id]]);
    assert.deepEqual(await names(), ['used:latest']);
    assert.deepEqual((await images.check()).findings, []);
    assert.deepEqual(await images.prune({ all: true }), { images: [], untagged: [], deleted: [], freedBytes: 0 });
  });

  it('keeps to a time and to labels', async (t) => {
    const { images, content, names } = store(t);
    const make = (name: string, created: string, labels: Record<string, string>) =>
      makeImage(content, [name], [{ name }], { created, config: { labels } });
    await make('old', '2020-01-01T00:00:00Z', { tier: 'test' });
    await make('new', '2026-01-01T00:00:00Z', { tier: 'test' });
    await make('prod', '2020-01-01T00:00:00Z', { tier: 'prod' });
    const until = Date.parse('2025-01-01');
    assert.deepEqual((await images.prune({ all: true, until, labels: ['tier=test'] })).untagged, ['old:latest']);
    assert.deepEqual((await images.prune({ all: true, withoutLabels: ['tier=prod'] })).untagged, ['new:latest']);
    assert.deepEqual((await images.prune({ all: true, labels: ['constructor'] })).untagged, []);
    assert.deepEqual(await names(), ['prod:latest']);
  });

  it('refuses to guess what a damaged image needs', async (t) => {
    const { images, content, stored, root } = store(t);
    const bad = await makeImage(content, ['bad'], [{ a: '1' }]);
    await content.blobs.put(Buffer.from('of nobody'));
    writeFileSync(content.blobs.path(bad.descriptor.digest), '{"schemaVersion":2}');
    const before = stored();
    await assert.rejects(createImages(root).prune(), refusal('STATE_CORRUPT'));
    assert.deepEqual(stored(), before);
    assert.ok(images);
  });
});

describe('an import that cannot be', () => {
  const endsWith = (bytes: Buffer) => bytes.subarray(0, 700);
  for (const [what, entries, change, code] of [
    ['no archive', TINY, () => Buffer.from('this is no archive'.repeat(100)), 'INVALID_VALUE'],
    ['an empty file', TINY, () => Buffer.alloc(0), 'INVALID_VALUE'],
    ['an archive of nothing', [], undefined, 'INVALID_VALUE'],
    ['half an archive', TINY, endsWith, 'INVALID_VALUE'],
    ['half of a gzip', TINY, (bytes: Buffer) => gzipSync(bytes).subarray(0, 80), 'INVALID_VALUE'],
    ['a damaged gzip', TINY, (bytes: Buffer) => gzipSync(bytes).fill(0x55, 20, 60), 'INVALID_VALUE'],
    [
      'xz',
      TINY,
      () => Buffer.concat([Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), Buffer.alloc(600)]),
      'NOT_SUPPORTED',
    ],
    ['names that lead out', [file('../x', 'x')], undefined, 'INVALID_VALUE'],
    [
      'a link out and a file through a hard link',
      [symlink('l', '/etc'), { path: 'h', type: 'hardlink', link: 'l/passwd' }],
      undefined,
      'INVALID_VALUE',
    ],
    ['a saved image', [file('manifest.json', '[]'), file('blob', 'x')], undefined, 'INVALID_VALUE'],
  ] as const) {
    it(`is refused and leaves nothing: ${what}`, async (t) => {
      const { images, write, stored } = store(t);
      await assert.rejects(images.import(await write(entries, change), 'bad'), refusal(code));
      assert.deepEqual(stored(), EMPTY);
      assert.deepEqual(await images.list(), []);
    });
  }

  it('says that a source is not there', async (t) => {
    await assert.rejects(
      store(t).images.import('/no/such/archive', 'x'),
      refusal('NO_SUCH_PATH', /\/no\/such\/archive/),
    );
  });

  it('stops at a bomb before the disk is full, and leaves nothing', async (t) => {
    const small = '/dev/shm/tscontain-test-small';
    mkdirSync(small, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=100m', 'small', small]);
    t.after(() => {
      execFileSync('umount', [small]);
      rmSync(small, { recursive: true });
    });
    const images = createImages(small);
    const { write } = store(t);
    const archive = await write([file('zeros', '\0'.repeat(60 * 1024 * 1024))], (bytes) => gzipSync(bytes));
    await assert.rejects(images.import(archive, 'bomb'), refusal('NO_SPACE'));
    assert.deepEqual(await images.list(), []);
    for (const place of ['layers', 'ingest', 'leases']) {
      const path = join(layout.images(small), place);
      assert.deepEqual(existsSync(path) ? readdirSync(path) : [], []);
    }
  });
});

describe('a store that was left in the middle', () => {
  it('is cleared by the next import, and not under one that goes on', async (t) => {
    const { root, images, write, stored, directory: place } = store(t);
    mkdirSync(join(place, 'layers/.new-left/diff'), { recursive: true });
    // A writer that never ends: its import stays open while another one clears.
    const fifo = join(root, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const writer = spawn('sh', ['-c', `exec 3>${fifo}; head -c 100 /dev/zero >&3; exec sleep 30`]);
    const slow = images.import(fifo, 'slow').catch((error: unknown) => error);
    const going = (): string[] =>
      stored().layers.filter((name) => name.startsWith('.new-') && name !== '.new-left' && !name.endsWith('.lock'));
    await eventually(() => assert.equal(going().length, 1));
    const [name] = going();
    await images.import(await write(), 'tiny');
    assert.ok(!existsSync(join(place, 'layers/.new-left')));
    assert.deepEqual(going(), [name], 'the import that goes on has kept its directory');
    writer.kill('SIGKILL');
    refusal('INVALID_VALUE')(await slow);
    assert.deepEqual(going(), []);
    assert.deepEqual((await images.check()).findings, []);
  });

  it('whose names are cut short says so, keeps everything, and is repaired', async (t) => {
    const { images, content, root } = store(t);
    const { id } = await makeImage(content, ['web'], [{ a: '1' }]);
    const index = join(content.directory, 'index.json');
    writeFileSync(index, readFileSync(index).subarray(0, 50));
    await assert.rejects(images.list(), refusal('STATE_CORRUPT', /index\.json/));
    await assert.rejects(images.prune(), refusal('STATE_CORRUPT'));
    await assert.rejects(images.tag('web', 'x'), refusal('STATE_CORRUPT'));
    assert.equal((await images.check()).isSound, false);
    assert.ok((await images.check({ repair: true })).isSound);
    const [found] = await createImages(root).list();
    assert.deepEqual([found?.id, found?.name], [id, id]);
    assert.ok(readdirSync(content.directory).some((name) => name.startsWith('index.json.damaged-')));
  });
});
