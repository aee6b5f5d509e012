// The root file system of a container as a detached mount: an overlay of the image's layers and the container's own, or,
// where overlay is not to be had, a plain copy of the layers ("vfs"). Tests: test/container/rootfs-overlay.test.ts.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AT_FDCWD,
  cloneTree,
  createOverlay,
  MS_PRIVATE,
  setMountAttributes,
  SyscallError,
} from '../../native/index.js';
import { copyTree } from './copy.js';

export interface RootDirectories {
  /** lowest first */
  readonly layers: readonly string[];
  /** where what the container writes is kept */
  readonly upper: string;
  /** the overlay's own; for a plain copy it holds the mark that the copy is complete */
  readonly work: string;
}

export interface RootMount {
  /** the detached mount, close-on-exec */
  readonly fd: number;
  readonly kind: 'overlay' | 'vfs';
}

/**
 * What a change of a file means must be read from the upper directory alone, whatever this kernel's defaults are: no
 * references to other files, no renamed directories that point to their old name, no copies of metadata alone.
 */
const OPTIONS = [
  ['index', 'off'],
  ['redirect_dir', 'off'],
  ['metacopy', 'off'],
] as const;

/** No overlay in this kernel, or not on this file system: upper directories on overlay, NFS, some FUSE. */
const CANNOT_OVERLAY = new Set(['EINVAL', 'ENODEV', 'ENOSYS', 'EOPNOTSUPP', 'EPERM', 'ELOOP']);

/** The mark of a container whose upper directory is a whole root file system. */
const copyMark = (work: string): string => join(work, 'copied');

export function isCopy({ work }: Pick<RootDirectories, 'work'>): boolean {
  return existsSync(copyMark(work));
}

/** Throws SyscallError, and what copying throws. Nothing is mounted anywhere: closing the descriptor undoes it. */
export async function mountRoot(directories: RootDirectories): Promise<RootMount> {
  if (!isCopy(directories)) {
    try {
      return { fd: mountOverlay(directories), kind: 'overlay' };
    } catch (error) {
      if (!(error instanceof SyscallError && CANNOT_OVERLAY.has(error.code))) throw error;
    }
    await makeCopy(directories);
  }
  const fd = cloneTree(AT_FDCWD, directories.upper);
  setMountAttributes(fd, '', { propagation: MS_PRIVATE });
  return { fd, kind: 'vfs' };
}

export function mountOverlay({ layers, upper, work }: RootDirectories): number {
  return createOverlay({ lower: [...layers].reverse(), upper, work, options: OPTIONS });
}

/** The mark is written last, so a copy that was cut short is begun again. */
async function makeCopy({ layers, upper, work }: RootDirectories): Promise<void> {
  rmSync(upper, { recursive: true, force: true });
  mkdirSync(upper, { recursive: true, mode: 0o755 });
  for (const layer of layers) await copyTree(layer, upper);
  const directory = await open(upper, 'r');
  await directory.sync().finally(() => directory.close());
  mkdirSync(work, { recursive: true });
  writeFileSync(copyMark(work), '');
}
