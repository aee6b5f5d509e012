// cp: files of a container as a tar stream and back, and the same for the host's side. Tests: test/container/rootfs-cp.test.ts.
import { closeSync, fstatSync, lstatSync, openSync } from 'node:fs';
import { basename, dirname, posix, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { O_CLOEXEC, O_DIRECTORY, O_NOFOLLOW, O_PATH, O_RDONLY, openInRoot } from '../../native/index.js';
import { TscontainError } from '../errors.js';
import type { Item, Items } from './entry.js';
import { openIfThere } from './places.js';
import { TarError } from './tar-header.js';
import { readTar } from './tar-read.js';
import { packTar } from './tar-write.js';
import { openPlace, type ContainerFiles, type TreePlace } from './tree.js';
import { unpackInto, type UnpackOptions } from './unpack.js';
import { walkOne, walkTree } from './walk.js';

export interface FileFacts {
  readonly isDirectory: boolean;
  /** bytes */
  readonly size: number;
  /** permission bits */
  readonly mode: number;
}

/** What stands at a path in a container, links followed inside of it; undefined when nothing does. */
export async function statInContainer(files: ContainerFiles, path: string): Promise<FileFacts | undefined> {
  const place = await openPlace(files, path);
  try {
    return factsOf(place, 0);
  } finally {
    place.close();
  }
}

function factsOf({ rootFd, path }: TreePlace, flags: number): FileFacts | undefined {
  const fd = openIfThere(rootFd, path, O_PATH | flags);
  if (fd === undefined) return undefined;
  try {
    const stat = fstatSync(fd);
    return { isDirectory: stat.isDirectory(), size: stat.size, mode: stat.mode & 0o7777 };
  } finally {
    closeSync(fd);
  }
}

export interface Archive {
  readonly stream: Readable;
  readonly isDirectory: boolean;
  /** that all paths in the archive begin with; "." for the root */
  readonly name: string;
}

/** Closes what was needed for the walk when it ends, however it ends. */
async function* during(items: Items, close: () => void): Items & AsyncGenerator {
  try {
    yield* items;
  } finally {
    close();
  }
}

/**
 * A link at the end of the path is copied as a link, unless a "/" or "/." follows it, as cp(1) and Docker have it.
 * @throws TscontainError NO_SUCH_PATH, INVALID_VALUE. Errors of reading end the stream.
 */
export async function archiveFromContainer(files: ContainerFiles, path: string): Promise<Archive> {
  const place = await openPlace(files, path);
  try {
    return archiveOf(place, /\/\.?$/.test(path));
  } catch (error) {
    place.close();
    throw error;
  }
}

function archiveOf(place: TreePlace, followsLink: boolean): Archive {
  const path = posix.normalize(place.path).replace(/(.)\/$/, '$1');
  const facts = factsOf({ ...place, path }, followsLink ? 0 : O_NOFOLLOW);
  if (facts === undefined) throw noSuchPath(place.path);
  if (path === '/') return { ...walkDirectory(place, path), isDirectory: true, name: '.' };
  if (followsLink && !facts.isDirectory) throw new TscontainError('INVALID_VALUE', `"${path}" is no directory`);
  if (followsLink) return { ...walkDirectory(place, path), isDirectory: true, name: '.' };
  const parentFd = openInRoot(place.rootFd, dirname(path), O_PATH | O_DIRECTORY);
  const name = basename(path);
  const items = during(walkOne(parentFd, name, name), () => {
    closeSync(parentFd);
    place.close();
  });
  return { stream: packTar(items), isDirectory: facts.isDirectory, name };
}

function walkDirectory(place: TreePlace, path: string): { stream: Readable } {
  const fd = openInRoot(place.rootFd, path, O_RDONLY | O_DIRECTORY);
  const close = () => {
    closeSync(fd);
    place.close();
  };
  return { stream: packTar(during(walkTree(fd), close)) };
}

const noSuchPath = (path: string): TscontainError =>
  new TscontainError('NO_SUCH_PATH', `there is no "${path}" in the container`);

/** Docker: what is copied into a container belongs to its root. */
const ROOT_OWNER = { uid: 0, gid: 0 };

export interface CopyOptions {
  /** owners as the archive says, instead of those of the destination */
  readonly keepOwners?: boolean;
}

/**
 * Unpacks a tar stream below a directory of a container. What was written before an error stays, as with cp(1).
 * @throws TscontainError NO_SUCH_PATH, INVALID_VALUE, READ_ONLY, NO_SPACE
 */
export async function unpackIntoContainer(
  files: ContainerFiles,
  path: string,
  tar: AsyncIterable<Uint8Array>,
  { keepOwners = false }: CopyOptions = {},
): Promise<void> {
  const place = await openPlace(files, path);
  try {
    if (place.readOnly !== undefined)
      throw new TscontainError('READ_ONLY', `cannot copy to "${path}": ${place.readOnly}`);
    const facts = factsOf(place, 0);
    if (facts === undefined) throw noSuchPath(path);
    if (!facts.isDirectory) throw new TscontainError('INVALID_VALUE', `"${path}" in the container is no directory`);
    await unpack(place.rootFd, tar, { at: place.path, devices: 'make', ...(keepOwners ? {} : { owner: ROOT_OWNER }) });
  } finally {
    place.close();
  }
}

async function unpack(rootFd: number, tar: AsyncIterable<Uint8Array>, options: UnpackOptions): Promise<void> {
  try {
    await unpackInto(rootFd, readTar(tar), options);
  } catch (error) {
    if (!(error instanceof TarError)) throw error;
    throw new TscontainError('INVALID_VALUE', `what is to be copied cannot be read: ${error.message}`, {
      cause: error,
    });
  }
}

/** A file or directory of the host as a tar stream whose paths begin with its name. @throws TscontainError NO_SUCH_PATH */
export function packHostPath(path: string): Readable {
  const whole = resolve(path);
  if (lstatSync(whole, { throwIfNoEntry: false }) === undefined)
    throw new TscontainError('NO_SUCH_PATH', `there is no "${path}"`);
  if (whole === '/' || /\/\.?$/.test(path)) {
    const fd = openSync(whole, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return packTar(during(walkTree(fd), () => closeSync(fd)));
  }
  const parentFd = openSync(dirname(whole), O_PATH | O_DIRECTORY | O_CLOEXEC);
  const name = basename(whole);
  return packTar(during(walkOne(parentFd, name, name), () => closeSync(parentFd)));
}

/** The same archive with its first path component replaced; undefined keeps it. */
export function renameTop(stream: NodeJS.ReadableStream, from: string, to: string | undefined): Readable {
  const bytes = Readable.from(stream, { objectMode: false });
  if (to === undefined || to === from) return bytes;
  const renamed = (path: string): string => {
    const clean = path.replace(/\/+$/, '');
    if (clean === from) return to;
    return clean.startsWith(`${from}/`) ? `${to}/${clean.slice(from.length + 1)}` : clean;
  };
  async function* items(): AsyncGenerator<Item> {
    for await (const { entry, body } of readTar(bytes as AsyncIterable<Buffer>)) {
      const link = entry.type === 'hardlink' ? renamed(entry.link) : entry.link;
      yield { entry: { ...entry, path: renamed(entry.path), link }, body };
    }
  }
  return packTar(items());
}

/**
 * Unpacks a tar stream below a directory of the host. However hostile the archive, nothing is made or changed outside of it,
 * and devices are left out: on a host they would be keys to its disks.
 */
export async function unpackBelow(
  directory: string,
  tar: AsyncIterable<Uint8Array>,
  { keepOwners = false }: CopyOptions = {},
): Promise<void> {
  const fd = openSync(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const self = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  try {
    await unpack(fd, tar, { devices: 'skip', ...(keepOwners ? {} : { owner: self }) });
  } finally {
    closeSync(fd);
  }
}
