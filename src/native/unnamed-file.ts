// A file that has no name before it is whole: whoever is killed while writing it leaves nothing behind (open(2), O_TMPFILE).
import { openSync } from 'node:fs';
import { AT_FDCWD, AT_SYMLINK_FOLLOW, O_CLOEXEC, O_TMPFILE, O_WRONLY } from './flags.js';
import { syscall } from './kernel.js';

/** Opens one for writing. Throws Node's error, EOPNOTSUPP or EISDIR where the file system has no such files. */
export function openUnnamed(directory: string, mode: number): number {
  return openSync(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
}

/** Gives it a name that nothing has yet (linkat(2)). Throws SyscallError. */
export function nameFile(fd: number, path: string): void {
  syscall('linkat', AT_FDCWD, `/proc/self/fd/${fd}`, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}
