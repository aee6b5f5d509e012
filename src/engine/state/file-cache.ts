// A small file, parsed once for each time that it changes.
import { closeSync, fstatSync, openSync, readFileSync, statSync, type Stats } from 'node:fs';

/**
 * Files here are only ever replaced by rename, so inode, size and times together say whether one changed. A look that finds
 * nothing new costs one stat (3 µs) and hands out the same object as before, so that listeners can compare by identity.
 */
export class FileCache<T> {
  private readonly known = new Map<string, { stamp: string; value: T }>();
  constructor(private readonly parse: (text: string, path: string, id: string) => T) {}

  /** @throws what node:fs and `parse` throw */
  read(path: string, id: string): T {
    const known = this.known.get(path);
    if (known !== undefined && stampOf(this.stat(path)) === known.stamp) return known.value;
    const fd = openSync(path, 'r');
    try {
      // Of the descriptor, so that stamp and text are of the same file whatever is renamed meanwhile.
      const stamp = stampOf(fstatSync(fd));
      const value = this.parse(readFileSync(fd, 'utf8'), path, id);
      this.known.set(path, { stamp, value });
      return value;
    } finally {
      closeSync(fd);
    }
  }

  forget(path: string): void {
    this.known.delete(path);
  }

  private stat(path: string): Stats {
    try {
      return statSync(path);
    } catch (error) {
      this.known.delete(path);
      throw error;
    }
  }
}

function stampOf(stat: Stats): string {
  return `${stat.ino}/${stat.size}/${stat.mtimeMs}/${stat.ctimeMs}`;
}
