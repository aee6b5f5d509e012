// Making the directories of the state directory.
import { mkdirSync } from 'node:fs';

/** Makes it and those above it, for us alone; nothing happens when it is there. @throws the error of node:fs */
export function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    // Of a read-only file system, and of a file in the way, Node's recursive mkdir says ENOENT; the plain one says what it is.
    mkdirSync(path, { mode: 0o700 });
    throw error;
  }
}
