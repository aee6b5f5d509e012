// Pull and push with Debian's docker-registry, the real one, and with skopeo on its other side.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { digestOf } from '../../../src/engine/image/digest.js';
import { readManifestOrIndex } from '../../../src/engine/image/oci-read.js';
import { MEDIA } from '../../../src/engine/image/oci.js';
import { takenFrom } from '../../../src/engine/image/origin.js';
import { imageName } from '../../../src/engine/image/reference.js';
import { createImages } from '../../../src/engine/image/store.js';
import { noDockerRegistry, noSkopeo, startDockerRegistry } from '../../support/docker-registry.js';
import { descriptorOf, goArchitecture, imageBytes, indexOf, type ImageBytes } from '../../support/image-bytes.js';
import { Pulling } from '../../support/pulling.js';
import { refusal } from '../../support/refusal.js';
import { makeImage } from '../../support/store-house.js';
import { directory, file, symlink } from '../../support/trees.js';

const run = promisify(execFile);
const TREES = [
  ['d etc/', 'f etc/name lower'],
  ['d etc/', 'f etc/name upper', 'f hello hello'],
];

/** Puts an image into a store by hand. */
async function keep({ content }: Pulling, image: ImageBytes, name: string): Promise<void> {
  for (const { bytes } of [image.manifest, image.config, ...image.layers]) await content.blobs.put(bytes);
  const platform = { os: 'linux', architecture: goArchitecture() };
  await content.references.set(
    imageName(name),
    takenFrom(image.manifest.digest, { ...descriptorOf(image.manifest), platform }),
  );
}

/** Requests of a kind in the registry's own log. */
const requests = (log: string, words: RegExp): number => log.split('\n').filter((line) => words.test(line)).length;

describe('a real registry', { skip: noDockerRegistry }, () => {
  it('takes an image and gives it back to another store, the same to the byte', async (t) => {
    const { host } = await startDockerRegistry(t);
    const [here, there] = [new Pulling(t), new Pulling(t)];
    const image = await imageBytes();
    const name = `${host}/team/web:1`;
    await keep(here, image, name);
    const pushed = await here.push(name);
    assert.deepEqual(pushed, { name, digest: image.manifest.digest, size: image.manifest.bytes.length });
    const pulled = await there.pull(name);
    assert.equal(pulled.digest, image.manifest.digest);
    assert.equal(`sha256:${pulled.id}`, image.config.digest);
    assert.equal(pulled.isUpToDate, false);
    assert.deepEqual(await there.trees(name), TREES);
    for (const { digest, bytes } of [image.manifest, image.config, ...image.layers]) {
      assert.ok((await there.content.blobs.read(digest)).equals(bytes));
    }
    assert.deepEqual(there.stored().ingests, []);
    assert.deepEqual(there.stored().leases, []);

    const again = await there.pull(name);
    assert.equal(again.isUpToDate, true);
    assert.equal(again.id, pulled.id);
    const byDigest = await there.pull(`${host}/team/web@${image.manifest.digest}`);
    assert.deepEqual([byDigest.id, byDigest.isUpToDate], [pulled.id, false]);
    assert.equal((await there.pull(`${host}/team/web@${image.manifest.digest}`)).isUpToDate, true);
  });

  it('is not sent what it has, and takes over what it has elsewhere', async (t) => {
    const { host, log } = await startDockerRegistry(t);
    const here = new Pulling(t);
    const image = await imageBytes();
    await keep(here, image, `${host}/team/web:1`);
    await here.push(`${host}/team/web:1`);
    const uploads = /"PUT \/v2\/[^ ]*\/blobs\/uploads\//;
    assert.equal(requests(log(), uploads), 3, 'two layers and the configuration');
    await here.name(`${host}/team/web:1`, `${host}/team/web:2`);
    here.events.length = 0;
    await here.push(`${host}/team/web:2`);
    assert.equal(requests(log(), uploads), 3, 'nothing of it again under another tag');
    assert.ok(here.events.some(({ what, phase }) => what === 'layer' && phase === 'there'));
    await here.name(`${host}/team/web:1`, `${host}/other/place:1`);
    await here.push(`${host}/other/place:1`);
    assert.equal(requests(log(), uploads), 4, 'but for the configuration, what is known to be elsewhere is taken over');
    assert.equal(requests(log(), /"POST \/v2\/other\/place\/blobs\/uploads\/\?mount=/), 2);
    const there = new Pulling(t);
    await there.pull(`${host}/other/place:1`);
    assert.deepEqual(await there.trees(`${host}/other/place:1`), TREES);
  });

  it('takes what is larger than one piece in pieces', async (t) => {
    const { host, log } = await startDockerRegistry(t);
    const here = new Pulling(t);
    here.pieceBytes = 100_000;
    const image = await imageBytes({ layers: [[file('noise', randomBytes(300_000).toString('base64'))]] });
    await keep(here, image, `${host}/team/large:1`);
    await here.push(`${host}/team/large:1`);
    assert.equal(requests(log(), /"PATCH /), Math.ceil(image.layers[0]!.bytes.length / 100_000));
    const there = new Pulling(t);
    await there.pull(`${host}/team/large:1`);
    assert.equal(there.content.blobs.size(image.layers[0]!.digest), image.layers[0]!.bytes.length);
  });

  it('is sent what is plain compressed, once, and the name stands for that from then on', async (t) => {
    const { host, log } = await startDockerRegistry(t);
    const here = new Pulling(t);
    const name = `${host}/team/made:1`;
    const made = await makeImage(here.content, [name], [{ large: 'x'.repeat(500_000) }, { small: 'y' }]);
    const pushed = await here.push(name);
    assert.notEqual(pushed.digest, made.descriptor.digest);
    assert.equal(here.content.references.get(imageName(name))?.digest, pushed.digest);
    const phases = here.events.filter(({ digest }) => digest === made.layers[0]!.blob).map(({ phase }) => phase);
    assert.ok(phases.indexOf('compressing') < phases.indexOf('moving') && phases.at(-1) === 'done', phases.join(' '));
    const manifest = readManifestOrIndex(await here.content.blobs.read(pushed.digest), name);
    assert.ok(manifest.kind === 'manifest');
    assert.deepEqual(
      manifest.layers.map(({ mediaType }) => mediaType),
      [MEDIA.layerGzip, MEDIA.layerGzip],
    );
    assert.ok(manifest.layers[0]!.size < 5000, 'x is short when it is compressed');

    const there = new Pulling(t);
    assert.equal((await there.pull(name)).id, made.id, 'it is the same image');
    assert.deepEqual(await there.trees(name), await here.trees(name));
    const uploads = requests(log(), /"PUT \/v2\/[^ ]*\/blobs\/uploads\//);
    here.events.length = 0;
    assert.equal((await here.push(name)).digest, pushed.digest);
    assert.ok(here.events.every(({ phase }) => phase !== 'compressing'));
    assert.equal(requests(log(), /"PUT \/v2\/[^ ]*\/blobs\/uploads\//), uploads);
    assert.ok((await createImages(here.root, { content: here.content }).check()).isSound);
  });

  it('has an image for each platform of an index, and says which there are', async (t) => {
    const { host } = await startDockerRegistry(t);
    const here = new Pulling(t);
    const images = {
      amd64: await imageBytes({ architecture: 'amd64', layers: [[file('arch', 'amd64')]] }),
      arm64: await imageBytes({ architecture: 'arm64', layers: [[file('arch', 'arm64')]] }),
    };
    const index = indexOf(images);
    for (const image of Object.values(images)) await keep(here, image, `${host}/team/web:part`);
    await here.content.blobs.put(index.bytes);
    const name = `${host}/team/web:1`;
    await here.content.references.set(imageName(name), descriptorOf(index));
    assert.equal((await here.push(name)).digest, index.digest);

    const there = new Pulling(t);
    const pulled = await there.pull(name);
    assert.equal(pulled.digest, index.digest, 'what the name stands for');
    assert.deepEqual(await there.trees(name), [[`f arch ${goArchitecture()}`]]);
    assert.equal((await there.pull(name)).isUpToDate, true);
    const other = goArchitecture() === 'amd64' ? 'arm64' : 'amd64';
    assert.equal((await there.pull(name, { platform: `linux/${other}` })).isUpToDate, false);
    assert.deepEqual(await there.trees(name), [[`f arch ${other}`]]);
    await assert.rejects(
      there.pull(name, { platform: 'linux/s390x' }),
      refusal('NOT_SUPPORTED', /linux\/s390x: there are linux\/amd64, linux\/arm64/),
    );
    const alone = `${host}/team/web:alone`;
    await keep(here, images[other], alone);
    await here.push(alone);
    await assert.rejects(there.pull(alone), refusal('NOT_SUPPORTED', new RegExp(`is for linux/${other}`)));
    await there.pull(alone, { platform: other });
  });

  it('gives all tags of a repository', async (t) => {
    const { host } = await startDockerRegistry(t);
    const here = new Pulling(t);
    for (const tag of ['1', '2', 'latest']) {
      await keep(here, await imageBytes({ config: { Cmd: [tag] } }), `${host}/team/web:${tag}`);
      await here.push(`${host}/team/web:${tag}`);
    }
    const there = new Pulling(t);
    assert.deepEqual(
      (await there.pullAll(`${host}/team/web`)).sort(),
      ['1', '2', 'latest'].map((tag) => `${host}/team/web:${tag}`),
    );
    await assert.rejects(there.pullAll(`${host}/team/web:1`), refusal('INVALID_VALUE', /names one image/));
    await assert.rejects(there.pullAll(`${host}/team/nothing`), refusal('NO_SUCH_IMAGE'));
  });

  it('says what it does not have', async (t) => {
    const { host } = await startDockerRegistry(t);
    const here = new Pulling(t);
    await assert.rejects(here.pull(`${host}/team/web:1`), refusal('NO_SUCH_IMAGE', /has no image "127/));
    await assert.rejects(here.push(`${host}/team/web:1`), refusal('NO_SUCH_IMAGE', /there is no image .* here/));
    await assert.rejects(here.push('base'), refusal('INVALID_VALUE', /no place in a registry/));
    await assert.rejects(here.pull('base'), refusal('INVALID_VALUE', /comes from no registry/));
  });
});

describe('skopeo', { skip: noDockerRegistry || noSkopeo }, () => {
  const skopeo = (...words: string[]) => run('skopeo', ['--insecure-policy', ...words]);

  it('reads what we push', async (t) => {
    const { host } = await startDockerRegistry(t);
    const here = new Pulling(t);
    const image = await imageBytes({
      layers: [[directory('a'), symlink('a/link', 'to'), file('b', 'x'.repeat(9000))]],
    });
    await keep(here, image, `${host}/team/web:1`);
    await here.push(`${host}/team/web:1`);
    const layoutDirectory = join(here.root, 'copied');
    await skopeo('copy', '--src-tls-verify=false', `docker://${host}/team/web:1`, `oci:${layoutDirectory}:1`);
    for (const { digest, bytes } of [image.config, ...image.layers]) {
      assert.ok(readFileSync(join(layoutDirectory, 'blobs', 'sha256', digest.slice(7))).equals(bytes));
    }
  });

  it('writes what we pull, in OCI’s form and in Docker’s, in gzip and in zstd', async (t) => {
    const { host } = await startDockerRegistry(t);
    const here = new Pulling(t);
    await keep(here, await imageBytes(), 'local/web:1');
    const from = `oci:${here.content.directory}:docker.io/local/web:1`;
    for (const words of [
      ['--format', 'oci'],
      ['--format', 'v2s2'],
      ['--format', 'oci', '--dest-compress-format', 'zstd', '--dest-compress'],
    ]) {
      const name = `${host}/team/web:${words.join('').replaceAll('-', '')}`;
      await skopeo('copy', ...words, '--dest-tls-verify=false', from, `docker://${name}`);
      const there = new Pulling(t);
      await there.pull(name);
      assert.deepEqual(await there.trees(name), TREES, words.join(' '));
      // And what it made is given on as it is.
      const onward = `${host}/onward/web:1`;
      await there.name(name, onward);
      await there.push(onward);
      const { stdout } = await skopeo('inspect', '--tls-verify=false', '--raw', `docker://${onward}`);
      assert.equal(digestOf(stdout), there.content.references.get(imageName(name))?.digest);
    }
  });
});
