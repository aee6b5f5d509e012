// A small file, parsed once for each time that it changes.
import { readFileSync, statSync } from 'node:fs';

/** Enough that a writer cannot be in the way each time; a file that cannot be parsed so often is broken. */
const TRIES = 4;

/**
 * Files here are replaced as a whole, each time with a modification time of its own, so inode, size and times together say
 * whether one changed. A look that finds nothing new costs one stat and hands out the same object as before, so that
 * listeners can compare by identity.
 */
export class FileCache<T> {
  private readonly known = new Map<string, { stamp: string; value: T }>();
  constructor(private readonly parse: (text: string, path: string, id: string) => T) {}

  /** @throws what node:fs and `parse` throw */
  read(path: string, id: string): T {
    for (let left = TRIES - 1; ; left--) {
      // Before the text: should the file change in between, the next look finds another stamp and reads it again.
      const stamp = this.stamp(path);
      const known = this.known.get(path);
      if (known?.stamp === stamp) return known.value;
      const text = readFileSync(path, 'utf8');
      try {
        const value = this.parse(text, path, id);
        this.known.set(path, { stamp, value });
        return value;
      } catch (error) {
        // Who opens the file just before it is exchanged for its spare can find the next writer at it, who has that for the
        // spare (replace-file.ts). Opened again it is whole.
        if (left === 0) throw error;
      }
    }
  }

  /** What was written there just now, by somebody who lets nobody else write: it need not be read again. */
  wrote(path: string, value: T): void {
    this.known.set(path, { stamp: this.stamp(path), value });
  }

  private stamp(path: string): string {
    try {
      const { ino, size, mtimeMs, ctimeMs } = statSync(path);
      return `${ino}/${size}/${mtimeMs}/${ctimeMs}`;
    } catch (error) {
      this.known.delete(path);
      throw error;
    }
  }
}
