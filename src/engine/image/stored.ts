// From what a name stands for to the images below it that are here: a manifest is one, an index may have several.
import { TscontainError } from '../errors.js';
import type { ContentParts } from './content/open.js';
import { chainIdsOf, hexOf } from './digest.js';
import { isIndexType, isManifestType, requireFit, requireImage } from './oci-read.js';
import type { Descriptor, Digest, ImageConfiguration, Manifest } from './oci.js';
import { choosePlatform, formatPlatform, hostPlatform, isImage } from './platform.js';

export interface StoredImage {
  /** 64 hexadecimal digits */
  readonly id: string;
  /** of the manifest */
  readonly descriptor: Descriptor;
  readonly manifest: Manifest;
  readonly configuration: ImageConfiguration;
  /** of the layers, lowest first */
  readonly chainIds: readonly Digest[];
}

/** An index inside an index inside itself cannot be made; one nested deeper than this is of no use. */
const MAX_DEPTH = 4;

export interface Located {
  readonly descriptor: Descriptor;
  readonly manifest: Manifest;
}

/** The manifests below a descriptor that are here. @throws TscontainError STATE_CORRUPT */
export function manifestsBelow(content: ContentParts, top: Descriptor): Located[] {
  const found: Located[] = [];
  const visit = (descriptor: Descriptor, depth: number): void => {
    if (!isManifestType(descriptor.mediaType) && !isIndexType(descriptor.mediaType)) return;
    const document = content.documents.manifest(descriptor.digest);
    if (document?.kind === 'manifest') found.push({ descriptor, manifest: document });
    if (document?.kind !== 'index' || depth === MAX_DEPTH) return;
    for (const child of document.manifests.filter(isImage)) visit(child, depth + 1);
  };
  visit(top, 0);
  return found;
}

/** All that can be run. @throws TscontainError STATE_CORRUPT when there is none, and why */
export function imagesBelow(content: ContentParts, top: Descriptor): StoredImage[] {
  const found = manifestsBelow(content, top);
  // Below an index there may be one that was never fetched as a whole.
  const whole = found.filter((each) => each.descriptor.digest === top.digest || isComplete(content, each.manifest));
  const images = (whole.length > 0 ? whole : found.slice(0, 1)).map((each) => imageOf(content, each));
  if (images.length > 0) return images;
  throw new TscontainError('STATE_CORRUPT', `the manifest ${top.digest} is missing in the image store`, {
    hint: 'pull, load or build the image again',
  });
}

function isComplete(content: ContentParts, { config, layers }: Manifest): boolean {
  const configuration = content.documents.configuration(config.digest);
  if (configuration === undefined) return false;
  const chainIds = chainIdsOf(configuration.diffIds);
  return layers.every(({ digest }, i) => {
    const chainId = chainIds[i];
    return content.blobs.has(digest) || (chainId !== undefined && content.layers.get(chainId) !== undefined);
  });
}

/** Of several the one for this machine; where there is none, the first that is here. @throws STATE_CORRUPT */
export function preferredBelow(content: ContentParts, top: Descriptor): StoredImage {
  const images = imagesBelow(content, top);
  const machine = hostPlatform();
  const best = choosePlatform(
    images.map(({ descriptor, configuration }) => ({
      ...descriptor,
      platform: descriptor.platform ?? configuration.platform,
    })),
    machine,
  );
  return images.find(({ descriptor }) => descriptor.digest === best?.digest) ?? images[0]!;
}

/** Whether nothing that comes later could suit this machine better than this one does. */
export function isBest({ configuration, descriptor }: StoredImage, top: Descriptor): boolean {
  const platform = descriptor.platform ?? configuration.platform;
  return descriptor.digest === top.digest || formatPlatform(platform) === formatPlatform(hostPlatform());
}

function imageOf(content: ContentParts, { descriptor, manifest }: Located): StoredImage {
  const what = `the image ${hexOf(manifest.config.digest).slice(0, 12)}`;
  requireImage(manifest, what);
  const configuration = content.documents.configuration(manifest.config.digest);
  if (configuration === undefined)
    throw new TscontainError('STATE_CORRUPT', `the configuration of ${what} is missing in the image store`, {
      hint: 'pull, load or build it again',
    });
  requireFit(manifest, configuration, what);
  return {
    id: hexOf(manifest.config.digest),
    descriptor,
    manifest,
    configuration,
    chainIds: chainIdsOf(configuration.diffIds),
  };
}
