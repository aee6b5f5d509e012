// Files of the kernel that are read again and again: kept open and read from their beginning into one shared buffer, three
// times cheaper than opening them each time. When a process has no descriptors to spare, the files beyond the budget are
// opened for each reading: slower, but the numbers stay right.
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { Text } from './proc.js';

/** How many descriptors may be kept open; shared by all files of a sampler. */
export class DescriptorBudget {
  constructor(private left: number) {}

  take(): boolean {
    if (this.left <= 0) return false;
    this.left--;
    return true;
  }

  giveBack(): void {
    this.left++;
  }
}

/** Of the process's limit, what is left to everything else: terminals, logs, sockets. */
const LEFT_TO_OTHERS = 256;
/** The smallest limit that is usual, for where the real one is not told. */
const USUAL_LIMIT = 1024;

/**
 * Descriptors that the files may take of this process's limit: half at most. Node raises its soft limit to the hard one when
 * it starts, so there is nothing to raise.
 */
export function spareDescriptors(procRoot: string): number {
  let limits = '';
  try {
    limits = readFileSync(`${procRoot}/self/limits`, 'latin1');
  } catch {
    // A machine that does not tell its limit gets the usual one.
  }
  const limit = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? USUAL_LIMIT);
  return Math.max(0, Math.min(limit / 2, limit - LEFT_TO_OTHERS));
}

/** A file in a sequence of records is handed out a page at a time (seq_file); a shorter answer than this is the whole. */
const MAYBE_MORE_BYTES = 3072;

/** The one buffer that every file is read into; what it holds is good until the next reading. */
export class TextBuffer implements Text {
  bytes = new Uint8Array(64 * 1024);
  length = 0;

  /** Reads an open file from its beginning to its end. */
  fill(fd: number): void {
    this.length = readSync(fd, this.bytes, 0, this.bytes.length, 0);
    let more = this.length >= MAYBE_MORE_BYTES;
    while (more) {
      if (this.length === this.bytes.length) this.grow();
      const count = readSync(fd, this.bytes, this.length, this.bytes.length - this.length, this.length);
      this.length += count;
      more = count > 0;
    }
  }

  private grow(): void {
    const larger = new Uint8Array(this.bytes.length * 2);
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

/**
 * read: the buffer holds the file. missing: it is not there (no such controller, no PSI) or cannot be read, so it is not
 * measured. unreachable: it was there and is out of reach for once, as when there is no descriptor left (EMFILE). gone: it was
 * there, and what it belongs to has been removed.
 */
export type Reading = 'read' | 'missing' | 'unreachable' | 'gone';

/** A removed file: when it is opened, when it was kept open, and when it was a process's. */
const REMOVED: ReadonlySet<string> = new Set(['ENOENT', 'ENODEV', 'ESRCH']);

export class KeptFile {
  private fd: number | undefined;
  private state: 'unknown' | 'there' | 'missing' = 'unknown';

  constructor(
    readonly path: string,
    private readonly budget: DescriptorBudget,
    /** whether one answer is all of it as long as it is no page: not where the kernel hands out record after record */
    readonly isWhole = true,
  ) {}

  /** Where it is open; undefined where it must be opened to be read. */
  get descriptor(): number | undefined {
    return this.fd;
  }

  read(into: TextBuffer): Reading {
    if (this.state === 'missing') return 'missing';
    let fd = this.fd;
    try {
      fd ??= openSync(this.path, 'r');
      into.fill(fd);
    } catch (error) {
      if (fd !== undefined && this.fd === undefined) closeSync(fd);
      return this.unreadable((error as NodeJS.ErrnoException).code);
    }
    this.state = 'there';
    if (this.fd !== undefined) return 'read';
    if (this.budget.take()) this.fd = fd;
    else closeSync(fd);
    return 'read';
  }

  private unreadable(code: string | undefined): Reading {
    if (this.state !== 'there') {
      this.state = 'missing';
      return 'missing';
    }
    if (code === undefined || !REMOVED.has(code)) return 'unreachable';
    this.close();
    return 'gone';
  }

  /** A file that was missing may be there now. @returns whether it was */
  lookAgain(): boolean {
    const wasMissing = this.state === 'missing';
    if (wasMissing) this.state = 'unknown';
    return wasMissing;
  }

  close(): void {
    this.state = 'unknown';
    if (this.fd === undefined) return;
    closeSync(this.fd);
    this.fd = undefined;
    this.budget.giveBack();
  }
}
