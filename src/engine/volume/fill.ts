// First use: what the image has where an empty volume is mounted comes into it, with the directory's owner and mode, as Docker has
// it. It is copied beside (filling/), told to be whole by one rename (full/), and moved in. Killed before that rename it has not
// been begun; killed after it, whoever comes next finishes: start, create, or recover. So all of it comes, or nothing, whatever is
// killed; and a container that has the volume mounted at that moment sees it arrive and loses nothing of its own.
// Tests: test/container/volume/fill.test.ts.
import { closeSync, fchmodSync, fchownSync, fstatSync, lstatSync, mkdirSync, openSync, renameSync } from 'node:fs';
import {
  getXattr,
  listXattrs,
  O_CLOEXEC,
  O_DIRECTORY,
  O_PATH,
  O_RDONLY,
  openInRoot,
  RENAME_NOREPLACE,
  renameAt,
  setTimes,
  SyscallError,
} from '../../native/index.js';
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import { copyTree } from '../rootfs/copy.js';
import { setAttribute } from '../rootfs/dress.js';
import { isPortableXattr } from '../rootfs/entry.js';
import { openIfThere } from '../rootfs/places.js';
import { namesIn } from '../rootfs/walk.js';
import { deleteTree } from '../state/delete-tree.js';
import { layout } from '../state/layout.js';
import { Turns } from '../turns.js';

/**
 * The caller holds the volume's lock. Nothing happens when the volume has anything in it, or the image nothing at that place.
 * @param imageFd the root of the image, below which links lead
 * @throws TscontainError INVALID_VALUE (a file is there), NO_SPACE; SyscallError, node:fs errors: then nothing has come into it
 */
export async function fillVolume(root: string, name: string, imageFd: number, target: string): Promise<void> {
  await finishFilling(root, name);
  const place = openIfThere(imageFd, target, O_PATH);
  if (place === undefined) return;
  try {
    if (!fstatSync(place).isDirectory())
      throw new TscontainError(
        'INVALID_VALUE',
        `${shown(target)} in the image is a file, and a volume is a directory`,
        {
          hint: 'mount it at a directory, or at a place that is not there',
        },
      );
    const dataFd = openDirectory(layout.volumeData(root, name));
    try {
      if (namesIn(dataFd).length > 0) return;
    } finally {
      closeSync(dataFd);
    }
    const filling = layout.volumeFilling(root, name);
    try {
      mkdirSync(filling, { mode: 0o700 });
      const from = openInRoot(imageFd, target, O_RDONLY | O_DIRECTORY);
      try {
        await copyTree(`/proc/self/fd/${from}`, filling);
      } finally {
        closeSync(from);
      }
    } catch (error) {
      await deleteTree(filling);
      throw error;
    }
    renameSync(filling, layout.volumeFull(root, name));
  } finally {
    closeSync(place);
  }
  await finishFilling(root, name);
}

/** Whether one that filled it was killed, or is at it. */
export const isFilling = (root: string, name: string): boolean =>
  isThere(layout.volumeFilling(root, name)) || isThere(layout.volumeFull(root, name));

/** The caller holds the volume's lock, so what is left of a filling was left by one that was killed. @returns whether it was done */
export async function finishFilling(root: string, name: string): Promise<boolean> {
  await deleteTree(layout.volumeFilling(root, name));
  const full = layout.volumeFull(root, name);
  if (!isThere(full)) return false;
  const fullFd = openDirectory(full);
  try {
    const dataFd = openDirectory(layout.volumeData(root, name));
    try {
      await moveAll(fullFd, dataFd);
      dressLike(dataFd, fullFd);
    } finally {
      closeSync(dataFd);
    }
  } finally {
    closeSync(fullFd);
  }
  await deleteTree(full);
  return true;
}

/** What somebody has put there meanwhile under one of the names is theirs and stays. */
async function moveAll(fromFd: number, toFd: number): Promise<void> {
  const turns = new Turns();
  for (const name of namesIn(fromFd)) {
    try {
      renameAt(fromFd, name, toFd, name, RENAME_NOREPLACE);
    } catch (error) {
      if (!(error instanceof SyscallError && error.code === 'EEXIST')) throw error;
    }
    if (turns.isDue) await turns.give();
  }
}

function dressLike(fd: number, modelFd: number): void {
  const { uid, gid, mode, mtimeNs } = fstatSync(modelFd, { bigint: true });
  fchownSync(fd, Number(uid), Number(gid));
  fchmodSync(fd, Number(mode & 0o7777n));
  for (const name of attributesOf(modelFd)) {
    const value = getXattr(modelFd, name);
    if (value !== undefined) setAttribute(fd, name, value);
  }
  setTimes(fd, mtimeNs);
}

function attributesOf(fd: number): string[] {
  try {
    return listXattrs(fd).filter(isPortableXattr);
  } catch {
    // A file system without them.
    return [];
  }
}

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

const openDirectory = (path: string): number => openSync(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
