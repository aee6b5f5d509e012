// The log format of the Kubernetes container runtime interface, one entry a line (pure: bytes in, bytes out):
//
//   2016-10-06T00:17:09.669794202+00:00 stdout F text of a whole line
//   2016-10-06T00:17:09.669794202+00:00 stderr P a piece that goes on in the next entry of stderr
//
// 100 MiB of short lines are 1.6 million entries, so nothing is allocated for an entry: two copies and one search each.

/** Longer lines are cut into partial entries of this size, as Docker and conmon do. */
export const MAX_ENTRY_TEXT_BYTES = 16 * 1024;

export type LogStream = 'stdout' | 'stderr';

/** "2016-10-06T00:17:09.669794202+00:00 stdout F ": every stamp has the same length, so has every prefix. */
export const PREFIX_BYTES = 45;

/** A block to format into must hold at least one entry of the greatest length: prefix, text, newline. */
export const MAX_ENTRY_BYTES = PREFIX_BYTES + MAX_ENTRY_TEXT_BYTES + 1;

const NEWLINE = 10;

/** @param ms since the epoch, with fractions @returns RFC 3339 in UTC with nine digits, 35 characters */
export function timestamp(ms: number): string {
  const wholeMs = Math.floor(ms);
  const ns = Math.min(999_999, Math.floor((ms - wholeMs) * 1e6));
  return `${new Date(wholeMs).toISOString().slice(0, 23)}${String(ns).padStart(6, '0')}+00:00`;
}

/** The prefixes of the entries of one chunk: all of them were read at the same moment. */
export interface EntryPrefixes {
  readonly full: Buffer;
  readonly partial: Buffer;
}

export function entryPrefixes(ms: number, stream: LogStream): EntryPrefixes {
  const start = `${timestamp(ms)} ${stream} `;
  return { full: Buffer.from(`${start}F `, 'latin1'), partial: Buffer.from(`${start}P `, 'latin1') };
}

/** Where formatting stands: what was taken of the chunk, what was put into the block. */
export interface Cursor {
  taken: number;
  put: number;
}

/**
 * Writes entries for chunk[cursor.taken …] to block[cursor.put …] until the chunk is used up or the next entry does not fit.
 * What stands after the last newline becomes a partial entry at once, so nothing is ever held back.
 * @returns whether the whole chunk was taken
 */
export function formatEntries(chunk: Buffer, prefixes: EntryPrefixes, block: Buffer, cursor: Cursor): boolean {
  const { full, partial } = prefixes;
  const { length } = chunk;
  let { taken, put } = cursor;
  while (taken < length) {
    const newline = chunk.indexOf(NEWLINE, taken);
    const lineEnd = newline < 0 ? length : newline;
    const end = Math.min(lineEnd, taken + MAX_ENTRY_TEXT_BYTES);
    if (put + PREFIX_BYTES + (end - taken) + 1 > block.length) break;
    const whole = end === newline;
    put += (whole ? full : partial).copy(block, put);
    put += chunk.copy(block, put, taken, end);
    block[put++] = NEWLINE;
    taken = whole ? end + 1 : end;
  }
  cursor.taken = taken;
  cursor.put = put;
  return taken === length;
}
