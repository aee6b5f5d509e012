// A small file, parsed once for each time that it changes.
import { closeSync, fstatSync, openSync, readFileSync, statSync, type Stats } from 'node:fs';

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
    const known = this.known.get(path);
    if (known !== undefined && stampOf(this.stat(path)) === known.stamp) return known.value;
    for (let left = TRIES - 1; ; left--) {
      const { stamp, text } = readWhole(path);
      // Whoever opens the file just before it is exchanged for its spare can find the next writer at it, who has that for
      // the spare (replace-file.ts). Opened again it is whole.
      if (stamp === undefined && left > 0) continue;
      try {
        const value = this.parse(text, path, id);
        if (stamp !== undefined) this.known.set(path, { stamp, value });
        return value;
      } catch (error) {
        if (left === 0) throw error;
      }
    }
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

/** The stamp is that of the very file that was read; none when it changed meanwhile. */
function readWhole(path: string): { stamp: string | undefined; text: string } {
  const fd = openSync(path, 'r');
  try {
    const before = stampOf(fstatSync(fd));
    const text = readFileSync(fd, 'utf8');
    return { stamp: stampOf(fstatSync(fd)) === before ? before : undefined, text };
  } finally {
    closeSync(fd);
  }
}

function stampOf(stat: Stats): string {
  return `${stat.ino}/${stat.size}/${stat.mtimeMs}/${stat.ctimeMs}`;
}
