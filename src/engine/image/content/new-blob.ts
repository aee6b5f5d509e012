// A blob whose digest is known when all of it has been written.
import { createHash } from 'node:crypto';
import type { Lock } from '../../../native/index.js';
import { TscontainError } from '../../errors.js';
import { fileError } from '../../state/file-errors.js';
import type { Digest } from '../oci.js';
import { flushFile } from './durable.js';
import { writeAll } from './ingest.js';
import { releaseAndForget } from './locks.js';
import type { NewBlob } from './model.js';

export class FileNewBlob implements NewBlob {
  readonly #hash = createHash('sha256');
  #size = 0;

  constructor(
    private readonly path: string,
    /** of the file itself, open for writing */
    private readonly lock: Lock,
    /** gives the file its name among the blobs */
    private readonly appear: (digest: Digest) => Promise<void>,
  ) {}

  async write(chunk: Uint8Array): Promise<void> {
    try {
      // The kernel writes on another thread while this one counts.
      const writing = writeAll(this.lock.fd, chunk, this.#size);
      this.#hash.update(chunk);
      this.#size = await writing;
    } catch (error) {
      throw fileError(error, 'write into the image store');
    }
  }

  async commit(expected?: Digest): Promise<{ readonly digest: Digest; readonly size: number }> {
    const digest: Digest = `sha256:${this.#hash.digest('hex')}`;
    if (expected !== undefined && digest !== expected)
      throw new TscontainError('DIGEST_MISMATCH', `what came as ${expected} is ${digest}`, {
        hint: 'it was damaged or changed on its way, and nothing of it is kept: try again',
      });
    try {
      await flushFile(this.lock.fd);
      await this.appear(digest);
    } catch (error) {
      throw fileError(error, `keep ${digest}`);
    }
    return { digest, size: this.#size };
  }

  close(): Promise<void> {
    // Renamed, it is not at this path any more, and stays.
    releaseAndForget(this.lock, this.path);
    return Promise.resolve();
  }
}
