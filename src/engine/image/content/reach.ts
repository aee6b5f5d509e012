// What is needed: everything that the references and the leases lead to. The rest may go.
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { isTscontainError } from '../../errors.js';
import { errnoOf, fileError } from '../../state/file-errors.js';
import { chainIdsOf } from '../digest.js';
import { MAX_DOCUMENT_BYTES, type Digest, type Index, type Manifest } from '../oci.js';
import { isConfigurationType } from '../oci-read.js';
import type { BlobStore } from './blobs.js';
import type { Documents } from './documents.js';
import type { LayerStore } from './layers.js';
import { places } from './places.js';

export interface Reach {
  readonly blobs: ReadonlySet<Digest>;
  /** of layers */
  readonly chainIds: ReadonlySet<Digest>;
}

export interface ReachParts {
  readonly images: string;
  readonly blobs: BlobStore;
  readonly layers: LayerStore;
  readonly documents: Documents;
}

/** @throws TscontainError STATE_CORRUPT when a document on the way cannot be understood: what it leads to is not known then */
export function reachOf(parts: ReachParts, roots: Iterable<Digest>, held: ReadonlySet<Digest>): Reach {
  const blobs = new Set<Digest>();
  const chainIds = new Set<Digest>();
  const open = [...roots];
  const visit = (digest: Digest, document: Manifest | Index | undefined): void => {
    if (document?.kind === 'index') open.push(...document.manifests.map((child) => child.digest));
    if (document?.kind !== 'manifest') return;
    for (const part of [document.config, ...document.layers]) blobs.add(part.digest);
    const isImage = isConfigurationType(document.config.mediaType);
    const configuration = isImage ? parts.documents.configuration(document.config.digest) : undefined;
    for (const chainId of chainIdsOf(configuration?.diffIds ?? [])) chainIds.add(chainId);
  };
  for (const digest of held) {
    blobs.add(digest);
    // A lease is one for content and for layers; what it says of them leads on where it is a manifest.
    chainIds.add(digest);
    const document = documentIfOne(parts, digest);
    if (document !== undefined) visit(digest, document);
  }
  for (let digest = open.pop(); digest !== undefined; digest = open.pop()) {
    const isNew = !blobs.has(digest) || held.has(digest);
    blobs.add(digest);
    if (isNew) visit(digest, parts.documents.manifest(digest));
  }
  return { blobs, chainIds };
}

const BRACE = 0x7b;

/** Of a digest that may be of anything. */
function documentIfOne({ blobs, documents }: ReachParts, digest: Digest): Manifest | Index | undefined {
  const size = blobs.size(digest);
  if (size === undefined || size > MAX_DOCUMENT_BYTES || firstByte(blobs.path(digest)) !== BRACE) return undefined;
  try {
    return documents.manifest(digest);
  } catch (error) {
    if (isTscontainError(error)) return undefined;
    throw error;
  }
}

function firstByte(path: string): number | undefined {
  try {
    const fd = openSync(path, 'r');
    try {
      const byte = Buffer.alloc(1);
      return readSync(fd, byte, 0, 1, 0) === 1 ? byte[0] : undefined;
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

/** What nothing needs, with the bytes that it takes. */
export interface Unneeded {
  readonly blobs: readonly { readonly digest: Digest; readonly bytes: number }[];
  readonly layers: readonly { readonly chainId: Digest; readonly bytes: number }[];
  readonly bytes: number;
}

export function unneededBy(parts: ReachParts, reach: Reach): Unneeded {
  const blobs = blobsIn(parts.images)
    .filter((digest) => !reach.blobs.has(digest))
    .map((digest) => ({ digest, bytes: parts.blobs.size(digest) ?? 0 }));
  const layers = parts.layers
    .ids()
    .filter((chainId) => !reach.chainIds.has(chainId))
    .map((chainId) => ({ chainId, bytes: parts.layers.records.read(chainId)?.sizeBytes ?? 0 }));
  const bytes = [...blobs, ...layers].reduce((sum, each) => sum + each.bytes, 0);
  return { blobs, layers, bytes };
}

/** Takes it out of sight. The caller holds the store's lock. @returns the paths to be deleted when it is let go */
export function takeAway(parts: ReachParts, { blobs, layers }: Unneeded): string[] {
  for (const { digest } of blobs) parts.blobs.delete(digest);
  return layers.map(({ chainId }) => parts.layers.trash(chainId));
}

/** Every blob that has its name. */
export function blobsIn(images: string): Digest[] {
  try {
    return readdirSync(places.blobs(images))
      .filter((name) => /^[0-9a-f]{64}$/.test(name))
      .map((name): Digest => `sha256:${name}`);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw fileError(error, 'list the content of the image store');
  }
}
