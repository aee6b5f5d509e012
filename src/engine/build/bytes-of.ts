// The bytes of an open file, in pieces. The descriptor stays the caller's, also when he stops in the middle: a stream of node:fs
// closes it then, whatever it was told.
import { read } from 'node:fs';
import { promisify } from 'node:util';

const PIECE_BYTES = 256 * 1024;

const readAsync = promisify(read);

/** @param most bytes; what is written to it meanwhile is not read */
export async function* bytesOf(fd: number, most = Infinity): AsyncGenerator<Buffer> {
  for (let at = 0; at < most;) {
    const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, most - at));
    const { bytesRead } = await readAsync(fd, piece, 0, piece.length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield piece.subarray(0, bytesRead);
  }
}
