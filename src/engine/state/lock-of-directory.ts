// The lock of something that is a directory with a lock file in it, and is removed by moving that directory away.
import { fstatSync, lstatSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { lockFile, type Lock } from '../../native/index.js';
import { errnoOf } from './file-errors.js';

/**
 * @param path of the lock file
 * @param wait whether to wait for who has it; without, undefined is answered then
 * @returns 'gone' where the directory is not there, or was moved away meanwhile: its lock went with it and guards nothing any more
 * @throws what opening and locking throw
 */
export async function lockOfDirectory(path: string, { wait }: { wait: boolean }): Promise<Lock | 'gone' | undefined> {
  // Opening would make one where there is no directory to guard.
  if (lstatSync(dirname(path), { throwIfNoEntry: false }) === undefined) return 'gone';
  let lock: Lock | undefined;
  try {
    lock = await lockFile(path, { wait });
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 'gone';
    throw error;
  }
  if (lock === undefined) return undefined;
  if (statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(lock.fd).ino) return lock;
  lock.release();
  return 'gone';
}
