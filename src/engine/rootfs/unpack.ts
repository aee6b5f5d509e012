// Puts entries of an archive or of a walk into a tree, never outside of it: every place is opened below the root as
// openat2(2) resolves it, and what is made there is made by one name in an open directory, following no link.
// Tests: test/container/rootfs-unpack.test.ts, test/container/layer.
import { closeSync, fchmodSync, fchownSync, fstatSync, ftruncateSync } from 'node:fs';
import { TscontainError } from '../errors.js';
import {
  chownAt,
  deviceNumber,
  fileSystemOf,
  linkAt,
  makeWhiteout,
  mkdirAt,
  mknodAt,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOFOLLOW,
  O_PATH,
  O_WRONLY,
  openAt,
  S_IFBLK,
  S_IFCHR,
  S_IFIFO,
  setTimes,
  setTimesAt,
  setXattr,
  symlinkAt,
  SyscallError,
} from '../../native/index.js';
import { Birth } from './birth.js';
import { DEFAULT_ACL, dress, setMode } from './dress.js';
import { storedBytes, type Entry, type EntrySink, type Items } from './entry.js';
import { FileContent } from './file-content.js';
import { OpenDirectories } from './open-directories.js';
import { openIfThere } from './places.js';
import { components, refusalOf, refuse } from './refuse-entry.js';
import { removeContent, removeEntry } from './remove-entry.js';
import { namesIn, openEntry } from './walk.js';
import { isOpaque, isWhiteout, OPAQUE_XATTR } from './whiteouts.js';

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
  /** Whether all of the tree is made from entries and nobody else is at it: a directory keeps the time it was given. */
  readonly isFresh?: boolean;
  /** What becomes of the marks of a layer: they are kept as overlay reads them, or done. Default: there must be none. */
  readonly whiteouts?: 'keep' | 'do';
}

export interface Unpacked {
  readonly entries: number;
  readonly bytes: number;
  /** directories that had to be made and that no entry told of */
  readonly implied: readonly string[];
}

/** Left free on the file system: an archive that would fill it is refused before it has. */
const RESERVE_BYTES = 64 * 1024 * 1024;
/** After so much the room is looked at again: others write there too. */
const LOOK_AGAIN_BYTES = 256 * 1024 * 1024;
const MAX_ID = 0xfffffffe;
/** More of them would be no archive of anybody's, and their names are kept in memory. */
const MAX_IMPLIED = 50_000;

const isExisting = (error: unknown): boolean => error instanceof SyscallError && error.code === 'EEXIST';

export class Unpacker implements EntrySink {
  readonly #rootFd: number;
  readonly #options: UnpackOptions;
  readonly #directories: OpenDirectories;
  readonly #implied = new Set<string>();
  #current: Entry | undefined;
  #file: FileContent | undefined;
  readonly #birth = new Birth();
  /** Whether the file has its owner since it was made. */
  #isOwned = false;
  #room = 0;
  #unlookedBytes = Infinity;
  #entries = 0;
  #bytes = 0;

  constructor(rootFd: number, options: UnpackOptions = {}) {
    this.#rootFd = rootFd;
    this.#options = options;
    const maker = {
      makeMissing: this.#makeMissing.bind(this),
      clearWay: this.#clearWay.bind(this),
    };
    this.#directories = new OpenDirectories(rootFd, options.at ?? '/', maker, options.isFresh === true);
  }

  /** @throws TscontainError INVALID_VALUE, NO_SPACE; SyscallError and node:fs errors; what was made until then stays */
  begin(entry: Entry): void {
    this.#current = entry;
    this.#entries += 1;
    this.#bytes += entry.size;
    try {
      this.#put(entry);
    } catch (error) {
      throw refusalOf(entry, error);
    }
  }

  write(piece: Buffer): void {
    this.#file?.write(piece);
  }

  end(): void {
    const file = this.#file;
    if (file === undefined) return;
    const { fd, entry } = file;
    // A hole at the end.
    if (entry.extents !== undefined) ftruncateSync(fd, entry.size);
    const [uid, gid] = this.#ownerOf(entry);
    // Changing the owner takes away set-user-id and capabilities, so they come after it.
    if (!this.#isOwned) fchownSync(fd, uid, gid);
    if (!this.#isOwned || !this.#birth.hasMode(entry.mode)) fchmodSync(fd, entry.mode);
    dress(fd, entry);
    setTimes(fd, entry.modifiedNs);
    this.#file = undefined;
    closeSync(fd);
  }

  /** All of it has come. */
  finish(): Unpacked {
    this.close();
    return { entries: this.#entries, bytes: this.#bytes, implied: [...this.#implied] };
  }

  /** However it ends. Once is enough; again does nothing. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file.fd);
    this.#file = undefined;
    this.#directories.close();
  }

  #put(entry: Entry): void {
    const parts = components(entry, entry.path);
    if (entry.type === 'opaque') {
      this.#putOpaque(entry, parts);
      return;
    }
    if (parts.length === 0) {
      if (entry.type !== 'directory') refuse(entry, 'is no directory but stands for the top');
      if (this.#options.applyToTop === true) this.#dressDirectory(parts, entry);
      return;
    }
    const name = parts.at(-1)!;
    if (entry.type === 'hardlink') {
      this.#putHardLink(entry, parts, name);
      return;
    }
    const parentFd = this.#directories.at(parts.slice(0, -1));
    switch (entry.type) {
      case 'file':
        this.#putFile(entry, parentFd, name);
        return;
      case 'directory':
        this.#putDirectory(entry, parentFd, parts, name);
        return;
      case 'whiteout':
        this.#putWhiteout(entry, parentFd, name);
        return;
      case 'symlink':
        if (entry.link === '') refuse(entry, 'is a link to nothing');
        this.#make(entry, parentFd, name, () => symlinkAt(entry.link, parentFd, name));
        break;
      case 'fifo':
        this.#make(entry, parentFd, name, () => mknodAt(parentFd, name, S_IFIFO | 0o600));
        break;
      case 'char':
      case 'block':
        if (this.#options.devices === 'skip') return;
        this.#putDevice(entry, parentFd, name);
        break;
    }
    chownAt(parentFd, name, ...this.#ownerOf(entry));
    // A link has no mode of its own.
    if (entry.type !== 'symlink') setMode(parentFd, name, entry.mode);
    setTimesAt(parentFd, name, entry.modifiedNs, entry.modifiedNs);
  }

  #ownerOf(entry: Entry): [uid: number, gid: number] {
    const { uid, gid } = this.#options.owner ?? entry;
    if (uid < 0 || uid > MAX_ID || gid < 0 || gid > MAX_ID) refuse(entry, `belongs to ${uid}:${gid}, which cannot be`);
    return [uid, gid];
  }

  #makeMissing(parentFd: number, name: string, path: string): void {
    mkdirAt(parentFd, name, 0o755);
    setMode(parentFd, name, 0o755);
    const { owner } = this.#options;
    if (owner !== undefined) chownAt(parentFd, name, owner.uid, owner.gid);
    this.#implied.add(path);
    if (this.#implied.size > MAX_IMPLIED)
      refuse(this.#current!, `is in one of more than ${MAX_IMPLIED} directories that it does not tell of`);
  }

  #clearWay(parentFd: number, name: string, path: string): boolean {
    const there = this.#kindOf(parentFd, name);
    if (there === 'whiteout' && this.#options.whiteouts === 'keep') {
      removeEntry(parentFd, name);
      this.#makeMissing(parentFd, name, path);
      hideBelow(parentFd, name);
      return true;
    }
    if (there !== 'symlink') refuse(this.#current!, `is in "${path}", which is no directory`);
    return false;
  }

  #kindOf(parentFd: number, name: string): 'directory' | 'symlink' | 'whiteout' | 'other' | undefined {
    const fd = openEntry(parentFd, name, O_PATH);
    if (fd === undefined) return undefined;
    try {
      const stat = fstatSync(fd);
      if (isWhiteout(stat)) return 'whiteout';
      return stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'symlink' : 'other';
    } finally {
      closeSync(fd);
    }
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
    const there = this.#kindOf(parentFd, name);
    if (there === undefined) return;
    if ((there === 'directory' || entry.type === 'directory') && this.#options.replaceKinds !== true) {
      const [is, becomes] = there === 'directory' ? ['a directory', 'none'] : ['no directory', 'one'];
      throw new TscontainError('INVALID_VALUE', `"${entry.path}" is ${is} there and ${becomes} in the archive`, {
        hint: 'remove it there first, or choose another place',
      });
    }
    removeEntry(parentFd, name);
    this.#directories.removed();
  }

  #takeRoom(entry: Entry): void {
    const bytes = storedBytes(entry);
    if ((this.#unlookedBytes += bytes) > LOOK_AGAIN_BYTES || this.#room < bytes) {
      this.#room = fileSystemOf(this.#rootFd).availableBytes - RESERVE_BYTES;
      this.#unlookedBytes = 0;
    }
    if ((this.#room -= bytes) >= 0) return;
    throw new TscontainError('NO_SPACE', `there is no room for "${entry.path}" (${bytes} bytes)`, {
      hint: 'free some space on that file system',
    });
  }

  #putFile(entry: Entry, parentFd: number, name: string): void {
    this.#takeRoom(entry);
    this.#isOwned = this.#directories.keepsOwner && this.#birth.hasOwner(...this.#ownerOf(entry));
    const mode = this.#isOwned && this.#birth.hasMode(entry.mode) ? entry.mode : 0o600;
    const fd = this.#make(entry, parentFd, name, () =>
      openAt(parentFd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode),
    );
    this.#file = new FileContent(fd, entry);
  }

  #putDirectory(entry: Entry, parentFd: number, parts: readonly string[], name: string): void {
    try {
      mkdirAt(parentFd, name, 0o700);
    } catch (error) {
      if (!isExisting(error)) throw error;
      // One that is there takes the entry's owner and mode.
      if (this.#kindOf(parentFd, name) !== 'directory') {
        this.#clear(entry, parentFd, name);
        mkdirAt(parentFd, name, 0o700);
        // What stood there hid what the layers below have of that name, and so does this.
        if (this.#options.whiteouts === 'keep') hideBelow(parentFd, name);
      }
    }
    this.#dressDirectory(parts, entry);
    this.#implied.delete(parts.join('/'));
  }

  #dressDirectory(parts: readonly string[], entry: Entry): void {
    const fd = this.#directories.at(parts, { followLast: false });
    fchownSync(fd, ...this.#ownerOf(entry));
    fchmodSync(fd, entry.mode);
    dress(fd, entry);
    this.#directories.whenLeft(parts, entry.modifiedNs, entry.mode, entry.xattrs.get(DEFAULT_ACL));
  }

  /** To a file of the same archive; its target is a place below the top like any other, and no link is followed there. */
  #putHardLink(entry: Entry, parts: readonly string[], name: string): void {
    const target = components(entry, entry.link);
    if (target.length === 0) refuse(entry, 'is a link to nothing');
    if (target.join('/') === parts.join('/')) refuse(entry, 'is a link to itself');
    const top = (this.#options.at ?? '/').split('/').filter((part) => part !== '');
    const fromFd = openIfThere(this.#rootFd, `/${[...top, ...target.slice(0, -1)].join('/')}`, O_PATH | O_DIRECTORY);
    if (fromFd === undefined) refuse(entry, `is a link to "${entry.link}", which is not there`);
    try {
      const kind = this.#kindOf(fromFd, target.at(-1)!);
      if (kind === undefined || kind === 'whiteout') refuse(entry, `is a link to "${entry.link}", which is not there`);
      if (kind === 'directory') refuse(entry, 'is a link to a directory');
      const parentFd = this.#directories.at(parts.slice(0, -1));
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
  }

  /** A mark is about the layers below alone, wherever it stands: what this layer has of that name stays. */
  #putWhiteout(entry: Entry, parentFd: number, name: string): void {
    if (this.#options.whiteouts === 'do') {
      removeEntry(parentFd, name);
      this.#directories.removed();
      return;
    }
    if (this.#options.whiteouts !== 'keep') refuse(entry, 'says that something is gone, as only layers do');
    // Nothing of the layers below is to be seen here anyway, and overlay would list the mark.
    if (isOpaque(parentFd)) return;
    try {
      makeWhiteout(parentFd, name);
    } catch (error) {
      if (error instanceof SyscallError && error.code === 'EPERM') throw cannotMark(error);
      if (!isExisting(error)) throw error;
      if (this.#kindOf(parentFd, name) === 'directory') hideBelow(parentFd, name);
    }
  }

  #putOpaque(entry: Entry, parts: readonly string[]): void {
    if (this.#options.whiteouts === undefined) refuse(entry, 'says that something is gone, as only layers do');
    const fd = this.#directories.at(parts, { followLast: false });
    if (this.#options.whiteouts === 'do') removeContent(fd);
    else {
      setXattr(fd, OPAQUE_XATTR, YES);
      for (const name of namesIn(fd)) if (this.#kindOf(fd, name) === 'whiteout') removeEntry(fd, name);
    }
    this.#directories.removed();
  }
}

const YES = Buffer.from('y');

/** An overlay refuses the devices by which another overlay is told what is gone. */
const cannotMark = (cause: unknown): TscontainError =>
  new TscontainError('NOT_SUPPORTED', 'a layer says that something is gone, which cannot be kept on this file system', {
    cause,
    hint: 'keep the state directory (--root) on a file system of its own, not on an overlay as in a container',
  });

/** Nothing that the layers below have in the directory is to be seen. */
function hideBelow(parentFd: number, name: string): void {
  const fd = openAt(parentFd, name, O_DIRECTORY | O_NOFOLLOW);
  try {
    setXattr(fd, OPAQUE_XATTR, YES);
  } finally {
    closeSync(fd);
  }
}

/** @see Unpacker */
export async function unpackInto(rootFd: number, items: Items, options: UnpackOptions = {}): Promise<Unpacked> {
  const unpacker = new Unpacker(rootFd, options);
  try {
    for await (const { entry, body } of items) {
      unpacker.begin(entry);
      for await (const piece of body) unpacker.write(piece);
      unpacker.end();
    }
    return unpacker.finish();
  } finally {
    unpacker.close();
  }
}
