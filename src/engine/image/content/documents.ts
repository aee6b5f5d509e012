// Manifests, indexes and configurations as they stand in the store, each read once: a digest stands for its content.
import { isTscontainError, TscontainError } from '../../errors.js';
import { readConfiguration, readManifestOrIndex } from '../oci-read.js';
import type { Digest, ImageConfiguration, Index, Manifest } from '../oci.js';
import type { BlobStore } from './blobs.js';

export class Documents {
  readonly #manifests = new Map<Digest, Manifest | Index>();
  readonly #configurations = new Map<Digest, ImageConfiguration>();

  constructor(private readonly blobs: BlobStore) {}

  /** undefined when it is not there. @throws TscontainError STATE_CORRUPT when it is and cannot be understood */
  manifest(digest: Digest): Manifest | Index | undefined {
    return this.#read(this.#manifests, digest, readManifestOrIndex, 'the manifest');
  }

  /** The same. */
  configuration(digest: Digest): ImageConfiguration | undefined {
    return this.#read(this.#configurations, digest, readConfiguration, 'the configuration');
  }

  #read<T>(
    known: Map<Digest, T>,
    digest: Digest,
    parse: (bytes: Uint8Array, what: string) => T,
    what: string,
  ): T | undefined {
    const before = known.get(digest);
    if (before !== undefined && this.blobs.has(digest)) return before;
    known.delete(digest);
    let bytes: Buffer;
    try {
      bytes = this.blobs.readSync(digest);
    } catch (error) {
      if (isTscontainError(error, 'NO_SUCH_PATH')) return undefined;
      throw error;
    }
    try {
      const value = parse(bytes, `${what} ${digest}`);
      known.set(digest, value);
      return value;
    } catch (error) {
      if (!isTscontainError(error)) throw error;
      const { message, hint } = error;
      throw new TscontainError('STATE_CORRUPT', message, { cause: error, ...(hint === undefined ? {} : { hint }) });
    }
  }
}
