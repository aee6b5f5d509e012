// Reads a file from its beginning while somebody is still writing it, and says what the digest of all of it is.
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { O_CLOEXEC, O_RDONLY } from '../../../native/index.js';
import type { Digest } from '../oci.js';
import type { Growth } from './protocol.js';

const PIECE_BYTES = 128 * 1024;

export class GrowingReader {
  readonly #path: string;
  #growth: Growth;
  readonly #more: (from: number) => Promise<Growth>;
  readonly #hash = createHash('sha256');
  #position = 0;

  /** @param more asks for what comes after so many bytes; throws when there will be none, or when it is to stop */
  constructor(path: string, growth: Growth, more: (from: number) => Promise<Growth>) {
    this.#path = path;
    this.#growth = growth;
    this.#more = more;
  }

  /** bytes that were read */
  get position(): number {
    return this.#position;
  }

  /** bytes that there are, as soon as that is known */
  get size(): number | undefined {
    return this.#growth.isWhole ? this.#growth.available : undefined;
  }

  /** Of what was read. Asked once. */
  digest(): Digest {
    return `sha256:${this.#hash.digest('hex')}`;
  }

  /** What was not read yet; again goes on from there. @throws node:fs errors, what `more` throws */
  async *pieces(): AsyncGenerator<Buffer> {
    const fd = openSync(this.#path, O_RDONLY | O_CLOEXEC);
    try {
      while (await this.#isMore()) {
        const wanted = Math.min(PIECE_BYTES, this.#growth.available - this.#position);
        const piece = Buffer.allocUnsafeSlow(wanted);
        const length = readSync(fd, piece, 0, wanted, this.#position);
        if (length === 0) throw new Error(`${this.#path} has become shorter`);
        const filled = piece.subarray(0, length);
        this.#position += length;
        this.#hash.update(filled);
        yield filled;
      }
    } finally {
      closeSync(fd);
    }
  }

  async #isMore(): Promise<boolean> {
    // What was said meanwhile is heard: that it is to stop.
    await setImmediate();
    while (this.#position >= this.#growth.available && !this.#growth.isWhole)
      this.#growth = await this.#more(this.#position);
    return this.#position < this.#growth.available;
  }
}
