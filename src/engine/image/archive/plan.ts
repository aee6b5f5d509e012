// What a saved image is made of, from the documents of its archive: OCI's index.json, Docker's manifest.json, or what Docker
// had before that. Nothing is read but documents. Tests: test/pure/engine/image/archive-plan.test.ts.
import { TscontainError } from '../../errors.js';
import { shown } from '../../grammar/wrong.js';
import { digestOf } from '../digest.js';
import { readJson, readJsonList } from '../json-document.js';
import { readConfiguration, readManifestOrIndex, requireImage } from '../oci-read.js';
import { MAX_DOCUMENT_BYTES, type Descriptor, type Digest, type Index, type Manifest, type Platform } from '../oci.js';
import { choosePlatform, formatPlatform, hostPlatform, noSuchPlatform } from '../platform.js';
import {
  configurationOfOld,
  readItem,
  readOldLayer,
  readRepositories,
  type DockerItem,
  type OldLayer,
} from './docker-documents.js';
import { blobName, INDEX_JSON, MANIFEST_JSON, partName, REPOSITORIES } from './part-name.js';
import { namesIn } from './saved-names.js';
import type { SavedPart, SavedParts } from './saved-parts.js';

export interface PlannedLayer {
  /** its name in the archive */
  readonly part: string;
  /** bytes as it stands there */
  readonly size: number;
  /** of these bytes, where a name promises it */
  readonly digest?: Digest;
  readonly mediaType?: string;
  /** absent in archives of old, which name no content */
  readonly diffId?: Digest;
}

export interface PlannedImage {
  /** as they are kept */
  readonly names: readonly string[];
  /** lowest first */
  readonly layers: readonly PlannedLayer[];
  /** The configuration, when it is known what the layers are as plain tar. */
  configuration(diffIds: readonly Digest[]): Buffer;
  /** As it stands in the archive, so that the image keeps its digest; absent where it has to be made. */
  readonly manifest?: { readonly bytes: Buffer; readonly mediaType: string };
}

export interface PlanWishes {
  /** Of an image for several; absent is this machine's. */
  readonly platform?: Platform;
}

const LIST = 'its list of images';
const CONFIGURATION = 'the configuration of an image';
const inArchive = (name: string): string => `${shown(name)} in the archive`;

const damaged = (message: string): TscontainError =>
  new TscontainError('INVALID_VALUE', message, { hint: 'save the image again' });

function requirePart(parts: SavedParts, name: string, what: string): SavedPart {
  const part = parts.find(name);
  if (part === undefined) throw damaged(`the archive has no ${shown(name)}, which is ${what}`);
  return part;
}

/** @throws TscontainError INVALID_VALUE for what is too large or not there, DIGEST_MISMATCH */
async function document(parts: SavedParts, name: string, what: string): Promise<Buffer> {
  const { size, digest } = requirePart(parts, name, what);
  if (size > MAX_DOCUMENT_BYTES)
    throw damaged(`${shown(name)} in the archive has ${size} bytes, and a document has at most ${MAX_DOCUMENT_BYTES}`);
  const chunks: Buffer[] = [];
  for await (const chunk of parts.bytes(name)) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const found = digestOf(bytes);
  if (digest !== undefined && digest !== found) {
    throw new TscontainError(
      'DIGEST_MISMATCH',
      `${shown(name)} in the archive is not what its name says but ${found}`,
      {
        hint: 'save the image again',
      },
    );
  }
  return bytes;
}

/** @throws TscontainError INVALID_VALUE, DIGEST_MISMATCH, NOT_SUPPORTED for a platform that is not there */
export async function planImages(parts: SavedParts, wishes: PlanWishes = {}): Promise<PlannedImage[]> {
  const items =
    parts.find(MANIFEST_JSON) === undefined
      ? []
      : readJsonList(await document(parts, MANIFEST_JSON, LIST), inArchive(MANIFEST_JSON)).map(readItem);
  let images: PlannedImage[];
  if (parts.find(INDEX_JSON) !== undefined) images = await fromIndex(parts, items, wishes);
  else if (items.length > 0) images = await Promise.all(items.map((item) => fromItem(parts, item, wishes)));
  else if (parts.find(REPOSITORIES) !== undefined) images = await fromRepositories(parts);
  else images = [];
  if (images.length > 0) return images;
  throw new TscontainError('INVALID_VALUE', 'the archive holds no image: it has no manifest.json and no index.json', {
    hint: 'give one of "image save", "docker save" or "skopeo copy"; a root file system is brought in by "image import"',
  });
}

/** Each layer of a plan is in the archive, as large as its manifest says. @throws TscontainError INVALID_VALUE */
export function requireLayers(parts: SavedParts, images: readonly PlannedImage[]): void {
  for (const { layers } of images) {
    for (const [i, { part, size }] of layers.entries()) {
      const there = requirePart(parts, part, `layer ${i + 1} of ${layers.length}`);
      if (there.size !== size)
        throw damaged(`${shown(part)} in the archive has ${there.size} bytes, and its manifest says ${size}`);
    }
  }
}

// OCI

/** An index in an index is one for several platforms; deeper ones are nobody's. */
const MAX_INDEX_DEPTH = 3;
/** BuildKit's notes on how an image was made stand beside it like an image. */
const isNoAttestation = ({ annotations, platform }: Descriptor): boolean =>
  annotations?.['vnd.docker.reference.type'] === undefined && platform?.architecture !== 'unknown';

async function fromIndex(parts: SavedParts, items: readonly DockerItem[], wishes: PlanWishes): Promise<PlannedImage[]> {
  const index = readManifestOrIndex(await document(parts, INDEX_JSON, LIST), inArchive(INDEX_JSON));
  if (index.kind !== 'index') throw damaged('index.json of the archive is a manifest');
  const images: PlannedImage[] = [];
  for (const [names, descriptors] of byNames(index.manifests)) {
    const { bytes, manifest } = await findManifest(parts, descriptors, wishes, 1);
    const image = await fromManifest(parts, manifest, bytes, wishes);
    const config = blobName(manifest.config.digest);
    const tags = items.filter((item) => partName(item.config) === config).flatMap(({ repoTags }) => namesIn(repoTags));
    images.push({ ...image, names: [...new Set([...names, ...tags])] });
  }
  return joined(images);
}

/** What stands under one name is one image, for one platform each; what has no name is an image of its own. */
function byNames(manifests: readonly Descriptor[]): [names: readonly string[], descriptors: readonly Descriptor[]][] {
  const groups = new Map<string, Descriptor[]>();
  for (const descriptor of manifests.filter(isNoAttestation)) {
    const key = namesIn([nameOf(descriptor) ?? ''])[0] ?? descriptor.digest;
    groups.set(key, [...(groups.get(key) ?? []), descriptor]);
  }
  return [...groups].map(([key, descriptors]) => [key === descriptors[0]!.digest ? [] : [key], descriptors]);
}

/** Containerd writes the whole name beside OCI's, which may be a tag alone. */
function nameOf({ annotations = {} }: Descriptor): string | undefined {
  const own = annotations['org.opencontainers.image.ref.name'];
  return annotations['io.containerd.image.name'] ?? (own === 'latest' ? undefined : own);
}

/** The same image under several names is listed once for each. */
function joined(images: readonly PlannedImage[]): PlannedImage[] {
  const found = new Map<Digest, PlannedImage>();
  for (const image of images) {
    const digest = digestOf(image.manifest!.bytes);
    found.set(digest, { ...image, names: [...new Set([...(found.get(digest)?.names ?? []), ...image.names])] });
  }
  return [...found.values()];
}

async function findManifest(
  parts: SavedParts,
  descriptors: readonly Descriptor[],
  wishes: PlanWishes,
  depth: number,
): Promise<{ bytes: Buffer; manifest: Manifest }> {
  if (depth > MAX_INDEX_DEPTH) throw damaged('the archive has an index in an index in an index');
  const chosen = chooseFrom(parts, descriptors.filter(isNoAttestation), wishes);
  const bytes = await document(parts, blobName(chosen.digest), 'a manifest');
  const found: Manifest | Index = readManifestOrIndex(bytes, inArchive(chosen.digest), chosen.mediaType);
  return found.kind === 'index' ? findManifest(parts, found.manifests, wishes, depth + 1) : { bytes, manifest: found };
}

function chooseFrom(parts: SavedParts, usable: readonly Descriptor[], { platform }: PlanWishes): Descriptor {
  if (usable.length === 1) return usable[0]!;
  // Whoever saves an image for one platform may keep the index of all.
  const there = usable.filter(({ digest }) => parts.find(blobName(digest)) !== undefined);
  if (there.length === 1 && platform === undefined) return there[0]!;
  const wanted = platform ?? hostPlatform();
  const chosen = choosePlatform(there, wanted);
  if (chosen !== undefined) return chosen;
  throw noSuchPlatform(
    'the archive',
    wanted,
    there.flatMap((each) => each.platform ?? []),
  );
}

async function fromManifest(
  parts: SavedParts,
  manifest: Manifest,
  bytes: Buffer,
  wishes: PlanWishes,
): Promise<Omit<PlannedImage, 'names'>> {
  const { config, layers, mediaType } = manifest;
  requireImage(manifest, 'what the archive holds');
  const configuration = await document(parts, blobName(config.digest), CONFIGURATION);
  const diffIds = diffIdsIn(configuration, layers.length, wishes);
  const planned = layers.map(({ digest, size, mediaType: type }, i): PlannedLayer => {
    return { part: blobName(digest), size, digest, mediaType: type, diffId: diffIds[i]! };
  });
  return { layers: planned, configuration: () => configuration, manifest: { bytes, mediaType } };
}

/** Of the layers as plain tar. The configuration is judged with them. */
function diffIdsIn(bytes: Buffer, layers: number, { platform }: PlanWishes): readonly Digest[] {
  const configuration = readConfiguration(bytes, 'the configuration of an image in the archive');
  const { length } = configuration.diffIds;
  if (length !== layers)
    throw damaged(`an image in the archive has ${layers} layers, and its configuration tells of ${length}`);
  if (platform !== undefined && formatPlatform(configuration.platform) !== formatPlatform(platform))
    throw noSuchPlatform('the archive', platform, [configuration.platform]);
  return configuration.diffIds;
}

// Docker

async function fromItem(parts: SavedParts, item: DockerItem, wishes: PlanWishes): Promise<PlannedImage> {
  const name = partName(item.config);
  const configuration = await document(parts, name, CONFIGURATION);
  const diffIds = diffIdsIn(configuration, item.layers.length, wishes);
  const layers = item.layers.map((path, i): PlannedLayer => {
    const part = partName(path);
    const { size, digest } = requirePart(parts, part, `layer ${i + 1} of ${item.layers.length}`);
    return { part, size, ...(digest === undefined ? {} : { digest }), diffId: diffIds[i]! };
  });
  return { names: namesIn(item.repoTags), layers, configuration: () => configuration };
}

/** A layer stands on another, and each is a directory. What is as plain tar is only known when it has been read. */
async function fromRepositories(parts: SavedParts): Promise<PlannedImage[]> {
  const bytes = await document(parts, REPOSITORIES, LIST);
  const listed = readRepositories(readJson(bytes, inArchive(REPOSITORIES)));
  const names = new Map<string, string[]>();
  for (const { name, id } of listed) names.set(id, [...(names.get(id) ?? []), name]);
  return Promise.all([...names].map(([id, tags]) => fromTopLayer(parts, id, namesIn(tags))));
}

const MAX_OLD_LAYERS = 1000;

async function fromTopLayer(parts: SavedParts, top: string, names: readonly string[]): Promise<PlannedImage> {
  const chain: { id: string; layer: OldLayer }[] = [];
  for (let id: string | undefined = top; id !== undefined; id = chain[0]!.layer.parent) {
    if (chain.length > MAX_OLD_LAYERS || chain.some((each) => each.id === id))
      throw damaged(`layer ${id.slice(0, 12)} of the archive stands on itself`);
    const name = `${id}/json`;
    chain.unshift({
      id,
      layer: readOldLayer(await document(parts, name, 'the description of a layer'), inArchive(name)),
    });
  }
  const layers = chain.map(({ id }): PlannedLayer => {
    const part = `${id}/layer.tar`;
    return { part, size: requirePart(parts, part, 'a layer').size };
  });
  const descriptions = chain.map(({ layer }) => layer);
  return { names, layers, configuration: (diffIds) => configurationOfOld(descriptions, diffIds) };
}
