// The digest of a file, read piece by piece so that the event loop goes on between two.
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Digest } from '../oci.js';

const PIECE_BYTES = 1024 * 1024;

/** @throws the error of node:fs, the reason of the signal */
export async function digestOfFile(path: string, signal?: AbortSignal): Promise<Digest> {
  const file = await open(path, 'r');
  try {
    const hash = createHash('sha256');
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(piece, 0, piece.length);
      if (bytesRead === 0) return `sha256:${hash.digest('hex')}`;
      hash.update(piece.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
