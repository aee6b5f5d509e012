// Finding places in a root file system from outside, as the container itself would find them.
import { closeSync, fstatSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { O_NOFOLLOW, O_PATH, openInRoot, readlinkAt, SyscallError } from '../../native/index.js';

/** As many links as the kernel follows in one path (path_resolution(7)). */
const MAX_LINKS = 40;

export interface Place {
  /** the path, with links that lead to what is not there yet replaced by where they lead */
  readonly path: string;
  /** how many of its last components are not there */
  readonly missing: number;
  /** what is there, when all of it is and could be seen */
  readonly kind?: 'directory' | 'file';
}

/** @returns undefined where nothing is; throws SyscallError for anything else */
export function openIfThere(rootFd: number, path: string, flags: number): number | undefined {
  try {
    return openInRoot(rootFd, path, flags);
  } catch (error) {
    if (error instanceof SyscallError && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
    throw error;
  }
}

function kindOf(rootFd: number, path: string): 'directory' | 'file' | undefined {
  const fd = openIfThere(rootFd, path, O_PATH);
  if (fd === undefined) return undefined;
  try {
    return fstatSync(fd).isDirectory() ? 'directory' : 'file';
  } finally {
    closeSync(fd);
  }
}

/** Where the link at `path` leads; undefined when no link is there. */
function readLink(rootFd: number, path: string): string | undefined {
  const fd = openIfThere(rootFd, path, O_PATH | O_NOFOLLOW);
  if (fd === undefined) return undefined;
  try {
    return readlinkAt(fd, '');
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}

/** Finds how much of an absolute path is there. Throws SyscallError. */
export function findPlace(rootFd: number, wanted: string): Place {
  let path = wanted;
  for (let links = 0; links < MAX_LINKS; links++) {
    const parts = path.split('/').filter((part) => part !== '' && part !== '.');
    path = `/${parts.join('/')}`;
    const kind = kindOf(rootFd, path);
    if (kind !== undefined) return { path, missing: 0, kind };
    let there = parts.length - 1;
    while (there > 0 && kindOf(rootFd, `/${parts.slice(0, there).join('/')}`) === undefined) there--;
    const first = `/${parts.slice(0, there + 1).join('/')}`;
    const link = readLink(rootFd, first);
    if (link === undefined) return { path, missing: parts.length - there };
    path = posix.join(link.startsWith('/') ? link : `${dirname(first)}/${link}`, ...parts.slice(there + 1));
  }
  throw new SyscallError('openat2', ELOOP, wanted);
}

const ELOOP = 40;

/** How many components `path` has beyond `ancestor`, when it lies in it; undefined when not. */
export function depthBelow(path: string, ancestor: string): number | undefined {
  if (ancestor === '/') return path.split('/').filter((part) => part !== '').length;
  if (path !== ancestor && !path.startsWith(`${ancestor}/`)) return undefined;
  return path
    .slice(ancestor.length)
    .split('/')
    .filter((part) => part !== '').length;
}
