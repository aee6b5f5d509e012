// Putting an image together of what stands in the store: its configuration, its manifest, and the name that leads to them.
import type { ContentStore } from './content/model.js';
import { digestOf, hexOf } from './digest.js';
import { configurationBytes, manifestBytes, manifestOf } from './oci-write.js';
import { MEDIA, type Descriptor, type ImageConfiguration } from './oci.js';

export interface NewImage {
  /** as data, or as the bytes that somebody else wrote, which are checked already */
  readonly configuration: ImageConfiguration | Uint8Array;
  /** lowest first; their blobs are in the store */
  readonly layers: readonly Descriptor[];
  /** full names (reference.ts); with none it is kept without */
  readonly names: readonly string[];
}

/** The caller holds a lease. @returns the image's id, and what its names stand for */
export async function keepImage(
  { blobs, references }: ContentStore,
  { configuration, layers, names }: NewImage,
): Promise<{ readonly id: string; readonly descriptor: Descriptor }> {
  const config = configuration instanceof Uint8Array ? configuration : configurationBytes(configuration);
  const digest = await blobs.put(config);
  // What the names stand for already is left as it is: it may be the manifest that a registry has, with its layers compressed.
  const there = names[0] === undefined ? undefined : references.get(names[0]);
  if (there !== undefined && names.every((name) => references.imageOf(name) === digest))
    return { id: hexOf(digest), descriptor: there };
  const manifest = manifestBytes(manifestOf({ digest, size: config.length }, layers));
  const descriptor: Descriptor = { mediaType: MEDIA.manifest, digest: digestOf(manifest), size: manifest.length };
  await blobs.put(manifest);
  if (names.length === 0) await references.add(descriptor);
  for (const name of names) await references.set(name, descriptor);
  return { id: hexOf(digest), descriptor };
}
