// Directories that a layer has something in and does not tell of itself. In the layer's tree they had to be made, and would show their
// own owner and mode instead of those below (a /tmp that not everybody may write to). So they are made like the directory that the
// layers below show there. A layer is unpacked without the layers below it; this is done when those are there.
// Tests: test/container/layer/settle-implied.test.ts.
import { closeSync, fchmodSync, fchownSync, fstatSync, openSync } from 'node:fs';
import {
  getXattr,
  listXattrs,
  O_CLOEXEC,
  O_DIRECTORY,
  O_NOFOLLOW,
  O_PATH,
  O_RDONLY,
  openAt,
  setTimes,
  SyscallError,
} from '../../../native/index.js';
import { setAttribute } from '../../rootfs/dress.js';
import { isPortableXattr } from '../../rootfs/entry.js';
import { openEntry } from '../../rootfs/walk.js';
import { isOpaque } from '../../rootfs/whiteouts.js';

/**
 * @param implied as `unpackLayer` told of them
 * @param below trees of the layers below, lowest first
 * @throws SyscallError, node:fs errors
 */
export function settleImplied(tree: string, implied: readonly string[], below: readonly string[]): void {
  if (implied.length === 0 || below.length === 0) return;
  const opened = [tree, ...[...below].reverse()].map((path) => openSync(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const [own, ...lower] = opened as [number, ...number[]];
  try {
    for (const path of implied) settle(own, lower, path.split('/'));
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

function settle(own: number, lower: readonly number[], parts: readonly string[]): void {
  const target = descend(own, parts);
  if (typeof target !== 'object') return;
  try {
    for (const layer of target.hides ? [] : lower) {
      const found = descend(layer, parts);
      if (found === 'hidden') return;
      if (found === undefined) continue;
      try {
        liken(target.fd, found.fd);
      } finally {
        closeSync(found.fd);
      }
      return;
    }
  } finally {
    closeSync(target.fd);
  }
}

interface Found {
  readonly fd: number;
  /** whether nothing that the layers below have there is to be seen */
  readonly hides: boolean;
}

/** @returns "hidden" when it is not there and the layers below do not show; undefined when they are to be asked */
function descend(rootFd: number, parts: readonly string[]): Found | 'hidden' | undefined {
  let fd = openAt(rootFd, '.', O_RDONLY | O_DIRECTORY);
  let hides = isOpaque(fd);
  for (const part of parts) {
    const child = childOf(fd, part);
    closeSync(fd);
    if (typeof child !== 'number') return hides ? 'hidden' : child;
    fd = child;
    hides ||= isOpaque(fd);
  }
  return { fd, hides };
}

function childOf(directoryFd: number, name: string): number | 'hidden' | undefined {
  try {
    return openAt(directoryFd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error;
    if (error.code === 'ENOENT') return undefined;
    // A link, a file, a mark: it hides what the layers below have under that name.
    const there = openEntry(directoryFd, name, O_PATH);
    if (there === undefined) throw error;
    closeSync(there);
    return 'hidden';
  }
}

function liken(target: number, model: number): void {
  const { uid, gid, mode, mtimeNs } = fstatSync(model, { bigint: true });
  fchownSync(target, Number(uid), Number(gid));
  fchmodSync(target, Number(mode & 0o7777n));
  for (const name of listXattrs(model)) {
    const value = isPortableXattr(name) ? getXattr(model, name) : undefined;
    if (value !== undefined) setAttribute(target, name, value);
  }
  setTimes(target, mtimeNs);
}
