// What an archive's documents say that it holds: every form there is, several platforms, and documents that contradict each other.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestOfName, linkedName, partName } from '../../../../src/engine/image/archive/part-name.js';
import { planImages, requireLayers, type PlannedImage } from '../../../../src/engine/image/archive/plan.js';
import { followLinks, type SavedParts } from '../../../../src/engine/image/archive/saved-parts.js';
import type { Platform } from '../../../../src/engine/image/oci.js';
import { refusal } from '../../../support/refusal.js';
import {
  blobPath,
  blobsOf,
  described,
  digestOf,
  dockerArchive,
  makeImage,
  mixedArchive,
  OCI,
  ociArchive,
  oldArchive,
  type Archive,
  type MadeImage,
} from '../../../support/saved-images.js';

function partsOf(archive: Archive): SavedParts {
  const bytesOf = (name: string): Buffer | undefined => {
    const part = archive.get(name);
    return part === undefined || !Buffer.isBuffer(part) ? undefined : part;
  };
  return {
    find(name) {
      const bytes = bytesOf(name);
      const digest = digestOfName(name);
      return bytes === undefined ? undefined : { size: bytes.length, ...(digest === undefined ? {} : { digest }) };
    },
    async *bytes(name) {
      yield await Promise.resolve(bytesOf(name)!);
    },
    close: () => Promise.resolve(),
  };
}

async function plan(archive: Archive, platform?: Platform): Promise<PlannedImage[]> {
  const parts = partsOf(archive);
  const images = await planImages(parts, platform === undefined ? {} : { platform });
  requireLayers(parts, images);
  return images;
}

const change = (archive: Archive, name: string, edit: (value: never) => unknown): Archive => {
  const bytes = archive.get(name) as Buffer;
  return new Map([...archive, [name, Buffer.from(JSON.stringify(edit(JSON.parse(bytes.toString()) as never)))]]);
};

const diffIdsOf = ({ layers }: MadeImage) => layers.map(({ tar }) => digestOf(tar));

describe('names in an archive', () => {
  it('are looked up without what says nothing', () => {
    assert.equal(partName('./a//b/'), 'a/b');
    for (const path of ['/etc/passwd', '../x', 'a/../../x', 'a/..', 'a\0b'])
      assert.throws(() => partName(path), refusal('INVALID_VALUE', /leads out/), path);
  });

  it('promise a digest where they are one', () => {
    const hex = 'a'.repeat(64);
    assert.equal(digestOfName(`blobs/sha256/${hex}`), `sha256:${hex}`);
    for (const name of [`blobs/sha512/${hex}`, `blobs/sha256/${hex}x`, `${hex}.json`, `x/blobs/sha256/${hex}`])
      assert.equal(digestOfName(name), undefined, name);
  });

  it('of links stay inside and end', () => {
    assert.equal(linkedName('b/layer.tar', '../a/layer.tar', 'symlink'), 'a/layer.tar');
    assert.equal(linkedName('b/layer.tar', 'a/layer.tar', 'hardlink'), 'a/layer.tar');
    for (const link of ['/etc/passwd', '../../x', 'a\0'])
      assert.throws(() => linkedName('b/c', link, 'symlink'), refusal('INVALID_VALUE', /leads out/), link);
    const circle = new Map([
      ['a', 'b'],
      ['b', 'a'],
    ]);
    assert.throws(() => followLinks('a', circle), refusal('INVALID_VALUE', /leads to no part/));
    assert.equal(followLinks('c', circle), 'c');
  });
});

describe('an archive of Docker', () => {
  it('names its parts in manifest.json', async () => {
    const image = await makeImage();
    const [found, ...others] = await plan(dockerArchive(image, ['tiny:1', 'other/tiny:2', 'Not A Name']));
    assert.equal(others.length, 0);
    assert.deepEqual(found!.names, ['docker.io/library/tiny:1', 'docker.io/other/tiny:2']);
    assert.deepEqual(
      found!.layers.map(({ diffId }) => diffId),
      diffIdsOf(image),
    );
    assert.deepEqual(found!.configuration([]), image.configuration);
    assert.equal(found!.manifest, undefined);
  });

  it('of both forms keeps the digest of its manifest, and has its names once', async () => {
    const image = await makeImage({ packing: 'gzip' });
    const images = await plan(mixedArchive(image, ['tiny:1', 'tiny:2']));
    assert.equal(images.length, 1);
    assert.deepEqual(images[0]!.names, ['docker.io/library/tiny:1', 'docker.io/library/tiny:2']);
    assert.deepEqual(images[0]!.manifest?.bytes, image.manifest);
  });

  it('of before 1.10 has layers that stand on each other', async () => {
    const image = await makeImage();
    const [found] = await plan(oldArchive(image, 'tiny', 'old'));
    assert.deepEqual(found!.names, ['docker.io/library/tiny:old']);
    assert.equal(found!.layers.length, 3);
    const configuration = JSON.parse(found!.configuration(diffIdsOf(image)).toString()) as {
      rootfs: { diff_ids: string[] };
      config: { Cmd: string[] };
      history: { created_by: string }[];
      id?: string;
    };
    assert.deepEqual(configuration.rootfs.diff_ids, diffIdsOf(image));
    assert.deepEqual(configuration.config.Cmd, ['/bin/hello']);
    assert.deepEqual(
      configuration.history.map(({ created_by }) => created_by),
      ['/bin/sh -c step 0', '/bin/sh -c step 1', '/bin/sh -c step 2'],
    );
    assert.equal(configuration.id, undefined);
  });

  it('of before 1.10 whose layers stand in a circle is refused', async () => {
    const archive = oldArchive(await makeImage(), 'tiny', 'old');
    const top = [...archive.keys()].filter((name) => name.endsWith('/json')).at(-1)!;
    const first = [...archive.keys()].find((name) => name.endsWith('/json'))!;
    const circle = change(archive, first, (value: object) => ({ ...value, parent: top.split('/')[0] }));
    await assert.rejects(plan(circle), refusal('INVALID_VALUE', /stands on itself/));
  });
});

describe('an OCI archive', () => {
  it('has names in annotations, whole or not', async () => {
    const image = await makeImage();
    const named = async (name?: string) =>
      (await plan(ociArchive([{ image, ...(name === undefined ? {} : { name }) }])))[0]!.names;
    assert.deepEqual(await named('localhost:5000/team/tiny:1'), ['localhost:5000/team/tiny:1']);
    assert.deepEqual(await named('tiny'), ['docker.io/library/tiny:latest']);
    assert.deepEqual(await named('latest'), [], 'a tag alone names nothing');
    assert.deepEqual(await named('Not A Name'), []);
    assert.deepEqual(await named(), []);
  });

  it('for several platforms gives the one that is asked for, or says which there are', async () => {
    const images = await Promise.all(['amd64', 'arm64'].map((architecture) => makeImage({ architecture })));
    const index = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: OCI.index,
        manifests: [
          ...images.map(({ manifest }, i) =>
            described(OCI.manifest, manifest, { platform: { os: 'linux', architecture: ['amd64', 'arm64'][i] } }),
          ),
          described(OCI.manifest, Buffer.from('{}'), { platform: { os: 'unknown', architecture: 'unknown' } }),
        ],
      }),
    );
    const archive: Archive = new Map([...images.flatMap((image) => [...blobsOf(image)]), [blobPath(index), index]]);
    archive.set(
      'index.json',
      Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [described(OCI.index, index)] })),
    );
    const asked = (architecture: string) => plan(archive, { os: 'linux', architecture });
    for (const [i, architecture] of ['amd64', 'arm64'].entries())
      assert.deepEqual((await asked(architecture))[0]!.manifest!.bytes, images[i]!.manifest);
    await assert.rejects(asked('s390x'), refusal('NOT_SUPPORTED', /linux\/s390x.*linux\/amd64, linux\/arm64/));
    // Whoever saves one platform keeps the index of all.
    archive.delete(blobPath(images[0]!.manifest));
    assert.deepEqual((await plan(archive))[0]!.manifest!.bytes, images[1]!.manifest);
    await assert.rejects(asked('amd64'), refusal('NOT_SUPPORTED', /linux\/amd64/));
  });

  it('for another platform than the one that is asked for is refused', async () => {
    const archive = ociArchive([{ image: await makeImage({ architecture: 'arm64' }) }]);
    await assert.rejects(
      plan(archive, { os: 'linux', architecture: 'amd64' }),
      refusal('NOT_SUPPORTED', /linux\/arm64/),
    );
    assert.equal((await plan(archive)).length, 1, 'without being asked for it is taken as it is');
  });

  it('with an index in an index in an index in an index is refused', async () => {
    const image = await makeImage();
    const archive = ociArchive([{ image }]);
    let inner = described(OCI.manifest, image.manifest);
    for (let depth = 0; depth < 4; depth++) {
      const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [inner] }));
      archive.set(blobPath(bytes), bytes);
      inner = described(OCI.index, bytes);
    }
    archive.set('index.json', Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [inner] })));
    await assert.rejects(plan(archive), refusal('INVALID_VALUE', /an index in an index/));
  });
});

describe('documents that cannot be', async () => {
  const image = await makeImage();
  const oci = ociArchive([{ image, name: 'tiny:1' }]);
  const docker = dockerArchive(image, ['tiny:1']);
  const without = (archive: Archive, name: string): Archive => new Map([...archive].filter(([each]) => each !== name));
  const withPart = (archive: Archive, name: string, text: string): Archive =>
    new Map([...archive, [name, Buffer.from(text)]]);
  const layerName = [...docker.keys()][0]!;
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

  for (const [what, archive, code, words] of [
    ['none at all', new Map([['etc/passwd', Buffer.from('x')]]), 'INVALID_VALUE', /no image/],
    ['a list that is none', withPart(docker, 'manifest.json', '{}'), 'INVALID_VALUE', /manifest\.json/],
    ['an image that is none', withPart(docker, 'manifest.json', '[7]'), 'INVALID_VALUE', /manifest\.json/],
    [
      'layers that are none',
      withPart(docker, 'manifest.json', '[{"Config":"x","Layers":"y"}]'),
      'INVALID_VALUE',
      /Layers/,
    ],
    ['no JSON', withPart(docker, 'manifest.json', '[{'), 'INVALID_VALUE', /JSON/],
    ['JSON 100,000 deep', withPart(docker, 'manifest.json', deep), 'INVALID_VALUE', /deep/],
    ['a configuration 100,000 deep', withPart(docker, [...docker.keys()][3]!, deep), 'INVALID_VALUE', /deep/],
    ['an index 100,000 deep', withPart(oci, 'index.json', deep), 'INVALID_VALUE', /deep/],
    ['5 MB of it', withPart(docker, 'manifest.json', `[${' '.repeat(5_000_000)}]`), 'INVALID_VALUE', /5000002 bytes/],
    ['a layer that is not there', without(docker, layerName), 'INVALID_VALUE', /layer 1 of 3/],
    ['a blob that is not there', without(oci, blobPath(image.layers[1]!.blob)), 'INVALID_VALUE', /layer 2 of 3/],
    [
      'a configuration that is not there',
      without(oci, blobPath(image.configuration)),
      'INVALID_VALUE',
      /configuration/,
    ],
    ['a manifest that is not there', without(oci, blobPath(image.manifest)), 'INVALID_VALUE', /manifest/],
    [
      'a manifest of another digest',
      withPart(oci, blobPath(image.manifest), '{"schemaVersion":2}'),
      'DIGEST_MISMATCH',
      /not what its name says/,
    ],
    [
      'a layer of another size',
      withPart(oci, blobPath(image.layers[0]!.blob), 'x'),
      'INVALID_VALUE',
      /its manifest says/,
    ],
    [
      'more layers than the configuration tells of',
      change(docker, 'manifest.json', ([item]: [{ Layers: string[] }]) => [
        { ...item, Layers: [...item.Layers, layerName] },
      ]),
      'INVALID_VALUE',
      /4 layers.*tells of 3/,
    ],
    [
      'a path that leads out',
      change(docker, 'manifest.json', ([item]: [object]) => [{ ...item, Config: '../../etc/passwd' }]),
      'INVALID_VALUE',
      /leads out/,
    ],
    [
      'an absolute layer',
      change(docker, 'manifest.json', ([item]: [{ Layers: string[] }]) => [
        { ...item, Layers: ['/etc/passwd', ...item.Layers.slice(1)] },
      ]),
      'INVALID_VALUE',
      /leads out/,
    ],
    ['a manifest for an index', withPart(oci, 'index.json', image.manifest.toString()), 'INVALID_VALUE', /manifest/],
    [
      'an index of nothing',
      withPart(oci, 'index.json', '{"schemaVersion":2,"manifests":[]}'),
      'INVALID_VALUE',
      /no image/,
    ],
  ] as const) {
    it(`are refused in one sentence: ${what}`, () => assert.rejects(plan(archive), refusal(code, words)));
  }
});
