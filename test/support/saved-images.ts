// Saved images for tests, as the bytes of archives in every form that there is: made of a few words, and changed before they are
// written so that something is wrong with them.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Digest } from '../../src/engine/image/oci.js';
import { directory, file, symlink, tarBytes, type Wanted } from './trees.js';

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');
export const digestOf = (bytes: Uint8Array | string): Digest => `sha256:${sha256(bytes)}`;

export interface MadeLayer {
  readonly tar: Buffer;
  /** as it is in the archive: packed or not */
  readonly blob: Buffer;
  readonly mediaType: string;
}

export interface MadeImage {
  readonly configuration: Buffer;
  readonly layers: readonly MadeLayer[];
  readonly manifest: Buffer;
}

export const OCI = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
  gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
};

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
export const described = (mediaType: string, bytes: Buffer, more: object = {}): object => ({
  mediaType,
  digest: digestOf(bytes),
  size: bytes.length,
  ...more,
});

export async function layerOf(entries: readonly Wanted[], packing: 'plain' | 'gzip' = 'plain'): Promise<MadeLayer> {
  const tar = await tarBytes(...entries);
  return packing === 'plain'
    ? { tar, blob: tar, mediaType: OCI.layer }
    : { tar, blob: gzipSync(tar), mediaType: OCI.gzip };
}

export const TINY: readonly (readonly Wanted[])[] = [
  [directory('bin'), file('bin/hello', '#!/bin/sh\n', { mode: 0o4755 }), directory('etc'), file('etc/name', 'tiny')],
  [directory('etc'), file('etc/.wh.name'), file('etc/more', 'x'.repeat(2000), { uid: 7 }), symlink('link', 'etc/more')],
  [directory('etc'), file('etc/last', 'z')],
];

export interface ImageWishes {
  readonly layers?: readonly MadeLayer[];
  readonly config?: object;
  readonly architecture?: string;
  readonly packing?: 'plain' | 'gzip';
}

/** An image of three small layers, one of which takes something away. */
export async function makeImage(wishes: ImageWishes = {}): Promise<MadeImage> {
  const layers = wishes.layers ?? (await Promise.all(TINY.map((entries) => layerOf(entries, wishes.packing))));
  const configuration = json({
    created: '2024-05-06T07:08:09Z',
    architecture: wishes.architecture ?? 'amd64',
    os: 'linux',
    config: { Env: ['PATH=/bin'], Cmd: ['/bin/hello'], ...wishes.config },
    rootfs: { type: 'layers', diff_ids: layers.map(({ tar }) => digestOf(tar)) },
    history: layers.map((_, i) => ({ created: '2024-05-06T07:08:09Z', created_by: `step ${i}` })),
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: OCI.manifest,
    config: described(OCI.config, configuration),
    layers: layers.map(({ blob, mediaType }) => described(mediaType, blob)),
  });
  return { configuration, layers, manifest };
}

/** Parts of an archive by their names, in the order in which they are written. */
export type Archive = Map<string, Buffer | { readonly link: string }>;

export const blobPath = (bytes: Buffer): string => `blobs/sha256/${sha256(bytes)}`;

export function blobsOf({ configuration, layers, manifest }: MadeImage): Archive {
  return new Map([manifest, configuration, ...layers.map(({ blob }) => blob)].map((bytes) => [blobPath(bytes), bytes]));
}

const LAYOUT = json({ imageLayoutVersion: '1.0.0' });

/** oci-archive, as skopeo and podman write it. */
export function ociArchive(images: readonly { readonly image: MadeImage; readonly name?: string }[]): Archive {
  const manifests = images.map(({ image, name }) =>
    described(
      OCI.manifest,
      image.manifest,
      name === undefined ? {} : { annotations: { 'org.opencontainers.image.ref.name': name } },
    ),
  );
  const archive: Archive = new Map();
  for (const { image } of images) for (const [name, bytes] of blobsOf(image)) archive.set(name, bytes);
  archive.set('index.json', json({ schemaVersion: 2, manifests }));
  archive.set('oci-layout', LAYOUT);
  return archive;
}

/** docker-archive, as podman and Docker up to 24 write it. */
export function dockerArchive(image: MadeImage, tags: readonly string[]): Archive {
  const archive: Archive = new Map();
  const layers = image.layers.map(({ blob }) => `${sha256(blob)}.tar`);
  image.layers.forEach(({ blob }, i) => archive.set(layers[i]!, blob));
  const config = `${sha256(image.configuration)}.json`;
  archive.set(config, image.configuration);
  archive.set('manifest.json', json([{ Config: config, RepoTags: tags, Layers: layers }]));
  return archive;
}

/** Docker's from 25 on: both in one. */
export function mixedArchive(image: MadeImage, tags: readonly string[]): Archive {
  const archive = ociArchive([{ image }]);
  archive.delete('index.json');
  const annotated = tags.map((tag) =>
    described(OCI.manifest, image.manifest, {
      annotations: {
        'io.containerd.image.name': `docker.io/library/${tag}`,
        'org.opencontainers.image.ref.name': tag.split(':')[1],
      },
    }),
  );
  archive.set('index.json', json({ schemaVersion: 2, mediaType: OCI.index, manifests: annotated }));
  const layers = image.layers.map(({ blob }) => blobPath(blob));
  archive.set('manifest.json', json([{ Config: blobPath(image.configuration), RepoTags: tags, Layers: layers }]));
  return archive;
}

/** What Docker wrote before 1.10: a directory a layer, each with its own description. */
export function oldArchive(image: MadeImage, repository: string, tag: string): Archive {
  const archive: Archive = new Map();
  const ids = image.layers.map((_, i) => sha256(`layer ${i} of ${sha256(image.configuration)}`));
  image.layers.forEach(({ tar }, i) => {
    const id = ids[i]!;
    archive.set(`${id}/VERSION`, Buffer.from('1.0'));
    archive.set(
      `${id}/json`,
      json({
        id,
        ...(i === 0 ? {} : { parent: ids[i - 1] }),
        created: '2014-05-06T07:08:09Z',
        container_config: { Cmd: ['/bin/sh', '-c', `step ${i}`] },
        architecture: 'amd64',
        os: 'linux',
        config: { Cmd: ['/bin/hello'], Env: ['PATH=/bin'] },
        Size: 12,
      }),
    );
    archive.set(`${id}/layer.tar`, tar);
  });
  archive.set('repositories', json({ [repository]: { [tag]: ids.at(-1) } }));
  return archive;
}

/** The documents first, as tscontain writes them. */
export function documentsFirst(archive: Archive): Archive {
  const isDocument = ([name, part]: [string, Archive extends Map<string, infer Part> ? Part : never]) =>
    /(json|oci-layout)$/.test(name) || (Buffer.isBuffer(part) && part[0] === 0x7b);
  return new Map([...[...archive].filter(isDocument), ...[...archive].filter((each) => !isDocument(each))]);
}

export function archiveBytes(archive: Archive): Promise<Buffer> {
  return tarBytes(
    ...[...archive].map(([path, part]): Wanted =>
      Buffer.isBuffer(part) ? { path, bytes: part } : { path, type: 'symlink', link: part.link, mode: 0o777 },
    ),
  );
}
