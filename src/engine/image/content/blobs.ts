// Blobs: content by its digest. What has its name is whole, verified and on the disk; everything before that stands in ingest/.
import { readFileSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { TscontainError } from '../../errors.js';
import { errnoOf, fileError } from '../../state/file-errors.js';
import { digestOf, hexOf } from '../digest.js';
import { MAX_DOCUMENT_BYTES, type Descriptor, type Digest } from '../oci.js';
import { FileIngest } from './ingest.js';
import type { Leases } from './leases.js';
import { lockPassing, makeParent, releaseAndForget } from './locks.js';
import type { Blobs, Ingest, NewBlob } from './model.js';
import { FileNewBlob } from './new-blob.js';
import { places } from './places.js';

export class BlobStore implements Blobs {
  constructor(
    private readonly images: string,
    private readonly leases: Leases,
  ) {}

  has(digest: Digest): boolean {
    return this.size(digest) !== undefined;
  }

  size(digest: Digest): number | undefined {
    return statSync(this.path(digest), { throwIfNoEntry: false })?.size;
  }

  path(digest: Digest): string {
    return places.blob(this.images, digest);
  }

  read(digest: Digest, maxBytes = MAX_DOCUMENT_BYTES): Promise<Buffer> {
    return Promise.resolve().then(() => this.readSync(digest, maxBytes));
  }

  /** For lists: a few µs each where a promise would cost more than the reading. */
  readSync(digest: Digest, maxBytes = MAX_DOCUMENT_BYTES): Buffer {
    const size = this.size(digest);
    if (size === undefined) throw missing(digest);
    if (size > maxBytes)
      throw new TscontainError('INVALID_VALUE', `${digest} has ${size} bytes, and up to ${maxBytes} are read`);
    let bytes: Buffer;
    try {
      bytes = readFileSync(this.path(digest));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') throw missing(digest);
      throw fileError(error, `read ${digest}`);
    }
    if (digestOf(bytes) !== digest) throw damaged(digest);
    return bytes;
  }

  async put(bytes: Uint8Array): Promise<Digest> {
    const digest = digestOf(bytes);
    await this.leases.hold(digest);
    if (this.size(digest) === bytes.length) return digest;
    const blob = await this.create();
    try {
      await blob.write(bytes);
      await blob.commit();
    } finally {
      await blob.close();
    }
    return digest;
  }

  async ingest(
    { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
    signal?: AbortSignal,
  ): Promise<Ingest | undefined> {
    await this.leases.hold(digest);
    if (this.has(digest)) return undefined;
    const path = places.ingest(this.images, digest);
    makeParent(places.ingests(this.images));
    const lock = await lockPassing(path, signal);
    // Who was at it before us may have finished it.
    if (this.has(digest)) {
      releaseAndForget(lock, path);
      return undefined;
    }
    return new FileIngest({ path, lock, digest, size, appear: () => this.appear(path, digest) });
  }

  async create(): Promise<NewBlob> {
    const path = places.newBlob(this.images);
    try {
      makeParent(places.ingests(this.images));
      const lock = await lockPassing(path);
      return new FileNewBlob(path, lock, (digest) => this.appear(path, digest));
    } catch (error) {
      throw fileError(error, 'write into the image store');
    }
  }

  /** Gives a file that is whole its name. */
  private async appear(path: string, digest: Digest): Promise<void> {
    await this.leases.hold(digest);
    makeParent(places.blobs(this.images));
    renameSync(path, this.path(digest));
  }

  /** Deletes one. The caller holds the store's lock, and nothing leads to it. @returns its bytes */
  delete(digest: Digest): number {
    const size = this.size(digest) ?? 0;
    try {
      unlinkSync(this.path(digest));
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw fileError(error, `delete ${digest}`);
    }
    return size;
  }
}

function missing(digest: Digest): TscontainError {
  return new TscontainError('NO_SUCH_PATH', `${digest} is not in the image store`, {
    hint: 'pull or load its image again; "tscontain image check" says what else is missing',
  });
}

function damaged(digest: Digest): TscontainError {
  return new TscontainError('STATE_CORRUPT', `the content of ${hexOf(digest).slice(0, 12)} is damaged on the disk`, {
    hint: '"tscontain image check" says what it belongs to; pull or load that image again',
  });
}
