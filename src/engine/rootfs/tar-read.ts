// Reads a tar archive that may be made to harm: nothing is taken into memory because the archive says it is that long.
import { nothing, type Entry, type Item } from './entry.js';
import { BLOCK, isZero, parseHeader, parsePax, TarError, TYPES, type Header } from './tar-header.js';

/** Extended headers hold names, numbers and attributes. */
const MAX_EXTENSION_BYTES = 1024 * 1024;
const MAX_ENTRIES = 2_000_000;

/** Bytes as they come, handed out in the pieces that are asked for. */
class Bytes {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** At least one byte, at most `most`; undefined at the end. */
  async some(most: number): Promise<Buffer | undefined> {
    while (this.#rest.length === 0) {
      const next = await this.#source.next();
      if (next.done === true) return undefined;
      this.#rest = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    }
    const piece = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }

  /** Exactly so many, or undefined when there are none at all. @throws TarError when there are fewer */
  async exactly(length: number): Promise<Buffer | undefined> {
    const pieces: Buffer[] = [];
    for (let left = length; left > 0;) {
      const piece = await this.some(left);
      if (piece === undefined) {
        if (pieces.length === 0) return undefined;
        throw new TarError('the archive ends in the middle');
      }
      pieces.push(piece);
      left -= piece.length;
    }
    return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces, length);
  }

  /** Lets go of the source before its end. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }
}

/** The content of one entry; what its reader leaves is skipped. */
class Body implements AsyncIterable<Buffer> {
  #left: number;

  constructor(
    readonly bytes: Bytes,
    readonly size: number,
  ) {
    this.#left = size;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    while (this.#left > 0) yield await this.#piece();
  }

  async finish(): Promise<void> {
    while (this.#left > 0) await this.#piece();
    await this.bytes.exactly((BLOCK - (this.size % BLOCK)) % BLOCK);
  }

  async #piece(): Promise<Buffer> {
    const piece = await this.bytes.some(this.#left);
    if (piece === undefined) throw new TarError('the archive ends in the middle');
    this.#left -= piece.length;
    return piece;
  }
}

async function extension(bytes: Bytes, { size }: Header): Promise<Buffer> {
  if (size > MAX_EXTENSION_BYTES) throw new TarError(`an extended header of the archive has ${size} bytes`);
  const padded = Math.ceil(size / BLOCK) * BLOCK;
  const content = await bytes.exactly(padded);
  if (content === undefined && padded > 0) throw new TarError('the archive ends in the middle');
  return (content ?? Buffer.alloc(0)).subarray(0, size);
}

const untilNul = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('utf8').replace(/\0.*$/s, ''));

function integer(records: ReadonlyMap<string, Buffer>, key: string): number | undefined {
  const text = records.get(key)?.toString();
  if (text === undefined) return undefined;
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(Number(text)))
    throw new TarError(`"${text}" is no ${key} of a tar archive`);
  return Number(text);
}

/** "1700000000.25" in ns. */
function paxTime(text: string): bigint {
  const match = /^(-?)(\d{1,15})(?:\.(\d*))?$/.exec(text);
  if (match === null) throw new TarError(`"${text}" is no time of a tar archive`);
  const [, sign, seconds, fraction = ''] = match;
  const ns = BigInt(seconds!) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9));
  return sign === '-' ? -ns : ns;
}

const XATTR = 'SCHILY.xattr.';

function toEntry(header: Header, records: ReadonlyMap<string, Buffer>): Entry {
  if (header.flag === 'S' || [...records.keys()].some((key) => key.startsWith('GNU.sparse.'))) {
    throw new TarError('it holds sparse files; make it without --sparse');
  }
  const path = records.get('path')?.toString() ?? header.name;
  const type = TYPES[header.flag];
  if (type === undefined) throw new TarError(`"${path}" is of an unknown kind (${JSON.stringify(header.flag)})`);
  const time = records.get('mtime')?.toString();
  const size = integer(records, 'size') ?? header.size;
  if (size < 0) throw new TarError(`"${path}" has a size below 0`);
  return {
    path,
    // Archives from before directories had a kind of their own.
    type: type === 'file' && path.endsWith('/') ? 'directory' : type,
    mode: header.mode,
    uid: integer(records, 'uid') ?? header.uid,
    gid: integer(records, 'gid') ?? header.gid,
    size: type === 'file' ? size : 0,
    modifiedNs: time === undefined ? BigInt(header.modified) * 1_000_000_000n : paxTime(time),
    link: records.get('linkpath')?.toString() ?? header.link,
    major: header.major,
    minor: header.minor,
    xattrs: new Map(
      [...records].filter(([key]) => key.startsWith(XATTR)).map(([key, value]) => [key.slice(XATTR.length), value]),
    ),
  };
}

/**
 * The entries of an archive. Paths are as they stand in it: who unpacks them judges them.
 * @throws TarError
 */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<Item> {
  const bytes = new Bytes(source);
  const everywhere = new Map<string, Buffer>();
  let records = new Map<string, Buffer>();
  let count = 0;
  try {
    for (;;) {
      const block = await bytes.exactly(BLOCK);
      if (block === undefined || isZero(block)) return;
      const header = parseHeader(block);
      if ((count += 1) > MAX_ENTRIES) throw new TarError(`it has more than ${MAX_ENTRIES} entries`);
      if (header.flag === 'L') records.set('path', untilNul(await extension(bytes, header)));
      else if (header.flag === 'K') records.set('linkpath', untilNul(await extension(bytes, header)));
      else if (header.flag === 'x') records = new Map([...records, ...parsePax(await extension(bytes, header))]);
      else if (header.flag === 'g')
        for (const [key, value] of parsePax(await extension(bytes, header))) everywhere.set(key, value);
      else {
        const entry = toEntry(header, new Map([...everywhere, ...records]));
        records = new Map();
        // What is no file may claim a size all the same; the bytes are there then.
        const body = new Body(bytes, entry.type === 'file' ? entry.size : entry.type === 'hardlink' ? 0 : header.size);
        yield { entry, body: entry.type === 'file' ? body : nothing() };
        await body.finish();
      }
    }
  } finally {
    await bytes.close();
  }
}
