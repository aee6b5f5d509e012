// What node:fs lacks for file descriptors: pipes, fcntl.
import { closeSync } from 'node:fs';
import * as flags from './flags.js';
import { syscall } from './kernel.js';

/** A pipe, both ends close-on-exec (pipe2(2)); the number of the write end is `leastWriteFd` or more. */
export function openPipe(leastWriteFd = 0): { readFd: number; writeFd: number } {
  const both = Buffer.alloc(8);
  syscall('pipe2', both, flags.O_CLOEXEC);
  const [readFd, writeFd] = [both.readInt32LE(0), both.readInt32LE(4)];
  if (writeFd >= leastWriteFd) return { readFd, writeFd };
  try {
    return { readFd, writeFd: syscall('fcntl', writeFd, flags.F_DUPFD_CLOEXEC, leastWriteFd) };
  } catch (error) {
    closeSync(readFd);
    throw error;
  } finally {
    closeSync(writeFd);
  }
}

/** Sets or clears O_NONBLOCK (fcntl(2)); it belongs to the open file, so to every descriptor duplicated from it. */
export function setNonblocking(fd: number, nonblocking = true): void {
  const status = syscall('fcntl', fd, flags.F_GETFL);
  syscall('fcntl', fd, flags.F_SETFL, nonblocking ? status | flags.O_NONBLOCK : status & ~flags.O_NONBLOCK);
}

/** Sets or clears close-on-exec (fcntl(2)). */
export function setCloseOnExec(fd: number, closeOnExec = true): void {
  syscall('fcntl', fd, flags.F_SETFD, closeOnExec ? flags.FD_CLOEXEC : 0);
}

/** Asks for a pipe of at least `bytes` (F_SETPIPE_SZ) and tells what it got. Throws SyscallError: EPERM above the host's limit. */
export function setPipeSize(fd: number, bytes: number): number {
  return syscall('fcntl', fd, flags.F_SETPIPE_SZ, bytes);
}
