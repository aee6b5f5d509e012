// Exclusive locks on files (flock(2)) that never block the event loop. The kernel lets go of one when its holder dies.
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoNumber, SyscallError } from './errno.js';
import { LOCK_EX, LOCK_NB, O_CLOEXEC, O_CREAT, O_RDWR } from './flags.js';
import { rawSyscall } from './kernel.js';

export interface Lock {
  /** The open file that carries the lock, close-on-exec. */
  readonly fd: number;
  /** Lets go and closes the file. Once is enough; again does nothing. */
  release(): void;
}

const EWOULDBLOCK = errnoNumber('EWOULDBLOCK');
const EINTR = errnoNumber('EINTR');
/** Longest pause between two tries, ms. */
const longestPause = 20;

function tryFlock(fd: number, path: string): boolean {
  const result = Number(rawSyscall('flock', fd, LOCK_EX | LOCK_NB));
  if (result === 0) return true;
  if (result === -EWOULDBLOCK || result === -EINTR) return false;
  throw new SyscallError('flock', -result, path);
}

/**
 * Takes the lock of a file, which is made (0600) when it is not there. Waits until whoever holds it lets go, trying again
 * in growing pauses of 1 to 20 ms; with `wait: false` answers undefined instead of waiting. Two locks of one process
 * exclude each other too. Throws what opening the file throws, SyscallError where the file system has no flock.
 */
export function lockFile(path: string, options?: { readonly wait?: true }): Promise<Lock>;
export function lockFile(path: string, options?: { readonly wait?: boolean }): Promise<Lock | undefined>;
export async function lockFile(
  path: string,
  { wait = true }: { readonly wait?: boolean } = {},
): Promise<Lock | undefined> {
  let fd = openSync(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600);
  try {
    for (let pause = 1; !tryFlock(fd, path); pause = Math.min(pause * 2, longestPause)) {
      if (!wait) {
        closeSync(fd);
        return undefined;
      }
      await sleep(pause);
    }
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return {
    fd,
    release() {
      if (fd < 0) return;
      closeSync(fd);
      fd = -1;
    },
  };
}
