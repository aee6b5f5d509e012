// The blocks of a tar archive that say what follows (tar(5) of libarchive, pax(1)). Pure. Tests: test/pure/engine/rootfs-tar.test.ts.
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
  const end = block.subarray(at, at + length).indexOf(0);
  return block.toString('utf8', at, end < 0 ? at + length : at + end);
}

/** Octal digits, or with the first bit set a number of base 256, big-endian with a sign. */
function number(block: Buffer, at: number, length: number): number {
  const first = block[at]!;
  if ((first & 0x80) === 0) {
    const digits = block
      .toString('latin1', at, at + length)
      .replace(/[\0 ]+$/, '')
      .trimStart();
    if (digits === '') return 0;
    if (!/^[0-7]+$/.test(digits)) throw new TarError(`"${digits}" is no number of a tar archive`);
    return parseInt(digits, 8);
  }
  let value = first & 0x40 ? -1n : 0n;
  value = (value << 6n) | BigInt(first & 0x3f);
  for (let i = 1; i < length; i++) value = (value << 8n) | BigInt(block[at + i]!);
  const result = Number(value);
  if (!Number.isSafeInteger(result)) throw new TarError('a number of the archive is too large');
  return result;
}

function checksum(block: Buffer): number {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 32 : block[i]!;
  return sum;
}

/** @throws TarError for a block that is no header */
export function parseHeader(block: Buffer): Header {
  const claimed = /^[ 0]*([0-7]{1,7})/.exec(block.toString('latin1', 148, 156))?.[1];
  if (claimed === undefined || parseInt(claimed, 8) !== checksum(block))
    throw new TarError('it is no tar archive, or it is damaged');
  // GNU's own format has other things where POSIX keeps the beginning of a long name.
  const isPosix = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isPosix ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  return {
    flag: block[156] === 0 ? '0' : String.fromCharCode(block[156]!),
    name: prefix === '' ? name : `${prefix}/${name}`,
    link: text(block, 157, 100),
    mode: number(block, 100, 8) & 0o7777,
    uid: number(block, 108, 8),
    gid: number(block, 116, 8),
    size: number(block, 124, 12),
    modified: number(block, 136, 12),
    major: number(block, 329, 8),
    minor: number(block, 337, 8),
  };
}

export const isZero = (block: Buffer): boolean => block.every((byte) => byte === 0);

/** "LENGTH KEY=VALUE\n" after one another; LENGTH counts all of it. Values are kept as bytes: attributes can hold any. */
export function parsePax(bytes: Buffer): Map<string, Buffer> {
  const records = new Map<string, Buffer>();
  for (let at = 0; at < bytes.length && bytes[at] !== 0;) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(bytes.toString('latin1', at, space));
    const equals = bytes.indexOf(0x3d, space);
    const isRecord =
      space > at &&
      Number.isInteger(length) &&
      length > 0 &&
      at + length <= bytes.length &&
      equals > space &&
      equals < at + length;
    if (!isRecord || bytes[at + length - 1] !== 0x0a)
      throw new TarError('an extended header of the archive is damaged');
    records.set(bytes.toString('utf8', space + 1, equals), bytes.subarray(equals + 1, at + length - 1));
    at += length;
  }
  return records;
}

export const TYPES: Readonly<Record<string, EntryType>> = {
  '0': 'file',
  '7': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'char',
  '4': 'block',
  '5': 'directory',
  '6': 'fifo',
};
