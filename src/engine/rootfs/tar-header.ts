// The blocks of a tar archive that say what follows (tar(5) of libarchive, pax(1)). Pure. Tests: test/pure/engine/rootfs-tar.test.ts.
import { nameOfBytes } from '../../native/index.js';
import type { EntryType } from './entry.js';

export const BLOCK = 512;

export interface Header {
  /** the type flag, one character */
  readonly flag: string;
  readonly name: string;
  readonly link: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** s since the epoch */
  readonly modified: number;
  readonly major: number;
  readonly minor: number;
}

export class TarError extends Error {
  override readonly name = 'TarError';
}

function text(block: Buffer, at: number, length: number): string {
  let end = at;
  let isPlain = true;
  for (const limit = at + length; end < limit && block[end] !== 0; end++) if (block[end]! > 0x7f) isPlain = false;
  return isPlain ? block.toString('latin1', at, end) : nameOfBytes(block.subarray(at, end));
}

const SPACE = 0x20;
const isFiller = (byte: number): boolean => byte === SPACE || byte === 0;

/** Octal digits, or with the first bit set a number of base 256, big-endian with a sign. */
export function number(block: Buffer, at: number, length: number): number {
  if ((block[at]! & 0x80) !== 0) return wideNumber(block, at, length);
  const end = at + length;
  let next = at;
  while (next < end && isFiller(block[next]!)) next++;
  let value = 0;
  for (; next < end && !isFiller(block[next]!); next++) {
    const digit = block[next]! - 0x30;
    if (digit < 0 || digit > 7) {
      const digits = block.toString('latin1', at, end).replace(/[\0 ]+$/, '');
      throw new TarError(`${JSON.stringify(digits)} is no number of a tar archive`);
    }
    value = value * 8 + digit;
  }
  return value;
}

function wideNumber(block: Buffer, at: number, length: number): number {
  const first = block[at]!;
  let value = first & 0x40 ? -1n : 0n;
  value = (value << 6n) | BigInt(first & 0x3f);
  for (let i = 1; i < length; i++) value = (value << 8n) | BigInt(block[at + i]!);
  const result = Number(value);
  if (!Number.isSafeInteger(result)) throw new TarError('a number of the archive is too large');
  return result;
}

const CHECKSUM_AT = 148;
const CHECKSUM_LENGTH = 8;

/** The sum of a block's bytes, its own field taken as spaces. */
export function checksum(block: Buffer, at = 0): number {
  let sum = CHECKSUM_LENGTH * SPACE;
  for (let i = 0; i < CHECKSUM_AT; i++) sum += block[at + i]!;
  for (let i = CHECKSUM_AT + CHECKSUM_LENGTH; i < BLOCK; i++) sum += block[at + i]!;
  return sum;
}

/** The same by tars that took bytes for numbers with a sign. */
function signedChecksum(block: Buffer, at: number): number {
  let sum = checksum(block, at);
  for (let i = 0; i < BLOCK; i++)
    if ((i < CHECKSUM_AT || i >= CHECKSUM_AT + CHECKSUM_LENGTH) && block[at + i]! > 0x7f) sum -= 0x100;
  return sum;
}

/** What a block says its sum is; undefined when it says none. */
function claimedSum(block: Buffer, at: number): number | undefined {
  let next = at + CHECKSUM_AT;
  const end = next + CHECKSUM_LENGTH;
  while (next < end && isFiller(block[next]!)) next++;
  const first = next;
  let sum = 0;
  for (; next < end && block[next]! >= 0x30 && block[next]! <= 0x37; next++) sum = sum * 8 + block[next]! - 0x30;
  return next === first ? undefined : sum;
}

/** Whether a block says of itself that it is a header. */
export function isHeader(block: Buffer, at = 0): boolean {
  const claimed = claimedSum(block, at);
  if (claimed === undefined) return false;
  return claimed === checksum(block, at) || claimed === signedChecksum(block, at);
}

/** The block at `at` of a buffer. @throws TarError for one that is no header */
export function parseHeader(block: Buffer, at = 0): Header {
  if (!isHeader(block, at)) throw new TarError('it is no tar archive, or it is damaged');
  // GNU's own format has other things where POSIX keeps the beginning of a long name.
  const isPosix = block.toString('latin1', at + 257, at + 263) === 'ustar\0';
  const prefix = isPosix ? text(block, at + 345, 155) : '';
  const name = text(block, at, 100);
  return {
    flag: block[at + 156] === 0 ? '0' : String.fromCharCode(block[at + 156]!),
    name: prefix === '' ? name : `${prefix}/${name}`,
    link: text(block, at + 157, 100),
    mode: number(block, at + 100, 8) & 0o7777,
    uid: number(block, at + 108, 8),
    gid: number(block, at + 116, 8),
    size: number(block, at + 124, 12),
    modified: number(block, at + 136, 12),
    major: number(block, at + 329, 8),
    minor: number(block, at + 337, 8),
  };
}

export function isZero(block: Buffer, at = 0): boolean {
  for (let i = 0; i < BLOCK; i++) if (block[at + i] !== 0) return false;
  return true;
}

export const TYPES: Readonly<Record<string, EntryType>> = {
  '0': 'file',
  '7': 'file',
  S: 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'char',
  '4': 'block',
  '5': 'directory',
  '6': 'fifo',
};
