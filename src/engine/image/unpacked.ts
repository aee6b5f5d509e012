// The trees of an image: those that are missing are unpacked from the layers as they came, so that an image that another tool put
// into the store, or one whose tree was lost, runs as well.
import { TscontainError } from '../errors.js';
import type { ContentParts } from './content/open.js';
import type { UnpackedLayer } from './content/model.js';
import type { StoredImage } from './stored.js';

/** Lowest first. @throws TscontainError STATE_CORRUPT when a layer is missing, and what unpacking throws */
export async function unpackedLayers(content: ContentParts, image: StoredImage): Promise<UnpackedLayer[]> {
  const there = image.chainIds.map((chainId) => content.layers.get(chainId));
  if (there.every((layer) => layer !== undefined)) return there;
  const lease = await content.lease();
  try {
    await lease.add(...image.manifest.layers.map(({ digest }) => digest), ...image.chainIds);
    const layers: UnpackedLayer[] = [];
    // One after the other: this is the way back from a loss, not the way of a pull.
    for (const [i, chainId] of image.chainIds.entries())
      layers.push(content.layers.get(chainId) ?? (await unpackOne(content, image, i)));
    await content.layers.settle();
    return layers;
  } finally {
    await lease.close();
  }
}

function unpackOne(content: ContentParts, image: StoredImage, i: number): Promise<UnpackedLayer> {
  const descriptor = image.manifest.layers[i]!;
  if (!content.blobs.has(descriptor.digest))
    throw new TscontainError(
      'STATE_CORRUPT',
      `layer ${i + 1} of the image ${image.id.slice(0, 12)} is missing in the store`,
      {
        hint: 'pull, load or build the image again',
      },
    );
  const parent = image.chainIds[i - 1];
  return content.layers.unpack({
    descriptor,
    diffId: image.configuration.diffIds[i]!,
    ...(parent === undefined ? {} : { parent }),
  });
}
