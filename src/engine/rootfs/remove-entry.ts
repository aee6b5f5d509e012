// Takes away what has a name in an open directory, and all below it, following no link. Tests: test/container/rootfs-unpack.test.ts.
import { closeSync } from 'node:fs';
import { O_DIRECTORY, O_NOFOLLOW, O_RDONLY, openAt, SyscallError, unlinkAt } from '../../native/index.js';
import { namesIn } from './walk.js';

/** Nothing happens when it is not there. @throws SyscallError */
export function removeEntry(directoryFd: number, name: string): void {
  try {
    unlinkAt(directoryFd, name);
    return;
  } catch (error) {
    if (!(error instanceof SyscallError) || !['EISDIR', 'ENOENT'].includes(error.code)) throw error;
    if (error.code === 'ENOENT') return;
  }
  const fd = openAt(directoryFd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    removeContent(fd);
  } finally {
    closeSync(fd);
  }
  unlinkAt(directoryFd, name, { directory: true });
}

export function removeContent(directoryFd: number): void {
  for (const name of namesIn(directoryFd)) removeEntry(directoryFd, name);
}
