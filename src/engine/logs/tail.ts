// Where the last lines of a log begin, found by reading backwards from its end: a large log costs no more than a small one.
import { endsLine, isEntry, isWantedStream, type EntryFilter } from './entries.js';
import type { LogFile } from './files.js';

const NEWLINE = 10;
const BLOCK_BYTES = 64 * 1024;

export interface LogPosition {
  /** index into the files */
  readonly file: number;
  /** bytes from the beginning of that file, at the beginning of an entry */
  readonly offset: number;
}

/**
 * @param files the oldest first
 * @param lines how many; pieces of a line that were logged apart count as one
 */
export async function findTail(files: readonly LogFile[], lines: number, filter: EntryFilter): Promise<LogPosition> {
  const counter = new LineCounter(lines, filter);
  for (let file = files.length - 1; file >= 0; file--) {
    const offset = await searchBackwards(files[file]!, counter);
    if (offset !== undefined) return { file, offset };
  }
  return { file: 0, offset: 0 };
}

/** Counts lines as they are met from the end. */
class LineCounter {
  private count = 0;
  private metAny = false;

  constructor(
    private readonly lines: number,
    private readonly filter: EntryFilter,
  ) {}

  /** @returns whether the entry belongs to a line before the wanted ones */
  isBefore(block: Buffer, start: number): boolean {
    if (!isWantedStream(block, start, this.filter)) return false;
    // A piece at the very end is of a line that is not finished: it counts, though it has no end yet.
    if (endsLine(block, start) || !this.metAny) {
      if (this.count === this.lines) return true;
      this.count += 1;
    }
    this.metAny = true;
    return false;
  }
}

/** @returns the offset behind the last entry that is not wanted; undefined when all of the file is */
async function searchBackwards(file: LogFile, counter: LineCounter): Promise<number | undefined> {
  let from = (await file.handle.stat()).size;
  /** The beginning of a line whose own beginning is in the block before. */
  let rest = Buffer.alloc(0);
  while (from > 0) {
    const length = Math.min(BLOCK_BYTES, from);
    from -= length;
    const block = Buffer.allocUnsafe(length + rest.length);
    await file.handle.read(block, 0, length, from);
    rest.copy(block, length);
    let end = block.lastIndexOf(NEWLINE);
    while (end >= 0) {
      const before = end === 0 ? -1 : block.lastIndexOf(NEWLINE, end - 1);
      if (before < 0 && from > 0) break;
      if (isEntry(block, before + 1, end) && counter.isBefore(block, before + 1)) return from + end + 1;
      end = before;
    }
    rest = block.subarray(0, end + 1);
  }
  return undefined;
}
