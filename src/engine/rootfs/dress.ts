// What files have beside their content: extended attributes, and a mode that is set without following a link.
import { chmodSync, closeSync, fstatSync } from 'node:fs';
import { O_PATH, setXattr, SyscallError } from '../../native/index.js';
import { TscontainError } from '../errors.js';
import { isPortableXattr, type Entry } from './entry.js';
import { openEntry } from './walk.js';

/** Inherited by everything that is made in the directory from then on, so it comes last. */
export const DEFAULT_ACL = 'system.posix_acl_default';

/** What a file system answers that has no attributes of this kind: it does without. */
const HAS_NONE = new Set(['EOPNOTSUPP', 'ENOTSUP', 'EPERM']);
/** What it answers to a value that is too long or means nothing. */
const IS_WRONG = new Set(['EINVAL', 'E2BIG', 'ERANGE', 'ENOSPC']);

/** A file system that has none does without. @returns whether the value cannot be */
export function setAttribute(fd: number, name: string, value: Buffer): 'wrong' | undefined {
  try {
    setXattr(fd, name, value);
  } catch (error) {
    const code = error instanceof SyscallError ? error.code : '';
    if (IS_WRONG.has(code)) return 'wrong';
    if (!HAS_NONE.has(code)) throw error;
  }
  return undefined;
}

/** The attributes that mean the same here. @throws TscontainError INVALID_VALUE for one that cannot be */
export function dress(fd: number, { path, xattrs }: Entry): void {
  for (const [name, value] of xattrs) {
    if (!isPortableXattr(name) || name === DEFAULT_ACL || setAttribute(fd, name, value) !== 'wrong') continue;
    throw new TscontainError(
      'INVALID_VALUE',
      `"${path}" in the archive has an attribute ${name} of ${value.length} bytes that cannot be set here`,
      { hint: 'leave it away, or keep the state directory on a file system with room for it' },
    );
  }
}

/** By the file itself: chmod by name would follow a link that somebody has put there since. */
export function setMode(parentFd: number, name: string, mode: number): void {
  const fd = openEntry(parentFd, name, O_PATH);
  if (fd === undefined) return;
  try {
    if (!fstatSync(fd).isSymbolicLink()) chmodSync(`/proc/self/fd/${fd}`, mode);
  } finally {
    closeSync(fd);
  }
}
