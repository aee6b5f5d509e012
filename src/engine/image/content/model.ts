// What the image store offers to those who fill it and read from it: a registry client, archives, a build.
//
//   images/                     an OCI image layout: skopeo, umoci and crane read it as it stands
//     oci-layout, index.json    the references: one descriptor a name (annotation org.opencontainers.image.ref.name)
//     blobs/sha256/<hex>        manifests, configurations, layers as they came
//     ingest/<hex>              a blob that is on its way, kept for the next try; its flock is held by who fills it
//     ingest/.new-<random>      the same whose digest is not known yet
//     layers/<hex>/             a layer unpacked, by chain id: diff/ is the tree with overlay's whiteouts, layer.json what it is,
//                               durable that it has reached the disk and how it looked then
//     layers/.<hex>.lock        held by who unpacks that one
//     layers/.new-<random>/     one being unpacked; .new-<random>.lock is held by who does it
//     layers/.trash-<random>/   one that nothing needs any more, being deleted
//     leases/<random>           what must not be pruned though no reference leads to it, one digest a line; flock of its owner
//     .lock                     guards index.json, leases and what a prune takes away; held for moments
//     .summaries.json           what lists say of each image, made from all of the above when it is missing
import type { FilePlace } from '../../../native/index.js';
import type { Descriptor, Digest } from '../oci.js';

export interface ContentStore {
  /** Of the state directory: "…/images". */
  readonly directory: string;
  readonly blobs: Blobs;
  readonly layers: Layers;
  readonly references: References;
  /**
   * Until it is closed no prune of any process takes away what was added to it. What this process puts into the store (blobs,
   * layers) is added to all its open leases by itself; what is looked up and relied on must be added before the look. One that a
   * crash left behind is found by its lock, which nobody holds any more.
   */
  lease(): Promise<Lease>;
}

export interface Lease {
  add(...digests: readonly Digest[]): Promise<void>;
  close(): Promise<void>;
}

export interface Blobs {
  has(digest: Digest): boolean;
  /** bytes; undefined when it is not there */
  size(digest: Digest): number | undefined;
  path(digest: Digest): string;
  /** A small one, its digest checked. @throws TscontainError STATE_CORRUPT, NO_SUCH_PATH, INVALID_VALUE beyond `maxBytes` */
  read(digest: Digest, maxBytes?: number): Promise<Buffer>;
  /** Keeps a small one that is in memory. */
  put(bytes: Uint8Array): Promise<Digest>;
  /**
   * To fill one. Of all processes that want the same one fills it and the others wait for it, and take over when it gives up.
   * @returns undefined when it is there already (or is by now)
   */
  ingest(wanted: Pick<Descriptor, 'digest' | 'size'>, signal?: AbortSignal): Promise<Ingest | undefined>;
  /** The same for one whose digest is not known before it is written. */
  create(): Promise<NewBlob>;
}

/** A blob on its way. What was written in an earlier try is still there, unverified: begin at `offset`. */
export interface Ingest {
  /** may be read while it grows */
  readonly path: string;
  /** bytes that are there */
  readonly offset: number;
  /** Appends. @throws TscontainError INVALID_VALUE when it becomes larger than it said, NO_SPACE */
  write(chunk: Uint8Array): Promise<void>;
  /** Appends from a place of another file. @returns the bytes that were; undefined where they have to be read and written */
  copy(from: FilePlace, length: number): Promise<number | undefined>;
  /** Forgets what is there. */
  restart(): Promise<void>;
  /**
   * Checks size and digest, makes it durable and gives it its name. With `verified` somebody has read all of it and says what
   * its digest is. A wrong one is deleted. @throws TscontainError DIGEST_MISMATCH
   */
  commit(verified?: Digest): Promise<void>;
  /** Lets go; what is there stays for the next try unless it was committed. */
  close(): Promise<void>;
}

export interface NewBlob {
  write(chunk: Uint8Array): Promise<void>;
  /** With `expected`, another one is deleted. @throws TscontainError DIGEST_MISMATCH */
  commit(expected?: Digest): Promise<{ readonly digest: Digest; readonly size: number }>;
  /** Deletes what was not committed. */
  close(): Promise<void>;
}

/** How a layer is to be unpacked. */
export interface LayerSource {
  /** of the blob as it came */
  readonly descriptor: Pick<Descriptor, 'digest' | 'size' | 'mediaType'>;
  /** of the plain tar; when it is not known (a foreign archive) it is found out */
  readonly diffId?: Digest;
  /** chain id of the layer below; absent for the lowest */
  readonly parent?: Digest;
  /** Where the bytes stand or grow; absent is the blob's own place. */
  readonly file?: GrowingFile;
}

/** A file that somebody is writing: read up to `available()`, then wait. */
export interface GrowingFile {
  readonly path: string;
  /** bytes that may be read now */
  available(): number;
  /** Resolves when there is more or it is whole. @throws why there will be no more */
  grown(): Promise<void>;
  isWhole(): boolean;
}

export interface UnpackedLayer {
  readonly chainId: Digest;
  readonly diffId: Digest;
  /** of the compressed bytes that were read */
  readonly digest: Digest;
  /** the directory that overlay takes, absolute */
  readonly tree: string;
  /** of the files in it */
  readonly sizeBytes: number;
}

export interface Layers {
  /** One that is unpacked. */
  get(chainId: Digest): UnpackedLayer | undefined;
  /** Of all processes that want the same one unpacks it. It appears by one rename, whole and durable. */
  unpack(source: LayerSource, options?: UnpackWishes): Promise<UnpackedLayer>;
  /** Takes a tree that was made in a directory from `stage()`; the tar of it becomes a blob. */
  adopt(staged: StagedTree, parent?: Digest): Promise<{ readonly layer: UnpackedLayer; readonly blob: Descriptor }>;
  stage(): Promise<StagedTree>;
}

export interface StagedTree {
  readonly tree: string;
  close(): Promise<void>;
}

export interface UnpackWishes {
  readonly signal?: AbortSignal;
  /** compressed bytes that were read so far */
  readonly onProgress?: (bytes: number) => void;
}

export interface References {
  /** Normalized names (reference.ts), each with what it stands for: a manifest or an index. */
  list(): readonly { readonly name: string; readonly descriptor: Descriptor }[];
  get(name: string): Descriptor | undefined;
  /** Of what a name stands for, the configuration: the image's id. undefined where it stands for nothing, or for an index */
  imageOf(name: string): Digest | undefined;
  /**
   * One atomic change; what a name stood for before stays in the store without it, unless it is the same image. Everything that the descriptor leads to is on
   * the disk before it is seen. @throws TscontainError NO_SUCH_IMAGE when its blob has been pruned
   */
  set(name: string, descriptor: Descriptor): Promise<void>;
  /** Keeps an image that has no name, such as one that was committed without. */
  add(descriptor: Descriptor): Promise<void>;
  /** Takes a name away; what it stood for stays. */
  delete(name: string): Promise<void>;
}
