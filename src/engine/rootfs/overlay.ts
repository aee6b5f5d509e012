// The root file system of a container as a detached mount: an overlay of the image's layers and the container's own, or,
// where overlay is not to be had, a plain copy of the layers ("vfs"). Tests: test/container/rootfs-overlay.test.ts.
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AT_FDCWD,
  cloneTree,
  createOverlay,
  MS_PRIVATE,
  O_CLOEXEC,
  O_DIRECTORY,
  O_RDONLY,
  setMountAttributes,
  SyscallError,
} from '../../native/index.js';
import { copyTree } from './copy.js';
import { isOpaque } from './whiteouts.js';

export interface RootDirectories {
  /** lowest first */
  readonly layers: readonly string[];
  /** where what the container writes is kept */
  readonly upper: string;
  /** the overlay's own; for a plain copy it holds the mark that the copy is complete */
  readonly work: string;
  /** Whether nothing of it needs to outlive a power cut, so that nobody waits for the disk when it ends. */
  readonly volatile?: boolean;
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
export const OVERLAY_OPTIONS = [
  // What mount(8) and df(1) show in the first column.
  ['source', 'overlay'],
  ['index', 'off'],
  ['redirect_dir', 'off'],
  ['metacopy', 'off'],
] as const;

/** No overlay in this kernel, or not on this file system: upper directories on overlay, NFS, some FUSE. */
const CANNOT_OVERLAY = new Set(['EINVAL', 'ENODEV', 'ENOSYS', 'EOPNOTSUPP', 'EPERM', 'ELOOP']);

/** The marks of a container whose upper directory is a whole root file system, or is on the way to become one. */
const copyMark = (work: string): string => join(work, 'copied');
const copyingMark = (work: string): string => join(work, 'copying');
/** What the kernel leaves behind a volatile overlay: nobody is to mount it again without having thought about it. */
const volatileMark = (work: string): string => join(work, 'work/incompat/volatile');

export function isCopy({ work }: Pick<RootDirectories, 'work'>): boolean {
  return existsSync(copyMark(work));
}

/** Throws SyscallError, and what copying throws. Nothing is mounted anywhere: closing the descriptor undoes it. */
export async function mountRoot(directories: RootDirectories): Promise<RootMount> {
  if (!isCopy(directories)) {
    try {
      return { fd: mountOverlay(directories), kind: 'overlay' };
    } catch (error) {
      if (!(error instanceof SyscallError && CANNOT_OVERLAY.has(error.code)) || isInUse(directories)) throw error;
    }
    await makeCopy(directories);
  }
  const fd = cloneTree(AT_FDCWD, directories.upper);
  setMountAttributes(fd, '', { propagation: MS_PRIVATE });
  return { fd, kind: 'vfs' };
}

/**
 * The layers from the lowest that can be seen, lowest first. overlay itself asks a layer's own top not whether it hides what is
 * below it.
 */
export function visibleLayers(layers: readonly string[]): readonly string[] {
  return layers.slice(Math.max(0, layers.findLastIndex(hidesAll)));
}

function hidesAll(layer: string): boolean {
  const fd = openSync(layer, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  try {
    return isOpaque(fd);
  } finally {
    closeSync(fd);
  }
}

function mountOverlay({ layers, upper, work, volatile = false }: RootDirectories): number {
  const lower = [...visibleLayers(layers)].reverse();
  if (!volatile) return createOverlay({ lower, upper, work, options: OVERLAY_OPTIONS });
  // It was left by an earlier run since the last boot, so all that was written is there.
  rmSync(volatileMark(work), { recursive: true, force: true });
  return createOverlay({ lower, upper, work, options: [...OVERLAY_OPTIONS, ['volatile', true]] });
}

/** A container that has run on an overlay keeps what it wrote: no copy is made over that. */
function isInUse({ upper, work }: RootDirectories): boolean {
  return !existsSync(copyingMark(work)) && existsSync(upper) && readdirSync(upper).length > 0;
}

/** The mark is written last, so a copy that was cut short is begun again. */
async function makeCopy({ layers, upper, work }: RootDirectories): Promise<void> {
  mkdirSync(work, { recursive: true });
  writeFileSync(copyingMark(work), '');
  rmSync(upper, { recursive: true, force: true });
  mkdirSync(upper, { recursive: true, mode: 0o755 });
  for (const layer of layers) await copyTree(layer, upper);
  const directory = await open(upper, 'r');
  await directory.sync().finally(() => directory.close());
  writeFileSync(copyMark(work), '');
}
