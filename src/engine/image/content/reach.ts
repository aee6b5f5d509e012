// What is needed: everything that the references and the leases lead to. The rest may go.
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { isTscontainError, TscontainError } from '../../errors.js';
import { errnoOf, fileError } from '../../state/file-errors.js';
import { chainIdsOf } from '../digest.js';
import { isConfigurationType, isIndexType, isManifestType } from '../oci-read.js';
import { MAX_DOCUMENT_BYTES, type Descriptor, type Digest, type Index, type Manifest } from '../oci.js';
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
export function reachOf(parts: ReachParts, roots: readonly Descriptor[], held: Iterable<Digest> = []): Reach {
  const blobs = new Set<Digest>(held);
  // A lease is one for content and for layers, which both go by digests.
  const chainIds = new Set<Digest>(held);
  const visited = new Set<Digest>();
  const open: Descriptor[] = [...roots];
  const visit = (document: Manifest | Index | undefined, mustBeWhole: boolean): void => {
    if (document?.kind === 'index') open.push(...document.manifests);
    if (document?.kind !== 'manifest') return;
    const { config, layers } = document;
    for (const part of [config, ...layers]) blobs.add(part.digest);
    if (!isConfigurationType(config.mediaType)) return;
    const configuration = parts.documents.configuration(config.digest);
    // Of an image that is on its way, or of an index for another machine, not everything need be here.
    if (configuration === undefined && mustBeWhole) throw incomplete(config.digest);
    for (const chainId of chainIdsOf(configuration?.diffIds ?? [])) chainIds.add(chainId);
  };
  for (const digest of held) visit(documentIfOne(parts, digest), false);
  const isRoot = new Set(roots.map(({ digest }) => digest));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (visited.has(next.digest)) continue;
    visited.add(next.digest);
    blobs.add(next.digest);
    if (isManifestType(next.mediaType) || isIndexType(next.mediaType))
      visit(parts.documents.manifest(next.digest), isRoot.has(next.digest));
  }
  return { blobs, chainIds };
}

function incomplete(digest: Digest): TscontainError {
  return new TscontainError(
    'STATE_CORRUPT',
    `the configuration ${digest} is missing, so that it is not known what it needs`,
    {
      hint: '"tscontain image check" says which image it is of, and --repair takes its name away',
    },
  );
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

/** Of images by their configurations, as containers know them: what these must have to be started. */
export function needsOf({ documents }: ReachParts, ids: Iterable<Digest>): Digest[] {
  return [...ids].flatMap((digest) => {
    try {
      return [digest, ...chainIdsOf(documents.configuration(digest)?.diffIds ?? [])];
    } catch (error) {
      // Damaged, it is kept as it is.
      if (isTscontainError(error)) return [digest];
      throw error;
    }
  });
}

/** What nothing needs, with the bytes that it takes. */
export interface Unneeded {
  readonly blobs: readonly { readonly digest: Digest; readonly bytes: number }[];
  readonly layers: readonly { readonly chainId: Digest; readonly bytes: number }[];
  readonly bytes: number;
}

/** @param among only of this; absent is all that there is */
export function unneededBy(parts: ReachParts, reach: Reach, among?: Reach): Unneeded {
  const blobs = blobsIn(parts.images)
    .filter((digest) => !reach.blobs.has(digest) && (among?.blobs.has(digest) ?? true))
    .map((digest) => ({ digest, bytes: parts.blobs.size(digest) ?? 0 }));
  const layers = parts.layers
    .ids()
    .filter((chainId) => !reach.chainIds.has(chainId) && (among?.chainIds.has(chainId) ?? true))
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
