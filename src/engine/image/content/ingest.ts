// A blob on its way: a file that is kept for the next try, filled by whoever holds its lock.
import { fstatSync, ftruncate, unlinkSync, write } from 'node:fs';
import { promisify } from 'node:util';
import { copyRange, type FilePlace, type Lock } from '../../../native/index.js';
import { TscontainError } from '../../errors.js';
import { errnoOf, fileError } from '../../state/file-errors.js';
import type { Digest } from '../oci.js';
import { digestOfFile } from './digest-of-file.js';
import { flushFile } from './durable.js';
import { isStill } from './locks.js';
import type { Ingest } from './model.js';

const written = promisify(write);
const truncated = promisify(ftruncate);

export interface IngestParts {
  readonly path: string;
  /** of the file itself, open for reading and writing */
  readonly lock: Lock;
  readonly digest: Digest;
  readonly size: number;
  /** gives the file its name among the blobs */
  readonly appear: () => Promise<void>;
}

export class FileIngest implements Ingest {
  readonly path: string;
  #offset: number;
  #isDone = false;

  constructor(private readonly parts: IngestParts) {
    this.path = parts.path;
    this.#offset = fstatSync(parts.lock.fd).size;
  }

  get offset(): number {
    return this.#offset;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#requireRoom(chunk.length);
    try {
      this.#offset = await writeAll(this.parts.lock.fd, chunk, this.#offset);
    } catch (error) {
      throw fileError(error, `write ${this.parts.digest}`);
    }
  }

  async copy(from: FilePlace, length: number): Promise<number | undefined> {
    this.#requireRoom(length);
    const copied = await copyRange(from, { fd: this.parts.lock.fd, at: this.#offset }, length);
    this.#offset += copied ?? 0;
    return copied;
  }

  #requireRoom(bytes: number): void {
    const { size, digest } = this.parts;
    if (this.#offset + bytes <= size) return;
    throw new TscontainError('INVALID_VALUE', `more came of ${digest} than the ${size} bytes that it has`, {
      hint: 'whoever sends it is not to be trusted with it',
    });
  }

  async restart(): Promise<void> {
    await truncated(this.parts.lock.fd, 0);
    this.#offset = 0;
  }

  async commit(verified?: Digest): Promise<void> {
    const { digest, size, lock, appear } = this.parts;
    if (this.#offset < size)
      throw new TscontainError('DIGEST_MISMATCH', `of ${digest} came ${this.#offset} bytes instead of ${size}`, {
        hint: 'try again: it goes on where it ended',
      });
    try {
      const is = verified ?? (await digestOfFile(this.path));
      if (is !== digest || this.#offset > size) {
        this.#forget();
        throw new TscontainError('DIGEST_MISMATCH', `what came as ${digest} is ${is}`, {
          hint: 'it was damaged or changed on its way, and nothing of it is kept: try again',
        });
      }
      await flushFile(lock.fd);
      await appear();
      this.#isDone = true;
    } catch (error) {
      throw fileError(error, `keep ${digest}`);
    }
  }

  close(): Promise<void> {
    // Of nothing there is nothing to be continued.
    if (!this.#isDone && this.#offset === 0) this.#forget();
    this.parts.lock.release();
    return Promise.resolve();
  }

  #forget(): void {
    this.#isDone = true;
    try {
      if (isStill(this.parts.lock, this.path)) unlinkSync(this.path);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
    }
  }
}

/** @returns the offset behind what was written */
export async function writeAll(fd: number, chunk: Uint8Array, offset: number): Promise<number> {
  for (let done = 0; done < chunk.length;) {
    const { bytesWritten } = await written(fd, chunk, done, chunk.length - done, offset + done);
    done += bytesWritten;
  }
  return offset + chunk.length;
}
