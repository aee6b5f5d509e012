// Puts entries of an archive or of a walk into a tree, never outside of it: every place is opened below the root as
// openat2(2) resolves it, and what is made there is made by one name in an open directory, following no link.
// Tests: test/container/rootfs-unpack.test.ts.
import { chmodSync, closeSync, fchmodSync, fchownSync, fstatSync, writeSync } from 'node:fs';
import { TscontainError } from '../errors.js';
import {
  chownAt,
  deviceNumber,
  fileSystemOf,
  linkAt,
  mkdirAt,
  mknodAt,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOFOLLOW,
  O_PATH,
  O_RDONLY,
  O_WRONLY,
  openBeneath,
  openInRoot,
  S_IFBLK,
  S_IFCHR,
  S_IFIFO,
  setTimesAt,
  setXattr,
  symlinkAt,
  SyscallError,
  unlinkAt,
} from '../../native/index.js';
import { isPortableXattr, type Entry, type Items } from './entry.js';
import { findPlace, openIfThere } from './places.js';
import { openEntry } from './walk.js';

export interface UnpackOptions {
  /** Whose the files are: as the archive says (default), or one owner for all. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Where the entries belong, an absolute path below the root. Default "/". */
  readonly at?: string;
  /** Whether an entry for the top itself sets its mode and owner. Default false. */
  readonly applyToTop?: boolean;
  /** Whether a directory may take the place of something else and the other way round. Default false, as `cp` has it. */
  readonly replaceKinds?: boolean;
  /** What becomes of devices. Default "refuse". */
  readonly devices?: 'make' | 'skip' | 'refuse';
}

export interface Unpacked {
  readonly entries: number;
  readonly bytes: number;
}

/** Left free on the file system: an archive that would fill it is refused before it has. */
const RESERVE_BYTES = 64 * 1024 * 1024;
const MAX_PATH_BYTES = 4095;
const MAX_ID = 0xfffffffe;

function refuse(entry: Entry, why: string): never {
  const shown = entry.path.length > 100 ? `${entry.path.slice(0, 100)}…` : entry.path;
  throw new TscontainError('INVALID_VALUE', `"${shown}" in the archive ${why}`, {
    hint: 'nothing of such an archive is to be trusted',
  });
}

/** The components of a path in an archive. Absolute ones begin at the top like all others. */
function components(entry: Entry, path: string): string[] {
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) refuse(entry, 'has a name that is too long');
  if (path.includes('\0')) refuse(entry, 'has a NUL in its name');
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) refuse(entry, 'leads out of it by ".."');
  return parts;
}

const isExisting = (error: unknown): boolean => error instanceof SyscallError && error.code === 'EEXIST';

export class Unpacker {
  readonly #rootFd: number;
  readonly #options: UnpackOptions;
  readonly #top: readonly string[];
  /** Directories get their times last: each file that is made in one changes them. */
  readonly #directoryTimes = new Map<string, bigint>();
  #parent: { path: string; fd: number } | undefined;
  #room: number;

  constructor(rootFd: number, options: UnpackOptions = {}) {
    this.#rootFd = rootFd;
    this.#options = options;
    this.#top = (options.at ?? '/').split('/').filter((part) => part !== '');
    this.#room = fileSystemOf(rootFd).availableBytes - RESERVE_BYTES;
  }

  /** @throws TscontainError INVALID_VALUE, NO_SPACE; SyscallError and node:fs errors; what was made until then stays */
  async unpack(items: Items): Promise<Unpacked> {
    let entries = 0;
    let bytes = 0;
    try {
      for await (const { entry, body } of items) {
        await this.#put(entry, body);
        entries += 1;
        bytes += entry.size;
      }
      this.#setDirectoryTimes();
      return { entries, bytes };
    } finally {
      if (this.#parent !== undefined) closeSync(this.#parent.fd);
      this.#parent = undefined;
    }
  }

  async #put(entry: Entry, body: AsyncIterable<Buffer>): Promise<void> {
    const parts = components(entry, entry.path);
    if (parts.length === 0) {
      if (entry.type !== 'directory') refuse(entry, 'is no directory but stands for the top');
      if (this.#options.applyToTop === true) this.#dressTop(entry);
      return;
    }
    const name = parts.at(-1)!;
    const parentFd = this.#openParent(parts.slice(0, -1));
    switch (entry.type) {
      case 'file':
        return this.#putFile(entry, body, parentFd, name);
      case 'directory':
        this.#putDirectory(entry, parentFd, name);
        this.#directoryTimes.set(parts.join('/'), entry.modifiedNs);
        return;
      case 'hardlink':
        this.#putHardLink(entry, parts, name);
        return;
      case 'symlink':
        this.#make(entry, parentFd, name, () => symlinkAt(entry.link, parentFd, name));
        break;
      case 'fifo':
        this.#make(entry, parentFd, name, () => mknodAt(parentFd, name, S_IFIFO | 0o600));
        setMode(parentFd, name, entry.mode);
        break;
      case 'char':
      case 'block':
        if (this.#options.devices === 'skip') return;
        this.#putDevice(entry, parentFd, name);
        break;
    }
    chownAt(parentFd, name, ...this.#ownerOf(entry));
    // Changing the owner takes away set-user-id, so a mode comes after it; a link has none of its own.
    setTimesAt(parentFd, name, entry.modifiedNs, entry.modifiedNs);
  }

  #ownerOf(entry: Entry): [uid: number, gid: number] {
    const { uid, gid } = this.#options.owner ?? entry;
    if (uid < 0 || uid > MAX_ID || gid < 0 || gid > MAX_ID) refuse(entry, `belongs to ${uid}:${gid}, which cannot be`);
    return [uid, gid];
  }

  /** The last parent stays open: archives tell of a directory's files one after another. */
  #openParent(parts: readonly string[]): number {
    const path = `/${[...this.#top, ...parts].join('/')}`;
    if (this.#parent?.path === path) return this.#parent.fd;
    const fd = this.#openDirectory(path);
    if (this.#parent !== undefined) closeSync(this.#parent.fd);
    this.#parent = { path, fd };
    return fd;
  }

  /** Makes what is missing. Links on the way are followed inside of the root, to places that may have to be made too. */
  #openDirectory(wanted: string): number {
    const there = openIfThere(this.#rootFd, wanted, O_PATH | O_DIRECTORY);
    if (there !== undefined) return there;
    const { path, missing } = findPlace(this.#rootFd, wanted);
    const parts = path.split('/').filter((part) => part !== '');
    for (let count = parts.length - missing; count < parts.length; count++) {
      const parentFd = openInRoot(this.#rootFd, `/${parts.slice(0, count).join('/')}`, O_PATH | O_DIRECTORY);
      try {
        const name = parts[count]!;
        mkdirAt(parentFd, name, 0o755);
        setMode(parentFd, name, 0o755);
        const { owner } = this.#options;
        if (owner !== undefined) chownAt(parentFd, name, owner.uid, owner.gid);
      } finally {
        closeSync(parentFd);
      }
    }
    return openInRoot(this.#rootFd, path, O_PATH | O_DIRECTORY);
  }

  /** Does it, and where something is in the way, takes that away and does it again. */
  #make<T>(entry: Entry, parentFd: number, name: string, action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (!isExisting(error)) throw error;
    }
    this.#clear(entry, parentFd, name);
    return action();
  }

  #clear(entry: Entry, parentFd: number, name: string): void {
    const fd = openEntry(parentFd, name, O_PATH);
    if (fd === undefined) return;
    const isDirectory = fstatSync(fd).isDirectory();
    closeSync(fd);
    if ((isDirectory || entry.type === 'directory') && this.#options.replaceKinds !== true) {
      throw new TscontainError(
        'INVALID_VALUE',
        `"${entry.path}" is ${isDirectory ? 'a directory' : 'no directory'} there and ${isDirectory ? 'none' : 'one'} in the archive`,
        {
          hint: 'remove it there first, or choose another place',
        },
      );
    }
    // Only an empty directory goes: an archive that wants a full one replaced contradicts itself.
    unlinkAt(parentFd, name, { directory: isDirectory });
  }

  async #putFile(entry: Entry, body: AsyncIterable<Buffer>, parentFd: number, name: string): Promise<void> {
    if ((this.#room -= entry.size) < 0) {
      throw new TscontainError('NO_SPACE', `there is no room for "${entry.path}" (${entry.size} bytes)`, {
        hint: 'free some space on that file system',
      });
    }
    const [uid, gid] = this.#ownerOf(entry);
    const fd = this.#make(entry, parentFd, name, () =>
      openBeneath(parentFd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600),
    );
    try {
      for await (const chunk of body) writeWhole(fd, chunk);
      fchownSync(fd, uid, gid);
      fchmodSync(fd, entry.mode);
      dress(fd, entry);
    } finally {
      closeSync(fd);
    }
    setTimesAt(parentFd, name, entry.modifiedNs, entry.modifiedNs);
  }

  #putDirectory(entry: Entry, parentFd: number, name: string): void {
    let fd: number | undefined;
    try {
      mkdirAt(parentFd, name, 0o700);
    } catch (error) {
      if (!isExisting(error)) throw error;
      // One that is there takes the entry's owner and mode.
      fd = openEntry(parentFd, name, O_RDONLY | O_DIRECTORY);
      if (fd === undefined) {
        this.#clear(entry, parentFd, name);
        mkdirAt(parentFd, name, 0o700);
      }
    }
    fd ??= openBeneath(parentFd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    try {
      this.#dressDirectory(fd, entry);
    } finally {
      closeSync(fd);
    }
  }

  #dressDirectory(fd: number, entry: Entry): void {
    fchownSync(fd, ...this.#ownerOf(entry));
    fchmodSync(fd, entry.mode);
    dress(fd, entry);
  }

  #dressTop(entry: Entry): void {
    const fd = openInRoot(this.#rootFd, `/${this.#top.join('/')}`, O_RDONLY | O_DIRECTORY);
    try {
      this.#dressDirectory(fd, entry);
    } finally {
      closeSync(fd);
    }
    this.#directoryTimes.set('', entry.modifiedNs);
  }

  /** To a file of the same archive; its target is a place below the top like any other, and no link is followed there. */
  #putHardLink(entry: Entry, parts: readonly string[], name: string): void {
    const target = components(entry, entry.link);
    if (target.length === 0) refuse(entry, 'is a link to nothing');
    if (target.join('/') === parts.join('/')) refuse(entry, 'is a link to itself');
    const fromFd = openIfThere(
      this.#rootFd,
      `/${[...this.#top, ...target.slice(0, -1)].join('/')}`,
      O_PATH | O_DIRECTORY,
    );
    if (fromFd === undefined) refuse(entry, `is a link to "${entry.link}", which is not there`);
    try {
      const fd = openEntry(fromFd, target.at(-1)!, O_PATH);
      if (fd === undefined) refuse(entry, `is a link to "${entry.link}", which is not there`);
      const isDirectory = fstatSync(fd).isDirectory();
      closeSync(fd);
      if (isDirectory) refuse(entry, 'is a link to a directory');
      const parentFd = this.#openParent(parts.slice(0, -1));
      this.#make(entry, parentFd, name, () => linkAt(fromFd, target.at(-1)!, parentFd, name));
    } finally {
      closeSync(fromFd);
    }
  }

  #putDevice(entry: Entry, parentFd: number, name: string): void {
    if (this.#options.devices !== 'make') refuse(entry, 'is a device');
    // In a layer of an overlay this device means that the name does not exist.
    if (entry.type === 'char' && entry.major === 0 && entry.minor === 0) refuse(entry, 'is a device 0:0');
    const kind = entry.type === 'char' ? S_IFCHR : S_IFBLK;
    this.#make(entry, parentFd, name, () =>
      mknodAt(parentFd, name, kind | 0o600, deviceNumber(entry.major, entry.minor)),
    );
    setMode(parentFd, name, entry.mode);
  }

  #setDirectoryTimes(): void {
    for (const [path, ns] of [...this.#directoryTimes].reverse()) {
      const parts = path.split('/').filter((part) => part !== '');
      // A later entry may have put something else in its place.
      const fd = openIfThere(this.#rootFd, `/${[...this.#top, ...parts].join('/')}`, O_PATH | O_DIRECTORY | O_NOFOLLOW);
      if (fd === undefined) continue;
      try {
        setTimesAt(fd, '.', ns, ns);
      } finally {
        closeSync(fd);
      }
    }
  }
}

/** By the file itself: chmod by name would follow a link that somebody has put there since. */
function setMode(parentFd: number, name: string, mode: number): void {
  const fd = openEntry(parentFd, name, O_PATH);
  if (fd === undefined) return;
  try {
    if (!fstatSync(fd).isSymbolicLink()) chmodSync(`/proc/self/fd/${fd}`, mode);
  } finally {
    closeSync(fd);
  }
}

function writeWhole(fd: number, chunk: Buffer): void {
  for (let at = 0; at < chunk.length;) at += writeSync(fd, chunk, at);
}

/** The attributes that mean the same here. A file system that has none does without. */
function dress(fd: number, { xattrs }: Entry): void {
  for (const [name, value] of xattrs) {
    if (!isPortableXattr(name)) continue;
    try {
      setXattr(fd, name, value);
    } catch (error) {
      if (!(error instanceof SyscallError && ['EOPNOTSUPP', 'ENOTSUP', 'EPERM'].includes(error.code))) throw error;
    }
  }
}

/** @see Unpacker */
export function unpackInto(rootFd: number, items: Items, options: UnpackOptions = {}): Promise<Unpacked> {
  return new Unpacker(rootFd, options).unpack(items);
}
