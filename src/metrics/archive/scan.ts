// All whole records of a ring file, a piece at a time: neither memory nor the event loop is held by the size of the file.
import { read } from 'node:fs';
import { promisify } from 'node:util';
import { HEADER_BYTES, readHead, recordBytes, type RecordHead, type Shape } from './format.js';

const readPiece = promisify(read);
const PIECE_BYTES = 128 * 1024;

/** @param found called in the order of the places; what it is given is good until it returns */
export async function scanRing(
  fd: number,
  shape: Shape,
  found: (head: RecordHead, bytes: Buffer, at: number) => void,
): Promise<void> {
  const size = recordBytes(shape);
  const perPiece = Math.max(1, Math.floor(PIECE_BYTES / size));
  const piece = Buffer.allocUnsafeSlow(Math.min(perPiece, shape.records) * size);
  for (let first = 0; first < shape.records; first += perPiece) {
    const wanted = Math.min(perPiece, shape.records - first) * size;
    const { bytesRead } = await readPiece(fd, piece, 0, wanted, HEADER_BYTES + first * size);
    for (let at = 0, place = first; at + size <= bytesRead; at += size, place++) {
      const head = readHead(piece.subarray(0, bytesRead), at, shape, place);
      if (head !== undefined) found(head, piece, at);
    }
    if (bytesRead < wanted) return;
  }
}
