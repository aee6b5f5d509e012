// What the image store is made of: blobs that are whole or not there, downloads that go on where they ended, names that change at
// once, leases that hold.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { UnpackLayer } from '../../../src/engine/image/content/layers.js';
import { openContent } from '../../../src/engine/image/content/open.js';
import { chainIdOf, chainIdsOf, digestOf, hexOf } from '../../../src/engine/image/digest.js';
import { unpackLayer } from '../../../src/engine/image/layer/unpack-layer.js';
import { manifestBytes } from '../../../src/engine/image/oci-write.js';
import { MEDIA, type Descriptor, type Digest } from '../../../src/engine/image/oci.js';
import { refusal } from '../../support/refusal.js';
import { smallDisk } from '../../support/mounted.js';
import { fill, makeImage, storeHouse } from '../../support/store-house.js';
import { directory, file, linesOf, tarBytes, type Wanted } from '../../support/trees.js';

const bytesOf = (length: number, seed = 7): Buffer =>
  Buffer.from(Array.from({ length }, (_, i) => (i * seed + 3) % 251));
const wantedOf = (bytes: Buffer) => ({ digest: digestOf(bytes), size: bytes.length });

describe('a blob', () => {
  it('is there by its digest when it is whole, and is read only as what it is', async (t) => {
    const { content, directory } = storeHouse(t);
    const digest = await content.blobs.put(Buffer.from('hello'));
    assert.equal(digest, digestOf('hello'));
    assert.deepEqual([content.blobs.has(digest), content.blobs.size(digest)], [true, 5]);
    assert.equal((await content.blobs.read(digest)).toString(), 'hello');
    assert.equal(await content.blobs.put(Buffer.from('hello')), digest);
    assert.equal(content.blobs.path(digest), join(directory, 'blobs/sha256', hexOf(digest)));
    assert.deepEqual(readdirSync(join(directory, 'ingest')), []);
    await assert.rejects(content.blobs.read(digest, 4), refusal('INVALID_VALUE', /5 bytes/));
    writeFileSync(content.blobs.path(digest), 'hallo');
    await assert.rejects(content.blobs.read(digest), refusal('STATE_CORRUPT', /damaged/));
    await assert.rejects(content.blobs.read(digestOf('other')), refusal('NO_SUCH_PATH'));
  });

  it('of unknown digest is there when it is committed, and leaves nothing when it is not', async (t) => {
    const { content, directory } = storeHouse(t);
    const kept = await content.blobs.create();
    await kept.write(Buffer.from('he'));
    await kept.write(Buffer.from('llo'));
    assert.deepEqual(await kept.commit(), { digest: digestOf('hello'), size: 5 });
    await kept.close();
    const dropped = await content.blobs.create();
    await dropped.write(Buffer.from('x'));
    await dropped.close();
    assert.deepEqual(readdirSync(join(directory, 'ingest')), []);
    assert.deepEqual(readdirSync(join(directory, 'blobs/sha256')), [hexOf(digestOf('hello'))]);
  });
});

describe('a download', () => {
  it('goes on where the one before it ended', async (t) => {
    const { content, root } = storeHouse(t);
    const bytes = bytesOf(100_000);
    const first = await content.blobs.ingest(wantedOf(bytes));
    await first!.write(bytes.subarray(0, 60_000));
    await first!.close();
    const { content: later } = storeHouse(t, root);
    const second = await later.blobs.ingest(wantedOf(bytes));
    assert.equal(second!.offset, 60_000);
    await second!.write(bytes.subarray(60_000));
    await second!.commit();
    await second!.close();
    assert.ok((await later.blobs.read(digestOf(bytes))).equals(bytes));
    assert.equal(await content.blobs.ingest(wantedOf(bytes)), undefined);
  });

  it('may begin anew', async (t) => {
    const { content } = storeHouse(t);
    const bytes = bytesOf(1000);
    const ingest = await content.blobs.ingest(wantedOf(bytes));
    await ingest!.write(bytes.subarray(0, 10));
    await ingest!.restart();
    assert.equal(ingest!.offset, 0);
    await ingest!.write(bytes);
    await ingest!.commit();
    await ingest!.close();
    assert.ok(content.blobs.has(digestOf(bytes)));
  });

  for (const [what, came, verified] of [
    ['other bytes', bytesOf(1000, 11), undefined],
    ['other bytes, as who read them says', bytesOf(1000), digestOf('other')],
  ] as const) {
    it(`is deleted when it brings ${what}`, async (t) => {
      const { content, directory } = storeHouse(t);
      const bytes = bytesOf(1000);
      const ingest = await content.blobs.ingest(wantedOf(bytes));
      await ingest!.write(came);
      await assert.rejects(ingest!.commit(verified), refusal('DIGEST_MISMATCH', /sha256/));
      await ingest!.close();
      assert.deepEqual([content.blobs.has(digestOf(bytes)), readdirSync(join(directory, 'ingest'))], [false, []]);
    });
  }

  it('is refused more than it said, and kept when there is less', async (t) => {
    const { content } = storeHouse(t);
    const bytes = bytesOf(1000);
    const ingest = await content.blobs.ingest(wantedOf(bytes));
    await ingest!.write(bytes.subarray(0, 900));
    await assert.rejects(ingest!.write(bytes), refusal('INVALID_VALUE', /1000 bytes/));
    await assert.rejects(ingest!.commit(), refusal('DIGEST_MISMATCH', /900 bytes instead of 1000/));
    await ingest!.close();
    const again = await content.blobs.ingest(wantedOf(bytes));
    assert.equal(again!.offset, 900);
    await again!.close();
  });

  it('that is larger than it should be, from an earlier try, is not taken', async (t) => {
    const { content, directory } = storeHouse(t);
    const bytes = bytesOf(100);
    await (await content.blobs.create()).close();
    writeFileSync(join(directory, 'ingest', hexOf(digestOf(bytes))), bytesOf(200));
    const ingest = await content.blobs.ingest(wantedOf(bytes));
    await assert.rejects(ingest!.commit(), refusal('DIGEST_MISMATCH'));
    await ingest!.close();
    assert.ok(!content.blobs.has(digestOf(bytes)));
  });

  it('is filled by one and awaited by the others, who take over when that one gives up', async (t) => {
    const { content, root } = storeHouse(t);
    const bytes = bytesOf(5000);
    const first = await content.blobs.ingest(wantedOf(bytes));
    await first!.write(bytes.subarray(0, 2000));
    const others = [storeHouse(t, root), storeHouse(t, root)].map(({ content: other }) =>
      other.blobs.ingest(wantedOf(bytes)).then(async (ingest) => {
        const offset = ingest?.offset;
        await ingest?.write(bytes.subarray(offset));
        await ingest?.commit();
        await ingest?.close();
        return offset;
      }),
    );
    await delay(100);
    await first!.close();
    const offsets = await Promise.all(others);
    assert.deepEqual(offsets.sort(), [2000, undefined], 'one took over where it ended, the other found it done');
  });

  it('is given up while it waits', async (t) => {
    const { content } = storeHouse(t);
    const bytes = bytesOf(10);
    const first = await content.blobs.ingest(wantedOf(bytes));
    const abort = new AbortController();
    const waiting = content.blobs.ingest(wantedOf(bytes), abort.signal);
    setTimeout(() => abort.abort(new Error('enough')), 30);
    await assert.rejects(waiting);
    await first!.close();
  });
});

describe('a layer', () => {
  it('is the same for who makes it again, and goes by the chain of those below it', async (t) => {
    const { content } = storeHouse(t);
    const one = await makeImage(content, ['one'], [{ 'bin/sh': 'sh' }, { 'etc/name': 'one' }]);
    const two = await makeImage(content, ['two'], [{ 'bin/sh': 'sh' }, { 'etc/name': 'two' }]);
    const [lower, upper] = one.layers;
    const configuration = content.documents.configuration(`sha256:${one.id}`);
    assert.deepEqual(chainIdsOf(configuration!.diffIds), [lower!.chainId, upper!.chainId]);
    assert.equal(chainIdOf(lower!.chainId, configuration!.diffIds[1]!), upper!.chainId);
    assert.deepEqual(linesOf(content.layers.get(upper!.chainId)!.tree), ['d etc/', 'f etc/name one']);
    assert.equal(content.layers.get(lower!.chainId)!.sizeBytes, 2);
    assert.equal(two.layers.length, 2);
  });

  it('that was not brought to the disk is not trusted after a reboot, and made again in its place', async (t) => {
    const { content, root } = storeHouse(t);
    const make = async () => {
      const staged = await content.layers.stage();
      fill(staged.tree, { file: 'text' });
      const { layer } = await content.layers.adopt(staged);
      await staged.close();
      return layer;
    };
    const { chainId } = await make();
    const place = join(root, 'images/layers', hexOf(chainId));
    const text = readFileSync(join(place, 'layer.json'), 'utf8');
    writeFileSync(join(place, 'layer.json'), text.replace(/"boot":"[^"]*"/, '"boot":"another"'));
    rmSync(join(place, 'diff/file'));
    assert.equal(openContent(content.directory).layers.get(chainId), undefined);
    assert.equal((await make()).chainId, chainId);
    assert.deepEqual(linesOf(content.layers.get(chainId)!.tree), ['f file text']);
    await content.layers.settle();
    assert.ok(existsSync(join(place, 'durable')));
    assert.deepEqual(readdirSync(join(root, 'images/layers')), [hexOf(chainId)]);
  });
});

describe('a disk that is full', () => {
  it('keeps what was whole, nothing that is half, and what is on its way for the next try', async (t) => {
    const disk = smallDisk(t, '8m');
    const { content, images, directory: place } = storeHouse(t, disk.path);
    await makeImage(content, ['web'], [{ a: '1' }]);
    disk.fill();
    const large = bytesOf(3 * 1024 * 1024);
    await assert.rejects(content.blobs.put(large), refusal('NO_SPACE', /write/));
    await assert.rejects(makeImage(content, ['web'], [{ large: large.toString('latin1') }]), /ENOSPC|NO_SPACE|space/);
    const ingest = await content.blobs.ingest(wantedOf(large));
    await assert.rejects(ingest!.write(large), refusal('NO_SPACE', /write/));
    await ingest!.close();
    assert.deepEqual(readdirSync(join(place, 'leases')), []);
    assert.deepEqual(
      (await images.check()).findings.filter(({ kind }) => kind === 'damage'),
      [],
    );
    assert.equal((await images.list()).length, 1);
    disk.empty();
    const again = await content.blobs.ingest(wantedOf(large));
    await again!.write(large.subarray(again!.offset));
    await again!.commit();
    await again!.close();
    assert.ok(content.blobs.has(digestOf(large)));
    await images.prune();
    assert.deepEqual((await images.check()).findings, []);
  });
});

describe('a packed layer', () => {
  const packed = async (content: ReturnType<typeof openContent>, ...entries: readonly Wanted[]) => {
    const tar = await tarBytes(...entries);
    const bytes = gzipSync(tar);
    const descriptor = { mediaType: MEDIA.layerGzip, digest: await content.blobs.put(bytes), size: bytes.length };
    return { descriptor, diffId: digestOf(tar) };
  };

  it('is unpacked by one of all who want it, and the others have it too', async (t) => {
    const { content, directory: place } = storeHouse(t);
    const source = await packed(content, file('a', 'text'));
    let times = 0;
    const counting: UnpackLayer = async (wanted) => {
      times += 1;
      await delay(50);
      return unpackLayer(wanted);
    };
    const stores = [1, 2, 3].map(() => openContent(place, counting));
    const layers = await Promise.all(stores.map((store) => store.layers.unpack(source)));
    assert.equal(times, 1);
    for (const layer of layers) assert.deepEqual(layer, layers[0]);
    assert.deepEqual(linesOf(layers[0]!.tree), ['f a text']);
    assert.deepEqual(readdirSync(join(place, 'layers')), [hexOf(source.diffId)]);
  });

  it('that cannot be unpacked leaves nothing, and the next one who waits tries', async (t) => {
    const { content, directory: place } = storeHouse(t);
    const source = await packed(content, file('a', 'text'));
    let times = 0;
    const failing: UnpackLayer = (wanted) => {
      times += 1;
      if (times === 2) return unpackLayer(wanted);
      writeFileSync(join(wanted.tree, 'half'), '');
      return Promise.reject(new Error('enough'));
    };
    const stores = [openContent(place, failing), openContent(place, failing)];
    const outcomes = await Promise.allSettled(stores.map((store) => store.layers.unpack(source)));
    assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    assert.deepEqual(readdirSync(join(place, 'layers')), [hexOf(source.diffId)]);
  });

  it('of another content than it said is refused', async (t) => {
    const { content, directory: place } = storeHouse(t);
    const source = await packed(content, file('a', 'text'));
    const other = digestOf('other');
    await assert.rejects(content.layers.unpack({ ...source, diffId: other }), refusal('DIGEST_MISMATCH'));
    assert.deepEqual(readdirSync(join(place, 'layers')), []);
    assert.equal((await content.layers.unpack({ descriptor: source.descriptor })).diffId, source.diffId);
  });

  it('is finished when those below it are there, in whatever order they came', async (t) => {
    const { content } = storeHouse(t);
    const lease = await content.lease();
    const lower = await packed(content, directory('tmp', 0o1777), directory('root', 0o700));
    const upper = await packed(content, file('tmp/x', 'x'), file('root/y', 'y'));
    const above = await content.layers.unpack({ ...upper, parent: lower.diffId });
    const modeOf = (name: string): number => statSync(join(above.tree, name)).mode & 0o7777;
    assert.notEqual(modeOf('tmp'), 0o1777);
    await content.layers.settle();
    assert.ok(!existsSync(join(dirname(above.tree), 'durable')), 'it waits for the one below');
    await content.layers.unpack(lower);
    await content.layers.settle();
    assert.deepEqual([modeOf('tmp'), modeOf('root')], [0o1777, 0o700]);
    assert.ok(existsSync(join(dirname(above.tree), 'durable')));
    await lease.close();
  });
});

describe('a name', () => {
  const manifestIn = async (content: ReturnType<typeof openContent>, letter: string): Promise<Descriptor> => {
    const config = { mediaType: MEDIA.config, digest: digestOf(letter), size: 1 };
    const bytes = manifestBytes({ mediaType: MEDIA.manifest, config, layers: [] });
    return { mediaType: MEDIA.manifest, digest: await content.blobs.put(bytes), size: bytes.length };
  };

  it('is kept in index.json as other tools read it, and in full', async (t) => {
    const { content, directory } = storeHouse(t);
    const descriptor = await manifestIn(content, 'a');
    await content.references.set('docker.io/library/web:1', descriptor);
    const index = JSON.parse(readFileSync(join(directory, 'index.json'), 'utf8')) as { manifests: object[] };
    assert.deepEqual(index.manifests, [
      { ...descriptor, annotations: { 'org.opencontainers.image.ref.name': 'docker.io/library/web:1' } },
    ]);
    assert.equal(readFileSync(join(directory, 'oci-layout'), 'utf8'), '{"imageLayoutVersion":"1.0.0"}');
    assert.deepEqual(content.references.list(), [{ name: 'docker.io/library/web:1', descriptor }]);
  });

  it('that moves on leaves what it stood for without one', async (t) => {
    const { content } = storeHouse(t);
    const [a, b] = [await manifestIn(content, 'a'), await manifestIn(content, 'b')];
    await content.references.set('docker.io/library/web:1', a);
    await content.references.set('docker.io/library/web:1', b);
    const names = () => content.references.entries().map(({ name, descriptor }) => [name, descriptor.digest]);
    assert.deepEqual(
      names().sort(),
      [
        [undefined, a.digest],
        ['docker.io/library/web:1', b.digest],
      ].sort(),
    );
    await content.references.set('docker.io/library/web:2', a);
    assert.equal(names().length, 2, 'it has a name again');
    await content.references.delete('docker.io/library/web:2');
    await content.references.add(a);
    assert.equal(names().filter(([name]) => name === undefined).length, 1);
  });

  it('of another tool is understood, whatever form it has', async (t) => {
    const { content, directory } = storeHouse(t);
    const descriptor = await manifestIn(content, 'a');
    await content.references.add(descriptor);
    const named = (name: string) => ({ ...descriptor, annotations: { 'org.opencontainers.image.ref.name': name } });
    const manifests = [
      named('latest'),
      named('debian:12'),
      named('../../etc'),
      named('\u001b]0;x'),
      named('debian:12'),
    ];
    writeFileSync(join(directory, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
    assert.deepEqual(
      content.references.list().map(({ name }) => name),
      ['docker.io/library/latest:latest', 'docker.io/library/debian:12'],
    );
  });

  it('is not given to what was pruned meanwhile', async (t) => {
    const { content } = storeHouse(t);
    const absent: Descriptor = { mediaType: MEDIA.manifest, digest: digestOf('absent'), size: 6 };
    await assert.rejects(
      content.references.set('docker.io/library/web:1', absent),
      refusal('NO_SUCH_IMAGE', /removed/),
    );
    assert.deepEqual(content.references.list(), []);
  });

  it('is set by many at once, and all of them are there', async (t) => {
    const { content, root } = storeHouse(t);
    const descriptor = await manifestIn(content, 'a');
    const stores = [content, storeHouse(t, root).content, storeHouse(t, root).content];
    const names = Array.from({ length: 30 }, (_, i) => `docker.io/library/web:${i}`);
    await Promise.all(names.map((name, i) => stores[i % 3]!.references.set(name, descriptor)));
    assert.deepEqual(
      content.references
        .list()
        .map(({ name }) => name)
        .sort(),
      names.sort(),
    );
  });
});

describe('a lease', () => {
  it('holds what was added, and what its process puts into the store', async (t) => {
    const { content, images, root } = storeHouse(t);
    const other = storeHouse(t, root);
    const before = await content.blobs.put(Buffer.from('before'));
    const lease = await content.lease();
    await lease.add(before);
    const during = await content.blobs.put(Buffer.from('during'));
    const foreign = await other.content.blobs.put(Buffer.from('of nobody'));
    await other.images.prune();
    const there = (digest: Digest) => content.blobs.has(digest);
    assert.deepEqual([before, during, foreign].map(there), [true, true, false]);
    await lease.close();
    assert.equal((await images.prune()).freedBytes, 'before'.length + 'during'.length);
    assert.deepEqual(readdirSync(join(content.directory, 'leases')), []);
  });

  it('of a manifest holds all that it leads to', async (t) => {
    const { content, images, users } = storeHouse(t);
    const made = await makeImage(content, ['web'], [{ a: 'a' }]);
    const lease = await content.lease();
    await lease.add(made.descriptor.digest);
    await images.remove('web');
    assert.ok(content.blobs.has(made.layers[0]!.blob));
    assert.ok(content.blobs.has(`sha256:${made.id}`));
    assert.ok(content.layers.get(made.layers[0]!.chainId));
    await lease.close();
    await images.prune();
    assert.ok(!content.blobs.has(made.layers[0]!.blob));
    assert.equal(users.size, 0);
  });

  it('whose process has ended holds nothing', async (t) => {
    const { content, images } = storeHouse(t);
    const digest = await content.blobs.put(Buffer.from('left'));
    await (await content.lease()).close();
    writeFileSync(join(content.directory, 'leases/dead'), `${digest}\n`);
    await images.prune();
    assert.deepEqual([content.blobs.has(digest), readdirSync(join(content.directory, 'leases'))], [false, []]);
  });
});
