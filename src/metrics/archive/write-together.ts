// Bytes to their places in many files, in the background: by one call where that can be done, else one after the other.
import { write } from 'node:fs';
import { promisify } from 'node:util';
import { writeAll, type PlacedBytes } from '../../native/index.js';

const ask = promisify(write);

/** @returns for each why it could not be written; undefined where it was. None is left out for the failure of another. */
export async function writeTogether(pieces: readonly PlacedBytes[]): Promise<readonly (Error | undefined)[]> {
  if (pieces.length === 0) return [];
  const together = writeAll();
  if (together !== undefined) return together(pieces);
  const failures: (Error | undefined)[] = [];
  for (const piece of pieces) failures.push(await writeWhole(piece).catch((error: unknown) => error as Error));
  return failures;
}

export async function writeWhole({ fd, bytes, place }: PlacedBytes): Promise<undefined> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await ask(fd, bytes, done, bytes.length - done, place + done);
    done += bytesWritten;
  }
}
