// Writes a tar archive (POSIX ustar, with extended headers for what does not fit): pax(1), tar(5) of libarchive. What a layer
// says is gone is written as image-spec has it. The same entries make the same bytes.
import { Readable } from 'node:stream';
import { bytesOfName } from '../../native/index.js';
import type { Entry, EntryType, Item, Items } from './entry.js';
import { BLOCK, checksum } from './tar-header.js';
import { paxRecord, paxTime } from './tar-pax.js';
import { toArchive } from './whiteouts.js';

const FLAGS: Readonly<Record<Exclude<EntryType, 'whiteout' | 'opaque'>, string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  char: '3',
  block: '4',
  directory: '5',
  fifo: '6',
};
const PAX_FLAG = 'x';

const MAX_NAME_BYTES = 100;
const MAX_OCTAL_11 = 0o77777777777;
const MAX_OCTAL_7 = 0o7777777;
const NS = 1_000_000_000n;

const isPlain = (text: string): boolean => text.length <= MAX_NAME_BYTES && /^[\x20-\x7e]*$/.test(text);

/** The records that say what the header has no room for. Names that are not UTF-8 stand there as the bytes they are. */
function extensions(entry: Entry, name: string): [key: string, value: Buffer][] {
  const records: [string, Buffer][] = [];
  const add = (key: string, value: string) => records.push([key, bytesOfName(value)]);
  if (!isPlain(name)) add('path', name);
  if (!isPlain(entry.link)) add('linkpath', entry.link);
  if (entry.size > MAX_OCTAL_11) add('size', String(entry.size));
  if (entry.uid > MAX_OCTAL_7) add('uid', String(entry.uid));
  if (entry.gid > MAX_OCTAL_7) add('gid', String(entry.gid));
  const { modifiedNs: ns } = entry;
  if (ns % NS !== 0n || ns < 0n || ns / NS > BigInt(MAX_OCTAL_11)) add('mtime', paxTime(ns));
  const names = [...entry.xattrs.keys()].sort();
  for (const key of names) records.push([`SCHILY.xattr.${key}`, entry.xattrs.get(key)!]);
  return records;
}

interface HeaderFields {
  readonly name: string;
  readonly flag: string;
  readonly link: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly seconds: number;
  readonly major: number;
  readonly minor: number;
}

function header(fields: HeaderFields): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, digits: number) => {
    block.write(value.toString(8).padStart(digits, '0').slice(-digits), at, 'latin1');
  };
  // Cut where an extended header has the whole.
  bytesOfName(fields.name).copy(block, 0, 0, MAX_NAME_BYTES);
  bytesOfName(fields.link).copy(block, 157, 0, MAX_NAME_BYTES);
  octal(fields.mode, 100, 7);
  octal(Math.min(fields.uid, MAX_OCTAL_7), 108, 7);
  octal(Math.min(fields.gid, MAX_OCTAL_7), 116, 7);
  octal(Math.min(fields.size, MAX_OCTAL_11), 124, 11);
  octal(Math.min(Math.max(fields.seconds, 0), MAX_OCTAL_11), 136, 11);
  block.write(fields.flag, 156, 'latin1');
  block.write('ustar\0' + '00', 257, 'latin1');
  octal(fields.major, 329, 7);
  octal(fields.minor, 337, 7);
  octal(checksum(block), 148, 6);
  block[155] = 0x20;
  return block;
}

const padding = (length: number): Buffer => Buffer.alloc((BLOCK - (length % BLOCK)) % BLOCK);

function headersOf(entry: Entry): Buffer {
  const { mode, uid, gid, size, link, major, minor, type } = entry;
  if (type === 'whiteout' || type === 'opaque') throw new TypeError(`${type} is no kind of an archive`);
  const name = type === 'directory' ? `${entry.path === '' ? '.' : entry.path}/` : entry.path;
  const seconds = Number(entry.modifiedNs / NS);
  const own = header({ name, flag: FLAGS[type], link, mode, uid, gid, size, seconds, major, minor });
  const records = extensions(entry, name).map(([key, value]) => paxRecord(key, value));
  if (records.length === 0) return own;
  const content = Buffer.concat(records);
  const extended = {
    name: 'extended header',
    flag: PAX_FLAG,
    link: '',
    mode: 0o644,
    uid: 0,
    gid: 0,
    seconds,
    major: 0,
    minor: 0,
  };
  return Buffer.concat([header({ ...extended, size: content.length }), content, padding(content.length), own]);
}

const ZEROS = Buffer.alloc(256 * 1024);

function* zeros(length: number): Generator<Buffer> {
  for (let left = length; left > 0; left -= ZEROS.length) yield ZEROS.subarray(0, left);
}

/** The content with its holes filled. */
async function* contentOf({ entry, body }: Item): AsyncGenerator<Buffer> {
  const { size, extents } = entry;
  if (extents === undefined) {
    yield* body;
    return;
  }
  let done = 0;
  let next = 0;
  for await (const piece of body) {
    for (let at = 0; at < piece.length;) {
      while (next < extents.length && extents[next]!.at + extents[next]!.length <= done) next++;
      const extent = extents[next]!;
      if (done < extent.at) yield* zeros(extent.at - done);
      done = Math.max(done, extent.at);
      const part = piece.subarray(at, at + extent.at + extent.length - done);
      at += part.length;
      done += part.length;
      yield part;
    }
  }
  yield* zeros(size - done);
}

async function* archive(items: Items, isLayer: boolean): AsyncGenerator<Buffer> {
  for await (const item of items) {
    const entry = isLayer ? toArchive(item.entry) : item.entry;
    yield headersOf(entry);
    if (entry.type !== 'file' || entry.size === 0) continue;
    yield* contentOf(item);
    if (entry.size % BLOCK !== 0) yield padding(entry.size);
  }
  yield Buffer.alloc(2 * BLOCK);
}

/**
 * The archive as a stream of bytes. It ends with the error that the walk ended with.
 * @param isLayer whether entries of the kinds "whiteout" and "opaque" are among them, and names that mean those must not be
 */
export function packTar(items: Items, { isLayer = false }: { readonly isLayer?: boolean } = {}): Readable {
  return Readable.from(archive(items, isLayer), { objectMode: false });
}
