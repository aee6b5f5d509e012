// A stretch of an open file: read in chunks, or copied inside of the kernel.
import { read } from 'node:fs';
import { promisify } from 'node:util';
import { TarError } from '../../rootfs/tar-header.js';
import type { Ingest } from '../content/model.js';

const CHUNK_BYTES = 1024 * 1024;
/** Of what is copied: so often it is told how far it is, and looked whether it is to stop. */
const COPY_BYTES = 4 * 1024 * 1024;
const readAsync = promisify(read);

export class Extent implements AsyncIterable<Buffer> {
  constructor(
    private readonly fd: number,
    private readonly at: number,
    /** bytes */
    readonly size: number,
  ) {}

  /** @throws TarError when the file is shorter */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    const end = this.at + this.size;
    for (let at = this.at; at < end;) {
      // Each chunk is its receiver's: it may be written while the next one is read.
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, end - at));
      const { bytesRead } = await readAsync(this.fd, chunk, 0, chunk.length, at);
      if (bytesRead === 0) throw endsEarly();
      at += bytesRead;
      yield chunk.subarray(0, bytesRead);
    }
  }

  /** Appends all of it; `onCopied` is told of each piece and may throw to stop. @throws TarError, what writing throws */
  async copyTo(ingest: Ingest, onCopied: (bytes: number) => void): Promise<void> {
    for (let done = 0; done < this.size;) {
      const from = { fd: this.fd, at: this.at + done };
      const copied = await ingest.copy(from, Math.min(COPY_BYTES, this.size - done));
      if (copied === undefined) {
        for await (const chunk of new Extent(this.fd, from.at, this.size - done)) {
          await ingest.write(chunk);
          onCopied(chunk.length);
        }
        return;
      }
      if (copied === 0) throw endsEarly();
      done += copied;
      onCopied(copied);
    }
  }
}

const endsEarly = (): TarError => new TarError('the archive ends in the middle');
