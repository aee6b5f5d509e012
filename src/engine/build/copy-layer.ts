// COPY, ADD and the directory of WORKDIR: what they put into the tree becomes a layer. The tree is an overlay over what is there, so
// that links in the target are followed as they would be in a container, and never further (CVE-2024-23652).
import { chmodSync, chownSync, closeSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { O_DIRECTORY, O_PATH } from '../../native/index.js';
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import { nothing, type Entry, type Item } from '../rootfs/entry.js';
import { userInRoot } from '../rootfs/image-users.js';
import { mountRoot } from '../rootfs/overlay.js';
import { openIfThere } from '../rootfs/places.js';
import { unpackInto, type UnpackOptions } from '../rootfs/unpack.js';
import { directoryIn, gather, itemsOf, placeOfSource, type Gathered } from './gather.js';
import type { CopyWork, DirectoryWork } from './step.js';
import { Tree } from './tree.js';

export interface LayerTarget {
  /** trees of the layers below, lowest first */
  readonly below: readonly string[];
  /** empty directories on the file system of the store */
  readonly upper: string;
  readonly work: string;
}

/** A file that is no part of a tree: a here document, something fetched. */
export interface LooseFile {
  /** what it is called in a directory; "" when nobody has said */
  readonly name: string;
  readonly mode: number;
  readonly modifiedNs: bigint;
  readonly size: number;
  readonly body: () => AsyncIterable<Buffer>;
  /** what is in it, where it is to be unpacked and is an archive */
  readonly archive?: () => Promise<AsyncIterable<Item> | undefined>;
}

/** Archives that ADD unpacks: the entries, once it is known to be one. */
export interface Archives {
  /** @returns undefined for a file that is no archive */
  open(tree: Tree, gathered: Gathered): Promise<AsyncIterable<Item> | undefined>;
}

/** Does something in the tree of these layers. @returns what `action` says */
export async function inRoot<T>(target: LayerTarget, action: (rootFd: number) => Promise<T>): Promise<T> {
  mkdirSync(target.work, { recursive: true, mode: 0o700 });
  if (target.below.length === 0) {
    const tree = Tree.ofDirectory(target.upper);
    return action(tree.rootFd).finally(() => tree.close());
  }
  const { fd, kind } = await mountRoot({
    layers: target.below,
    upper: target.upper,
    work: target.work,
    volatile: true,
  });
  try {
    if (kind !== 'overlay') throw needsOverlay();
    return await action(fd);
  } finally {
    closeSync(fd);
  }
}

/** A copy of everything would do to run something in, but it does not say what a step has changed. */
export const needsOverlay = (): TscontainError =>
  new TscontainError(
    'NOT_SUPPORTED',
    'the file system of the state directory cannot be below an overlay, which a build needs',
    {
      hint: 'choose another place with --root, on ext4, xfs or tmpfs for one',
    },
  );

/** The root directory of an overlay looks like that of its upper layer. */
export function dressLike(upper: string, top: string | undefined): void {
  const { mode, uid, gid } = top === undefined ? { mode: 0o755, uid: 0, gid: 0 } : statSync(top);
  chmodSync(upper, mode & 0o7777);
  chownSync(upper, uid, gid);
}

/** @throws TscontainError NO_SUCH_PATH, INVALID_VALUE, NO_SPACE */
export async function copyInto(
  target: LayerTarget,
  work: CopyWork,
  {
    tree,
    loose,
    archives,
  }: { readonly tree: Tree | undefined; readonly loose: readonly LooseFile[]; readonly archives: Archives },
): Promise<void> {
  const gathered = tree === undefined ? [] : gather(tree, work);
  requireRoom(work, gathered, loose);
  await inRoot(target, async (rootFd) => {
    const owner = ownerOf(rootFd, work);
    const options: UnpackOptions = {
      devices: work.from === undefined ? 'skip' : 'make',
      ...(owner === undefined ? {} : { owner }),
    };
    const isDirectoryThere = directoryIn(new Tree(rootFd));
    for (const each of gathered) {
      const archive = await archives.open(tree!, each);
      if (archive !== undefined) {
        await unpackArchive(rootFd, archive, work, options);
        continue;
      }
      const place = placeOfSource(each, { work, isDirectoryThere });
      await unpackInto(rootFd, placed(itemsOf(tree!, each, work.excludes), place, work, isDirectoryThere), options);
    }
    for (const file of loose) {
      const archive = await file.archive?.();
      if (archive !== undefined) await unpackArchive(rootFd, archive, work, options);
      else await unpackInto(rootFd, looseItems(file, work, isDirectoryThere), options);
    }
  });
}

/** An archive of whomever: what is a device in it is none in the image. */
async function unpackArchive(
  rootFd: number,
  archive: AsyncIterable<Item>,
  { target }: CopyWork,
  options: UnpackOptions,
): Promise<void> {
  const at = target.replace(/(.)\/$/, '$1');
  if (!directoryIn(new Tree(rootFd))(at)) await unpackInto(rootFd, directoryItem(at), options);
  await unpackInto(rootFd, archive, { ...options, at, devices: 'refuse' });
}

/** Several things cannot all become one file. */
function requireRoom({ target, sources }: CopyWork, gathered: readonly Gathered[], loose: readonly LooseFile[]): void {
  if (target.endsWith('/') || target === '/' || gathered.length + loose.length < 2) return;
  throw new TscontainError(
    'INVALID_VALUE',
    `${shown(sources.join(' '))} are several files, and ${shown(target)} is no directory`,
    {
      hint: `end the target with a slash: ${target}/`,
    },
  );
}

/** Files of the context are root's; what comes from a stage keeps its owner. Names are those of the image that is made. */
function ownerOf(rootFd: number, { chown, from }: CopyWork): { uid: number; gid: number } | undefined {
  if (chown === '') return from === undefined ? { uid: 0, gid: 0 } : undefined;
  const { uid, gid } = userInRoot(rootFd, chown, []);
  // Docker: who names a number and no group means the group of that number.
  return { uid, gid: chown.includes(':') || !/^\d+$/.test(chown) ? gid : Number(chown) };
}

/** Entries with the places where they are to stand. A directory that is there stays as it is. */
async function* placed(
  items: AsyncIterable<Item>,
  place: string,
  { chmod }: CopyWork,
  isDirectoryThere: (path: string) => boolean,
): AsyncGenerator<Item> {
  const at = (relative: string) => join(place, relative).replace(/^\//, '').replace(/\/$/, '');
  for await (const { entry, body } of items) {
    const path = at(entry.path);
    if (entry.type === 'directory' && (path === '' || isDirectoryThere(`/${path}`))) continue;
    const link = entry.type === 'hardlink' ? { link: at(entry.link) } : {};
    const mode = chmod !== undefined && entry.type !== 'symlink' ? { mode: chmod } : {};
    yield { entry: { ...entry, path, ...link, ...mode }, body };
  }
}

async function* looseItems(
  { name, mode, modifiedNs, size, body }: LooseFile,
  { target, chmod }: CopyWork,
  isDirectoryThere: (path: string) => boolean,
): AsyncGenerator<Item> {
  const isInto = target.endsWith('/') || isDirectoryThere(target);
  if (isInto && name === '')
    throw new TscontainError('INVALID_VALUE', 'the address of ADD ends in no name for a file', {
      hint: 'name the file in the target: ADD URL /path/name',
    });
  const path = (isInto ? join(target, name) : target).replace(/^\//, '');
  const entry: Entry = {
    path,
    type: 'file',
    mode: chmod ?? mode,
    uid: 0,
    gid: 0,
    size,
    modifiedNs,
    link: '',
    major: 0,
    minor: 0,
    xattrs: new Map(),
  };
  yield await Promise.resolve({ entry, body: body() });
}

/** @returns whether anything had to be made */
export async function makeDirectoryIn(target: LayerTarget, { path, user }: DirectoryWork): Promise<boolean> {
  return inRoot(target, async (rootFd) => {
    const there = openIfThere(rootFd, path, O_PATH);
    if (there !== undefined) {
      closeSync(there);
      const directory = openIfThere(rootFd, path, O_PATH | O_DIRECTORY);
      if (directory === undefined)
        throw new TscontainError('INVALID_VALUE', `${shown(path)} is there and is no directory`, {
          hint: 'choose another WORKDIR',
        });
      closeSync(directory);
      return false;
    }
    const { uid, gid } = userInRoot(rootFd, user, []);
    const owner = { uid, gid };
    await unpackInto(rootFd, directoryItem(path), { owner });
    return true;
  });
}

async function* directoryItem(path: string): AsyncGenerator<Item> {
  const modifiedNs = BigInt(Date.now()) * 1_000_000n;
  const rest = { uid: 0, gid: 0, size: 0, modifiedNs, link: '', major: 0, minor: 0, xattrs: new Map<string, Buffer>() };
  yield await Promise.resolve({
    entry: { path: path.slice(1), type: 'directory', mode: 0o755, ...rest },
    body: nothing(),
  });
}
