// Where an image came from: what its name stands for in the registry, when that is an index of which one manifest was taken.
import { isDigest } from './digest.js';
import type { Descriptor, Digest } from './oci.js';

/** Annotation of a reference. */
const FROM_INDEX = 'dev.tscontain.index.digest';

/** A reference to the manifest that was taken. @param digest of what the name stands for */
export function takenFrom(digest: Digest, manifest: Descriptor): Descriptor {
  if (digest === manifest.digest) return manifest;
  return { ...manifest, annotations: { ...manifest.annotations, [FROM_INDEX]: digest } };
}

/** The same under another name, which stands for it in no registry yet. */
export function withoutOrigin({ annotations, ...bare }: Descriptor): Descriptor {
  const { [FROM_INDEX]: _, ...others } = annotations ?? {};
  return Object.keys(others).length === 0 ? bare : { ...bare, annotations: others };
}

/** The digest by which registries know it: that of the index it was taken from, else its own. */
export function originOf({ digest, annotations }: Descriptor): Digest {
  const index = annotations?.[FROM_INDEX];
  return index !== undefined && isDigest(index) ? index : digest;
}
