// Writes a tar archive (POSIX ustar, with extended headers for what does not fit): pax(1), tar(5) of libarchive.
import { Readable } from 'node:stream';
import { BLOCK } from './tar-header.js';
import type { Entry, EntryType, Items } from './entry.js';

const FLAGS: Readonly<Record<EntryType, string>> = {
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

const isPlain = (text: string): boolean => text.length <= MAX_NAME_BYTES && /^[\x20-\x7e]*$/.test(text);

/** The records that say what the header has no room for. */
function extensions(entry: Entry, name: string): [key: string, value: Buffer][] {
  const records: [string, Buffer][] = [];
  const add = (key: string, value: string) => records.push([key, Buffer.from(value)]);
  if (!isPlain(name)) add('path', name);
  if (!isPlain(entry.link)) add('linkpath', entry.link);
  if (entry.size > MAX_OCTAL_11) add('size', String(entry.size));
  if (entry.uid > MAX_OCTAL_7) add('uid', String(entry.uid));
  if (entry.gid > MAX_OCTAL_7) add('gid', String(entry.gid));
  for (const [key, value] of entry.xattrs) records.push([`SCHILY.xattr.${key}`, value]);
  return records;
}

/** "LENGTH KEY=VALUE\n", where LENGTH counts its own digits too. */
function record(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
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
  Buffer.from(fields.name).subarray(0, MAX_NAME_BYTES).copy(block, 0);
  Buffer.from(fields.link).subarray(0, MAX_NAME_BYTES).copy(block, 157);
  octal(fields.mode, 100, 7);
  octal(Math.min(fields.uid, MAX_OCTAL_7), 108, 7);
  octal(Math.min(fields.gid, MAX_OCTAL_7), 116, 7);
  octal(Math.min(fields.size, MAX_OCTAL_11), 124, 11);
  octal(Math.min(Math.max(fields.seconds, 0), MAX_OCTAL_11), 136, 11);
  block.fill(0x20, 148, 156);
  block.write(fields.flag, 156, 'latin1');
  block.write('ustar\0' + '00', 257, 'latin1');
  octal(fields.major, 329, 7);
  octal(fields.minor, 337, 7);
  const sum = block.reduce((total, byte) => total + byte, 0);
  octal(sum, 148, 6);
  block[154] = 0;
  return block;
}

const padding = (length: number): Buffer => Buffer.alloc((BLOCK - (length % BLOCK)) % BLOCK);

function headersOf(entry: Entry): Buffer {
  const name = entry.type === 'directory' ? `${entry.path === '' ? '.' : entry.path}/` : entry.path;
  const { mode, uid, gid, size, link, major, minor } = entry;
  const seconds = Number(entry.modifiedNs / 1_000_000_000n);
  const own = header({ name, flag: FLAGS[entry.type], link, mode, uid, gid, size, seconds, major, minor });
  const records = extensions(entry, name).map(([key, value]) => record(key, value));
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

async function* archive(items: Items): AsyncGenerator<Buffer> {
  for await (const { entry, body } of items) {
    yield headersOf(entry);
    if (entry.type !== 'file') continue;
    for await (const chunk of body) yield chunk;
    if (entry.size % BLOCK !== 0) yield padding(entry.size);
  }
  yield Buffer.alloc(2 * BLOCK);
}

/** The archive as a stream of bytes. It ends with the error that the walk ended with. */
export function packTar(items: Items): Readable {
  return Readable.from(archive(items), { objectMode: false });
}
