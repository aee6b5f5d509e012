// Where everything stands below images/ (drawn in model.ts). No other file joins these names.
import { nanoid } from 'nanoid';
import { hexOf } from '../digest.js';
import type { Digest } from '../oci.js';

/** Of what is new and has no name yet, of what is on its way out, and of the lock beside a directory. */
export const NEW = '.new-';
export const TRASH = '.trash-';
export const LOCK = '.lock';

export const places = {
  layoutFile: (images: string) => `${images}/oci-layout`,
  index: (images: string) => `${images}/index.json`,
  lock: (images: string) => `${images}/.lock`,
  /** held while `base` is made */
  baseLock: (images: string) => `${images}/.base.lock`,
  /** made from what stands in the store, and may be deleted at any time */
  summaries: (images: string) => `${images}/.summaries.json`,
  blobs: (images: string) => `${images}/blobs/sha256`,
  blob: (images: string, digest: Digest) => `${images}/blobs/sha256/${hexOf(digest)}`,
  ingests: (images: string) => `${images}/ingest`,
  ingest: (images: string, digest: Digest) => `${images}/ingest/${hexOf(digest)}`,
  newBlob: (images: string) => `${images}/ingest/${NEW}${nanoid()}`,
  layers: (images: string) => `${images}/layers`,
  layer: (images: string, chainId: Digest) => `${images}/layers/${hexOf(chainId)}`,
  tree: (images: string, chainId: Digest) => `${images}/layers/${hexOf(chainId)}/diff`,
  layerRecord: (images: string, chainId: Digest) => `${images}/layers/${hexOf(chainId)}/layer.json`,
  /** there when the layer has reached the disk */
  layerMark: (images: string, chainId: Digest) => `${images}/layers/${hexOf(chainId)}/durable`,
  /** held by who unpacks it */
  layerLock: (images: string, key: Digest) => `${images}/layers/.${hexOf(key)}${LOCK}`,
  newLayer: (images: string) => `${images}/layers/${NEW}${nanoid()}`,
  trash: (images: string) => `${images}/layers/${TRASH}${nanoid()}`,
  leases: (images: string) => `${images}/leases`,
  newLease: (images: string) => `${images}/leases/${nanoid()}`,
} as const;
