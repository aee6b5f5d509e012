// From the bytes of a log file to entries. 100 MiB are 1.6 million of them, so an entry is a view: its time and its text
// are cut out of the block when somebody asks. Pure. The format is described and written in supervisor/cri.ts.
import type { LogEntry } from '../model.js';
import { PREFIX_BYTES, timestamp } from '../supervisor/cri.js';

const NEWLINE = 10;
const SPACE = 32;
const TIME_BYTES = 35;
/** "stdout" and "stderr" differ first here. */
const STREAM_AT = TIME_BYTES + 4;
const TAG_AT = PREFIX_BYTES - 2;
const [LETTER_F, LETTER_P, LETTER_O, LETTER_E] = [0x46, 0x50, 0x6f, 0x65];

class EntryView implements LogEntry {
  constructor(
    private readonly block: Buffer,
    private readonly start: number,
    private readonly end: number,
  ) {}
  get time(): string {
    return this.block.toString('latin1', this.start, this.start + TIME_BYTES);
  }
  get stream(): 'stdout' | 'stderr' {
    return this.block[this.start + STREAM_AT] === LETTER_O ? 'stdout' : 'stderr';
  }
  get partial(): boolean {
    return this.block[this.start + TAG_AT] === LETTER_P;
  }
  get text(): Buffer {
    return this.block.subarray(this.start + PREFIX_BYTES, this.end);
  }
}

/** Which entries are wanted. */
export interface EntryFilter {
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** the first and the last moment, in the very form of the file, in which earlier sorts before later */
  readonly since?: Buffer;
  readonly until?: Buffer;
}

export function entryFilter(options: {
  stdout?: boolean;
  stderr?: boolean;
  since?: number;
  until?: number;
}): EntryFilter {
  return {
    stdout: options.stdout ?? true,
    stderr: options.stderr ?? true,
    ...(options.since === undefined ? {} : { since: Buffer.from(timestamp(options.since), 'latin1') }),
    ...(options.until === undefined ? {} : { until: Buffer.from(timestamp(options.until), 'latin1') }),
  };
}

/** Whether block[start..end) is an entry: a full disk can have cut one short, and what stands behind it is lost with it. */
export function isEntry(block: Buffer, start: number, end: number): boolean {
  if (end - start < PREFIX_BYTES || block[start + TIME_BYTES] !== SPACE || block[start + PREFIX_BYTES - 1] !== SPACE)
    return false;
  const [stream, tag] = [block[start + STREAM_AT], block[start + TAG_AT]];
  return (stream === LETTER_O || stream === LETTER_E) && (tag === LETTER_F || tag === LETTER_P);
}

/** Whether the entry at `start` ends a line, as against a piece of one. */
export function endsLine(block: Buffer, start: number): boolean {
  return block[start + TAG_AT] === LETTER_F;
}

export function isWantedStream(block: Buffer, start: number, filter: EntryFilter): boolean {
  return block[start + STREAM_AT] === LETTER_O ? filter.stdout : filter.stderr;
}

/** The wanted entries of block[0..length), and how many bytes their whole lines take: the rest waits for its end. */
export function parseEntries(
  block: Buffer,
  length: number,
  filter: EntryFilter,
): { entries: LogEntry[]; taken: number } {
  const entries: LogEntry[] = [];
  const { since, until } = filter;
  const all = filter.stdout && filter.stderr && since === undefined && until === undefined;
  let start = 0;
  for (;;) {
    const end = block.indexOf(NEWLINE, start);
    if (end < 0 || end >= length) return { entries, taken: start };
    if (isEntry(block, start, end) && (all || isWanted(block, start, filter)))
      entries.push(new EntryView(block, start, end));
    start = end + 1;
  }
}

function isWanted(block: Buffer, start: number, filter: EntryFilter): boolean {
  const { since, until } = filter;
  return (
    isWantedStream(block, start, filter) &&
    (since === undefined || block.compare(since, 0, TIME_BYTES, start, start + TIME_BYTES) >= 0) &&
    (until === undefined || block.compare(until, 0, TIME_BYTES, start, start + TIME_BYTES) <= 0)
  );
}
