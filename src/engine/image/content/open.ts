// Puts the store's parts together.
import { isTscontainError } from '../../errors.js';
import type { Digest } from '../oci.js';
import { BlobStore } from './blobs.js';
import { Documents } from './documents.js';
import { LayerStore, type UnpackLayer } from './layers.js';
import { Leases } from './leases.js';
import type { ContentStore, Lease } from './model.js';
import type { ReachParts } from './reach.js';
import { IndexReferences } from './references.js';
import { flushDirectory } from './durable.js';
import { makeParent } from './locks.js';
import { places } from './places.js';

/** The store as the files of this folder and the verbs of images see it. */
export interface ContentParts extends ContentStore, ReachParts {
  readonly blobs: BlobStore;
  readonly layers: LayerStore;
  readonly references: IndexReferences;
  readonly leases: Leases;
}

/** @param directory of the state directory: "…/images", which is made when something is put into it */
export function openContent(directory: string, unpackLayer: UnpackLayer = unpackInWorker): ContentParts {
  const leases = new Leases(directory);
  const blobs = new BlobStore(directory, leases);
  const layers = new LayerStore({ images: directory, blobs, leases, unpackLayer });
  const documents = new Documents(blobs);
  const references = new IndexReferences(directory, {
    has: (digest) => blobs.has(digest),
    imageOf: (digest) => imageOf(documents, digest),
    settle: async () => {
      await layers.settle();
      makeParent(places.blobs(directory));
      // The blobs themselves were flushed one by one; now their names are.
      await flushDirectory(places.blobs(directory));
    },
  });
  return {
    directory,
    images: directory,
    blobs,
    layers,
    references,
    leases,
    documents,
    lease: (): Promise<Lease> => leases.open(),
  };
}

function imageOf(documents: Documents, digest: Digest): Digest | undefined {
  try {
    const found = documents.manifest(digest);
    return found?.kind === 'manifest' ? found.config.digest : undefined;
  } catch (error) {
    if (isTscontainError(error)) return undefined;
    throw error;
  }
}

/** Loaded when there is something to unpack. */
const unpackInWorker: UnpackLayer = async (wanted) => {
  const { unpackLayer } = await import('../layer/unpack-layer.js');
  return unpackLayer(wanted);
};
