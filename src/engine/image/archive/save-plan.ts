// What is written into an archive of images, in which order: the documents first, so that whoever reads a pipe knows what the
// layers are when they come. The same images always give the same bytes. Pure. Tests: test/pure/engine/image/archive-save.test.ts.
import { indexBytes } from '../oci-write.js';
import { MEDIA, type Descriptor, type Digest, type Manifest } from '../oci.js';
import { BASE, familiarName } from '../reference.js';
import { itemJson } from './docker-documents.js';
import { blobName, INDEX_JSON, MANIFEST_JSON, OCI_LAYOUT } from './part-name.js';

export const SAVE_FORMATS = ['docker-archive', 'oci-archive', 'oci-dir'] as const;
export type SaveFormat = (typeof SAVE_FORMATS)[number];

export interface ImageToSave {
  /** full names; none for one that is saved by its id */
  readonly names: readonly string[];
  readonly descriptor: Descriptor;
  readonly manifest: Pick<Manifest, 'config' | 'layers'>;
  /** the manifest itself, where it is not the store's own */
  readonly bytes?: Buffer;
}

export type PartToSave =
  | { readonly name: string; readonly bytes: Buffer }
  | {
      readonly name: string;
      readonly digest: Digest;
      readonly size: number;
      readonly what: 'layer' | 'configuration' | 'manifest';
    };

const LAYOUT = Buffer.from('{"imageLayoutVersion":"1.0.0"}');

/**
 * docker-archive is both of Docker's forms in one, as Docker itself writes it from version 25 on: manifest.json for older ones
 * and for podman, and beside it an OCI image layout, in which the images keep their digests.
 */
export function partsToSave(images: readonly ImageToSave[], format: SaveFormat): PartToSave[] {
  const manifests = images.flatMap((image) => named(image, format));
  const documents: PartToSave[] = [
    { name: OCI_LAYOUT, bytes: LAYOUT },
    { name: INDEX_JSON, bytes: indexBytes({ mediaType: MEDIA.index, manifests }) },
  ];
  if (format === 'docker-archive') documents.push({ name: MANIFEST_JSON, bytes: manifestJson(images) });
  const blobs = images.flatMap<PartToSave>(({ descriptor, bytes }) => [
    bytes === undefined ? blob(descriptor, 'manifest') : { name: blobName(descriptor.digest), bytes },
  ]);
  const configurations = images.map(({ manifest }) => blob(manifest.config, 'configuration'));
  const layers = images.flatMap(({ manifest }) => manifest.layers.map((layer) => blob(layer, 'layer')));
  return [...documents, ...once([...blobs, ...configurations, ...layers])];
}

type Blob = Extract<PartToSave, { digest: Digest }>;

const blob = ({ digest, size }: Descriptor, what: Blob['what']): Blob => ({
  name: blobName(digest),
  digest,
  size,
  what,
});

/** What images share is written once. */
const once = (parts: readonly PartToSave[]): PartToSave[] => [
  ...new Map(parts.map((part) => [part.name, part])).values(),
];

const REF_NAME = 'org.opencontainers.image.ref.name';
const CONTAINERD_NAME = 'io.containerd.image.name';

/** One line of index.json a name. Docker has the tag alone as OCI's name, other tools the whole. */
function named({ names, descriptor }: ImageToSave, format: SaveFormat): Descriptor[] {
  const { mediaType, digest, size } = descriptor;
  const bare = { mediaType, digest, size };
  if (names.length === 0) return [bare];
  return [...names].sort().map((name) => {
    const ref = format === 'docker-archive' ? (tagOf(name) ?? name) : outside(name);
    return { ...bare, annotations: { [CONTAINERD_NAME]: outside(name), [REF_NAME]: ref } };
  });
}

/** `base` is a name here alone: elsewhere it has a tag like all others. */
const outside = (name: string): string => (name === BASE ? `docker.io/library/${BASE}:latest` : name);

function tagOf(name: string): string | undefined {
  return /:([A-Za-z0-9_][A-Za-z0-9_.-]*)$/.exec(outside(name).replace(/@.*$/, ''))?.[1];
}

function manifestJson(images: readonly ImageToSave[]): Buffer {
  const items = images.map(({ names, manifest }) =>
    itemJson({
      config: blobName(manifest.config.digest),
      // A digest is no tag, so a name that has one cannot be said there.
      repoTags: names.filter((name) => !name.includes('@')).map((name) => familiarName(outside(name))),
      layers: manifest.layers.map(({ digest }) => blobName(digest)),
    }),
  );
  return Buffer.from(JSON.stringify(items));
}

/** For a bar: how much there is to be written. */
export const bytesToSave = (parts: readonly PartToSave[]): number =>
  parts.reduce((sum, part) => sum + ('bytes' in part ? part.bytes.length : part.size), 0);
