// Reads a root file system's own passwd and group, and says who a user is there.
import { closeSync, fstatSync, readSync } from 'node:fs';
import { O_NONBLOCK, O_RDONLY } from '../../native/index.js';
import { TscontainError } from '../errors.js';
import { openIfThere } from './places.js';
import { resolveUser, type ResolvedUser } from './users.js';

/** The files of a directory server have some 100,000 lines; what is larger is meant to harm. */
const MAX_BYTES = 16 * 1024 * 1024;

/** The text of a plain file, "" when there is none. Links are followed inside of the root (openat2(2)). */
function readText(rootFd: number, path: string): string {
  const fd = openIfThere(rootFd, path, O_RDONLY | O_NONBLOCK);
  if (fd === undefined) return '';
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) return '';
    if (stat.size > MAX_BYTES) {
      throw new TscontainError('INVALID_VALUE', `${path} of the image has ${stat.size} bytes`, {
        hint: `at most ${MAX_BYTES} are read`,
      });
    }
    const bytes = Buffer.alloc(stat.size);
    return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(fd);
  }
}

/** @throws TscontainError INVALID_VALUE when there is no such user or group */
export function userInRoot(rootFd: number, spec: string, groupAdd: readonly string[]): ResolvedUser {
  return resolveUser(spec, groupAdd, {
    passwd: readText(rootFd, '/etc/passwd'),
    group: readText(rootFd, '/etc/group'),
  });
}
