// Takes a tar archive apart as its bytes come, in pieces of any size, and tells of what is in it. It may be made to harm: nothing
// is taken into memory because the archive says it is that long. Pure. Tests: test/pure/engine/rootfs-tar.test.ts.
import { nameOfBytes } from '../../native/index.js';
import { storedBytes, type Entry, type EntrySink } from './entry.js';
import { BLOCK, isZero, parseHeader, TarError, TYPES, type Header } from './tar-header.js';
import { paxInteger, parsePax, parsePaxTime, type Records } from './tar-pax.js';
import { hasMapInContent, isSparse, OldSparse, SparseMap, sparseOf, type Sparse } from './tar-sparse.js';

export interface TarLimits {
  /** of one extended header: names, numbers and attributes. Default 1 MiB */
  readonly extensionBytes?: number;
  /** Default 2,000,000 */
  readonly entries?: number;
}

const DEFAULT_EXTENSION_BYTES = 1024 * 1024;
const DEFAULT_ENTRIES = 2_000_000;

const ENDS_EARLY = 'the archive ends in the middle';
const NO_RECORDS: Records = new Map();
const XATTR = 'SCHILY.xattr.';
const NO_XATTRS: Entry['xattrs'] = new Map();

const untilNul = (bytes: Buffer): Buffer => (bytes.includes(0) ? bytes.subarray(0, bytes.indexOf(0)) : bytes);

function xattrsOf(records: Records): Entry['xattrs'] {
  const found = new Map<string, Buffer>();
  for (const [key, value] of records) if (key.startsWith(XATTR)) found.set(key.slice(XATTR.length), Buffer.from(value));
  return found;
}

/** A record without a value takes back what an earlier one said. */
function nameIn(records: Records, key: string): string | undefined {
  const bytes = records.get(key);
  return bytes === undefined || bytes.length === 0 ? undefined : nameOfBytes(bytes);
}

function toEntry(header: Header, records: Records, stored: number, sparse: Sparse | undefined): Entry {
  const path = nameIn(records, 'GNU.sparse.name') ?? nameIn(records, 'path') ?? header.name;
  const type = TYPES[header.flag];
  if (type === undefined)
    throw new TarError(`${JSON.stringify(path.slice(0, 100))} is of an unknown kind (${JSON.stringify(header.flag)})`);
  const time = nameIn(records, 'mtime');
  // Archives from before directories had a kind of their own.
  const isFile = type === 'file' && !path.endsWith('/');
  return {
    path,
    type: type === 'file' && !isFile ? 'directory' : type,
    mode: header.mode,
    uid: paxInteger(records, 'uid') ?? header.uid,
    gid: paxInteger(records, 'gid') ?? header.gid,
    size: isFile ? (sparse?.size ?? stored) : 0,
    ...(isFile && sparse !== undefined ? { extents: sparse.extents } : {}),
    modifiedNs: time === undefined ? BigInt(header.modified) * 1_000_000_000n : parsePaxTime(time),
    link: nameIn(records, 'linkpath') ?? header.link,
    major: header.major,
    minor: header.minor,
    xattrs: records.size === 0 ? NO_XATTRS : xattrsOf(records),
  };
}

/** What follows of a header that is not yet whole. */
type Gathering =
  | { readonly kind: 'extension'; readonly header: Header; readonly bytes: Buffer; filled: number }
  | { readonly kind: 'old sparse'; readonly header: Header; readonly sparse: OldSparse }
  | { readonly kind: 'sparse map'; readonly header: Header; readonly stored: number; readonly map: SparseMap };

/** Paths are told of as they stand in the archive: who unpacks them judges them. */
export class TarParser {
  readonly #sink: EntrySink;
  readonly #maxExtensionBytes: number;
  readonly #maxEntries: number;
  /** records that hold for every entry that follows, and those for the next one alone */
  #everywhere = NO_RECORDS;
  #next = NO_RECORDS;
  #everywhereBytes = 0;
  #nextBytes = 0;
  #entries = 0;
  /** bytes of the content that are to come, and bytes after it that fill the block */
  #content = 0;
  #skip = 0;
  #gathering: Gathering | undefined;
  /** A block that is spread over several pieces. */
  readonly #block = Buffer.alloc(BLOCK);
  #blockFilled = 0;
  #zeroBlocks = 0;

  constructor(sink: EntrySink, limits: TarLimits = {}) {
    this.#sink = sink;
    this.#maxExtensionBytes = limits.extensionBytes ?? DEFAULT_EXTENSION_BYTES;
    this.#maxEntries = limits.entries ?? DEFAULT_ENTRIES;
  }

  /** Whether the archive has said that it is over; what comes after that is nothing of it. */
  get ended(): boolean {
    return this.#zeroBlocks === 2;
  }

  /** Bytes that come next and say nothing of what is in the archive: content, and what fills its last block. */
  get ahead(): number {
    return this.#content > 0 ? this.#content + this.#skip : 0;
  }

  /** Leaves those bytes out, for who can read elsewhere in the archive. */
  passAhead(): void {
    if (this.#content === 0) return;
    this.#content = 0;
    this.#skip = 0;
    this.#sink.end();
  }

  /** @throws TarError, and what the sink throws */
  push(piece: Buffer): void {
    for (let at = 0; at < piece.length && !this.ended;) {
      const left = piece.length - at;
      if (this.#content > 0) {
        const length = Math.min(this.#content, left);
        this.#sink.write(piece.subarray(at, at + length));
        at += length;
        if ((this.#content -= length) === 0) this.#sink.end();
      } else if (this.#skip > 0) {
        const length = Math.min(this.#skip, left);
        this.#skip -= length;
        at += length;
      } else if (this.#gathering?.kind === 'extension' && this.#gathering.filled < this.#gathering.bytes.length) {
        const { bytes, filled } = this.#gathering;
        const length = piece.copy(bytes, filled, at, at + Math.min(bytes.length - filled, left));
        this.#gathering.filled += length;
        at += length;
        this.#extensionGrew(this.#gathering);
      } else at += this.#takeBlock(piece, at, left);
    }
  }

  /** There will be no more. @throws TarError when it ends in the middle */
  finish(): void {
    const isWhole =
      this.ended ||
      (this.#content === 0 && this.#skip === 0 && this.#blockFilled === 0 && this.#gathering === undefined);
    if (!isWhole) throw new TarError(ENDS_EARLY);
  }

  #takeBlock(piece: Buffer, at: number, left: number): number {
    if (this.#blockFilled === 0 && left >= BLOCK) {
      this.#blockCame(piece, at);
      return BLOCK;
    }
    const length = piece.copy(this.#block, this.#blockFilled, at, at + Math.min(BLOCK - this.#blockFilled, left));
    if ((this.#blockFilled += length) === BLOCK) {
      this.#blockFilled = 0;
      this.#blockCame(this.#block, 0);
    }
    return length;
  }

  #blockCame(block: Buffer, at: number): void {
    const gathering = this.#gathering;
    if (gathering?.kind === 'old sparse') {
      if (!gathering.sparse.add(block, at))
        this.#begin(gathering.header, gathering.header.size, gathering.sparse.whole(gathering.header));
    } else if (gathering?.kind === 'sparse map') {
      if (!gathering.map.add(block, at)) return;
      this.#begin(gathering.header, gathering.stored, gathering.map.whole(this.#records(), gathering.stored));
    } else this.#headerCame(block, at);
  }

  #headerCame(block: Buffer, at: number): void {
    if (block[at] === 0 && isZero(block, at)) {
      this.#zeroBlocks += 1;
      return;
    }
    // Some readers end there and others go on: nothing is to depend on which one looks.
    if (this.#zeroBlocks > 0) throw new TarError('it goes on after its end');
    const header = parseHeader(block, at);
    if ((this.#entries += 1) > this.#maxEntries) throw new TarError(`it has more than ${this.#maxEntries} entries`);
    if (header.size < 0) throw new TarError(`${JSON.stringify(header.name)} has a size below 0`);
    if ('LKxg'.includes(header.flag)) {
      this.#gather(header);
      return;
    }
    if (header.flag === 'S') {
      const sparse = new OldSparse(block, at);
      if (OldSparse.continues(block, at)) this.#gathering = { kind: 'old sparse', header, sparse };
      else this.#begin(header, header.size, sparse.whole(header));
      return;
    }
    const records = this.#records();
    const stored = paxInteger(records, 'size') ?? header.size;
    if (!isSparse(records) || TYPES[header.flag] !== 'file') this.#begin(header, stored, undefined);
    else if (hasMapInContent(records)) {
      if (stored < BLOCK) throw new TarError('it tells of a file with holes what cannot be');
      this.#gathering = { kind: 'sparse map', header, stored, map: new SparseMap() };
    } else this.#begin(header, stored, sparseOf(records, stored));
  }

  #gather(header: Header): void {
    // One after another adds to what is kept.
    const kept = header.size + (header.flag === 'g' ? this.#everywhereBytes : this.#nextBytes);
    if (kept > this.#maxExtensionBytes) throw new TarError(`an extended header of the archive has ${kept} bytes`);
    if (header.flag === 'g') this.#everywhereBytes = kept;
    else this.#nextBytes = kept;
    const gathering: Gathering = { kind: 'extension', header, bytes: Buffer.alloc(header.size), filled: 0 };
    this.#gathering = gathering;
    this.#extensionGrew(gathering);
  }

  #extensionGrew({ header, bytes, filled }: Gathering & { kind: 'extension' }): void {
    if (filled < bytes.length) return;
    this.#gathering = undefined;
    this.#skip = padding(bytes.length);
    const records = new Map(header.flag === 'g' ? this.#everywhere : this.#next);
    if (header.flag === 'L') records.set('path', untilNul(bytes));
    else if (header.flag === 'K') records.set('linkpath', untilNul(bytes));
    else for (const [key, value] of parsePax(bytes)) records.set(key, value);
    if (header.flag === 'g') this.#everywhere = records;
    else this.#next = records;
  }

  #records(): Records {
    if (this.#everywhere.size === 0) return this.#next;
    return new Map([...this.#everywhere, ...this.#next]);
  }

  /** @param stored bytes that follow in the archive, a sparse file's list of stretches with them */
  #begin(header: Header, stored: number, sparse: Sparse | undefined): void {
    const entry = toEntry(header, this.#records(), stored, sparse);
    this.#gathering = undefined;
    this.#next = NO_RECORDS;
    this.#nextBytes = 0;
    // What is no file has no content, whatever size it claims: so all readers of layers have it. What is a directory by its
    // name alone may have some.
    const follows =
      TYPES[header.flag] !== 'file' ? 0 : sparse === undefined ? stored : storedBytes({ ...entry, ...sparse });
    this.#content = entry.type === 'file' ? follows : 0;
    this.#skip = follows - this.#content + padding(follows);
    this.#sink.begin(entry);
    if (this.#content === 0) this.#sink.end();
  }
}

const padding = (length: number): number => (BLOCK - (length % BLOCK)) % BLOCK;
