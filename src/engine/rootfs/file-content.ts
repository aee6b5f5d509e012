// The content of a file that is being made, piece by piece; of one with holes only what is there is written.
import { writeSync } from 'node:fs';
import type { Entry, Extent } from './entry.js';

export class FileContent {
  /** which stretch is being written, and how much of it has been */
  #extent = 0;
  #written = 0;

  constructor(
    readonly fd: number,
    readonly entry: Entry,
  ) {}

  /** @throws node:fs errors */
  write(piece: Buffer): void {
    const { extents } = this.entry;
    if (extents === undefined) writeWhole(this.fd, piece);
    else this.#writeExtents(extents, piece);
  }

  #writeExtents(extents: readonly Extent[], piece: Buffer): void {
    for (let at = 0; at < piece.length;) {
      const extent = extents[this.#extent]!;
      const part = piece.subarray(at, at + extent.length - this.#written);
      writeWhole(this.fd, part, extent.at + this.#written);
      at += part.length;
      this.#written += part.length;
      if (this.#written < extent.length) continue;
      this.#extent += 1;
      this.#written = 0;
    }
  }
}

function writeWhole(fd: number, piece: Buffer, position?: number): void {
  for (let at = 0; at < piece.length;)
    at += writeSync(fd, piece, at, piece.length - at, position === undefined ? null : position + at);
}
