// Walks through a tree that may be changing and hostile: one component at a time, by descriptors, following no link.
import { closeSync, fstatSync, read, readdirSync, type BigIntStats } from 'node:fs';
import { promisify } from 'node:util';
import { TscontainError } from '../errors.js';
import {
  CGROUP2_SUPER_MAGIC,
  CGROUP_SUPER_MAGIC,
  DEVPTS_SUPER_MAGIC,
  fileSystemOf,
  getXattr,
  listXattrs,
  nameOfBytes,
  O_DIRECTORY,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_PATH,
  O_RDONLY,
  openBeneath,
  PROC_SUPER_MAGIC,
  readlinkAt,
  splitDeviceNumber,
  SyscallError,
  SYSFS_MAGIC,
} from '../../native/index.js';
import { isPortableXattr, nothing, type Entry, type EntryType, type Item } from './entry.js';
import { Turns } from '../turns.js';
import { isOpaque, isWhiteout } from './whiteouts.js';

/** Directories in one another. Each holds a descriptor while it is gone through. */
const MAX_DEPTH = 512;
const CHUNK_BYTES = 256 * 1024;
/** What is in them is no file of anybody's, has no size and no end. Each is told of as an empty directory. */
const KERNEL_FILE_SYSTEMS = new Set([
  PROC_SUPER_MAGIC,
  SYSFS_MAGIC,
  CGROUP_SUPER_MAGIC,
  CGROUP2_SUPER_MAGIC,
  DEVPTS_SUPER_MAGIC,
]);

/** The names in an open directory, in no order. */
export function namesIn(directoryFd: number): string[] {
  return readdirSync(`/proc/self/fd/${directoryFd}`, { encoding: 'buffer' }).map(nameOfBytes);
}

/** @returns undefined when it went meanwhile */
export function openEntry(directoryFd: number, name: string, flags: number): number | undefined {
  try {
    return openBeneath(directoryFd, name, flags | O_NOFOLLOW);
  } catch (error) {
    if (error instanceof SyscallError && ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'].includes(error.code)) return undefined;
    throw error;
  }
}

function typeOf(stat: BigIntStats): EntryType | 'socket' {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'directory';
  if (stat.isSymbolicLink()) return 'symlink';
  if (stat.isCharacterDevice()) return 'char';
  if (stat.isBlockDevice()) return 'block';
  return stat.isFIFO() ? 'fifo' : 'socket';
}

function portableXattrs(fd: number): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (const name of safely(() => listXattrs(fd)) ?? []) {
    const value = isPortableXattr(name) ? safely(() => getXattr(fd, name)) : undefined;
    if (value !== undefined) found.set(name, value);
  }
  return found;
}

/** A file system without attributes says so by an error. */
function safely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const readAsync = promisify(read);

async function* contentOf(fd: number, size: number): AsyncGenerator<Buffer> {
  // As long as it was when it was asked: an archive has said so already, whatever is written meanwhile.
  for (let left = size; left > 0;) {
    const chunk = Buffer.allocUnsafe(Math.min(left, CHUNK_BYTES));
    const { bytesRead } = await readAsync(fd, chunk, 0, chunk.length, null);
    const filled = bytesRead === 0 ? chunk.fill(0) : chunk.subarray(0, bytesRead);
    left -= filled.length;
    yield filled;
  }
}

export interface WalkOptions {
  /** Whether it is a layer as overlay reads it, whose marks are told of as "whiteout" and "opaque". Default false. */
  readonly isLayer?: boolean;
}

/** One walk: the files that have several names are told as links to the first. */
class Walk {
  readonly #isLayer: boolean;
  readonly #firstNames = new Map<string, string>();
  /** Most calls here are synchronous and short; the event loop has its turn all the same. */
  readonly #turns = new Turns();

  constructor({ isLayer = false }: WalkOptions) {
    this.#isLayer = isLayer;
  }

  /** What stands in a directory under a name, and all below it. */
  async *item(directoryFd: number, name: string, path: string, depth: number): AsyncGenerator<Item> {
    const place = openEntry(directoryFd, name, O_PATH);
    if (place === undefined) return;
    let link = '';
    let stat: BigIntStats;
    try {
      stat = fstatSync(place, { bigint: true });
      if (stat.isSymbolicLink()) link = readlinkAt(place, '');
    } finally {
      closeSync(place);
    }
    const type = typeOf(stat);
    if (type === 'socket') return;
    if (type === 'directory' || type === 'file') {
      const fd = openEntry(directoryFd, name, O_RDONLY | O_NONBLOCK | (type === 'directory' ? O_DIRECTORY : 0));
      if (fd === undefined) return;
      try {
        if (type === 'directory') yield* this.directory(fd, path, depth);
        else yield* this.#file(fd, path);
      } finally {
        closeSync(fd);
      }
      return;
    }
    const isMark = this.#isLayer && isWhiteout(stat);
    yield { entry: entryOf(path, isMark ? 'whiteout' : type, stat, new Map(), link), body: nothing() };
  }

  async *directory(fd: number, path: string, depth: number): AsyncGenerator<Item> {
    if (depth > MAX_DEPTH) {
      throw new TscontainError(
        'NOT_SUPPORTED',
        `directories are nested more than ${MAX_DEPTH} deep at "${path.slice(0, 80)}…"`,
      );
    }
    const stat = fstatSync(fd, { bigint: true });
    yield { entry: entryOf(path, 'directory', stat, portableXattrs(fd)), body: nothing() };
    if (this.#isLayer && isOpaque(fd)) yield { entry: entryOf(path, 'opaque', stat, new Map()), body: nothing() };
    if (path !== '' && KERNEL_FILE_SYSTEMS.has(fileSystemOf(fd).type)) return;
    for (const name of namesIn(fd).sort()) {
      if (this.#turns.isDue) await this.#turns.give();
      yield* this.item(fd, name, path === '' ? name : `${path}/${name}`, depth + 1);
    }
  }

  *#file(fd: number, path: string): Generator<Item> {
    const stat = fstatSync(fd, { bigint: true });
    if (!stat.isFile()) return;
    const identity = `${stat.dev}:${stat.ino}`;
    const first = stat.nlink > 1n ? this.#firstNames.get(identity) : undefined;
    if (first !== undefined) {
      yield { entry: entryOf(path, 'hardlink', stat, new Map(), first), body: nothing() };
      return;
    }
    if (stat.nlink > 1n) this.#firstNames.set(identity, path);
    yield { entry: entryOf(path, 'file', stat, portableXattrs(fd)), body: contentOf(fd, Number(stat.size)) };
  }
}

function entryOf(path: string, type: EntryType, stat: BigIntStats, xattrs: Map<string, Buffer>, link = ''): Entry {
  const isDevice = type === 'char' || type === 'block';
  return {
    path,
    type,
    mode: Number(stat.mode & 0o7777n),
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    size: type === 'file' ? Number(stat.size) : 0,
    modifiedNs: stat.mtimeNs,
    link,
    ...(isDevice ? splitDeviceNumber(Number(stat.rdev)) : { major: 0, minor: 0 }),
    xattrs,
  };
}

/** An open directory and everything in it, parents before children, in the order of names. Its own path is "". */
export function walkTree(directoryFd: number, options: WalkOptions = {}): AsyncGenerator<Item> {
  return new Walk(options).directory(directoryFd, '', 0);
}

/** One name in an open directory and, if it is a directory, everything in it. Paths begin with `as`. */
export function walkOne(directoryFd: number, name: string, as: string): AsyncGenerator<Item> {
  return new Walk({}).item(directoryFd, name, as, 0);
}
