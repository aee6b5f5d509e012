// The directories that something is being put into: from the top down to the current one each is held open, for archives and
// walks tell of what is in a directory one after another. A directory gets the time it is to have when it is left, for each file
// made in it changes that. Tests: test/container/rootfs-unpack.test.ts.
import { closeSync, fstatSync } from 'node:fs';
import {
  O_DIRECTORY,
  O_NOFOLLOW,
  O_PATH,
  O_RDONLY,
  openAt,
  openInRoot,
  setTimes,
  SyscallError,
} from '../../native/index.js';
import { DEFAULT_ACL, setAttribute } from './dress.js';
import { findPlace, openIfThere } from './places.js';

const ELOOP = 40;
const S_ISGID = 0o2000;

interface Level {
  readonly name: string;
  readonly fd: number;
  /** what it is to have when it is left; undefined: what comes of it */
  modifiedNs: bigint | undefined;
  /** what everything that is made in it would inherit, so it comes last */
  defaultAcl?: Buffer | undefined;
  /** whether what is made in it gets its group; undefined where nobody looked */
  isSetgid?: boolean;
}

export interface DirectoryMaker {
  /** Makes one that nothing told of, in an open directory. */
  makeMissing(parentFd: number, name: string, path: string): void;
  /**
   * Something else than a directory has the name of one.
   * @returns whether that was taken away; when not, and it is a link, it is followed inside of the root. @throws to refuse it
   */
  clearWay(parentFd: number, name: string, path: string): boolean;
}

export class OpenDirectories {
  readonly #rootFd: number;
  readonly #top: readonly string[];
  readonly #maker: DirectoryMaker;
  /** Whether all of the tree is being made here, so that a directory that is entered again has the time it was given. */
  readonly #isFresh: boolean;
  /** In a tree of somebody else's only those that were told of have one. */
  readonly #told = new Map<string, bigint>();
  readonly #levels: Level[];
  /** Whether there is a directory that has an ACL for what is made in it, when it is entered again. */
  #mayInherit = false;
  /** One that was found by following a link. */
  #aside: (Level & { readonly path: string }) | undefined;

  /** @param top absolute, below the root */
  constructor(rootFd: number, top: string, maker: DirectoryMaker, isFresh: boolean) {
    this.#rootFd = rootFd;
    this.#top = top.split('/').filter((part) => part !== '');
    this.#maker = maker;
    this.#isFresh = isFresh;
    this.#levels = [
      { name: '', fd: openInRoot(rootFd, `/${this.#top.join('/')}`, O_RDONLY | O_DIRECTORY), modifiedNs: undefined },
    ];
  }

  /**
   * The directory of that name, open as long as nothing else is asked for; what is missing of it is made.
   * @throws SyscallError, and without `followLast` for a link
   */
  at(parts: readonly string[], { followLast = true } = {}): number {
    const levels = this.#levels;
    let depth = 0;
    while (depth < parts.length && levels[depth + 1]?.name === parts[depth]) depth++;
    if (followLast && depth < parts.length && this.#aside?.path === parts.join('/')) return this.#aside.fd;
    this.#leave(depth);
    for (; depth < parts.length; depth++) {
      const child = this.#enter(parts, depth);
      if (child === undefined && (followLast || depth < parts.length - 1)) return this.#throughLink(parts);
      if (child === undefined) throw new SyscallError('openat', ELOOP, parts.join('/'));
      levels.push(child);
    }
    return levels.at(-1)!.fd;
  }

  /** What the directory is to have that was asked for last, and what its mode is now. */
  whenLeft(parts: readonly string[], modifiedNs: bigint, mode: number, defaultAcl: Buffer | undefined): void {
    if (!this.#isFresh) this.#told.set(parts.join('/'), modifiedNs);
    const level = this.#aside ?? this.#levels.at(-1)!;
    level.modifiedNs = modifiedNs;
    level.isSetgid = (mode & S_ISGID) !== 0;
    level.defaultAcl = defaultAcl;
    if (defaultAcl !== undefined) this.#mayInherit = true;
  }

  /** Whether what is made in the directory that was asked for last is known to belong to who makes it. */
  get keepsOwner(): boolean {
    return !this.#mayInherit && (this.#aside ?? this.#levels.at(-1)!).isSetgid === false;
  }

  /** Something was taken away from the directory that was asked for last: reached by a link, it may hold the others. */
  removed(): void {
    if (this.#aside !== undefined) while (this.#levels.length > 1) letGo(this.#levels.pop()!);
  }

  /** Once is enough; again does nothing. */
  close(): void {
    if (this.#levels.length === 0) return;
    this.#leave(0);
    letGo(this.#levels.pop()!);
  }

  #leave(depth: number): void {
    if (this.#aside !== undefined) letGo(this.#aside);
    this.#aside = undefined;
    while (this.#levels.length > depth + 1) letGo(this.#levels.pop()!);
  }

  #enter(parts: readonly string[], depth: number): Level | undefined {
    const parentFd = this.#levels[depth]!.fd;
    const name = parts[depth]!;
    const path = () => parts.slice(0, depth + 1).join('/');
    for (;;) {
      try {
        const fd = openAt(parentFd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        return { name, fd, ...this.#known(fd, path) };
      } catch (error) {
        const code = error instanceof SyscallError ? error.code : '';
        if (code === 'ENOENT') this.#maker.makeMissing(parentFd, name, path());
        else if (code !== 'ENOTDIR' && code !== 'ELOOP') throw error;
        else if (!this.#maker.clearWay(parentFd, name, path())) return undefined;
      }
    }
  }

  #known(fd: number, path: () => string): Pick<Level, 'modifiedNs' | 'isSetgid'> {
    if (!this.#isFresh) return { modifiedNs: this.#told.size === 0 ? undefined : this.#told.get(path()) };
    const { mtimeNs, mode } = fstatSync(fd, { bigint: true });
    return { modifiedNs: mtimeNs, isSetgid: (mode & BigInt(S_ISGID)) !== 0n };
  }

  #throughLink(parts: readonly string[]): number {
    const fd = this.#openDirectory(`/${[...this.#top, ...parts].join('/')}`);
    const path = parts.join('/');
    this.#aside = { name: '', fd, path, ...this.#known(fd, () => path) };
    return fd;
  }

  /** Links on the way are followed inside of the root, to places that may have to be made too. */
  #openDirectory(wanted: string): number {
    const there = openIfThere(this.#rootFd, wanted, O_RDONLY | O_DIRECTORY);
    if (there !== undefined) return there;
    const { path, missing } = findPlace(this.#rootFd, wanted);
    const parts = path.split('/').filter((part) => part !== '');
    for (let count = parts.length - missing; count < parts.length; count++) {
      const parentFd = openInRoot(this.#rootFd, `/${parts.slice(0, count).join('/')}`, O_PATH | O_DIRECTORY);
      try {
        this.#maker.makeMissing(parentFd, parts[count]!, parts.slice(0, count + 1).join('/'));
      } finally {
        closeSync(parentFd);
      }
    }
    return openInRoot(this.#rootFd, path, O_RDONLY | O_DIRECTORY);
  }
}

function letGo({ fd, modifiedNs, defaultAcl }: Level): void {
  try {
    if (defaultAcl !== undefined) setAttribute(fd, DEFAULT_ACL, defaultAcl);
    if (modifiedNs !== undefined) setTimes(fd, modifiedNs);
  } finally {
    closeSync(fd);
  }
}
