// The locks of the store: one for moments, while names and files come and go, and one for each thing that somebody is at.
// The kernel lets go of a lock when its holder dies, so what nobody holds was left behind.
import { fstatSync, mkdirSync, statSync, unlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { lockFile, type Lock } from '../../../native/index.js';
import { errnoOf } from '../../state/file-errors.js';
import { makeDirectory } from '../../state/make-directory.js';
import { places } from './places.js';

/**
 * Held while references change, leases grow and a prune takes things out of sight; never while anything is read from elsewhere.
 * Not to be taken by who has it.
 */
export async function withStoreLock<T>(images: string, action: () => T | Promise<T>): Promise<T> {
  makeDirectory(images);
  const lock = await lockFile(places.lock(images));
  try {
    return await action();
  } finally {
    lock.release();
  }
}

/** A lock on a file that goes with what it guards: whoever waited for it may find that it guards nothing any more. */
export function isStill(lock: Lock, path: string): boolean {
  const held = fstatSync(lock.fd);
  const there = statSync(path, { throwIfNoEntry: false });
  return there?.ino === held.ino && there.dev === held.dev;
}

/** Longest pause between two tries, ms: what is waited for takes seconds. */
const LONGEST_PAUSE = 50;

/** The lock of a file that comes and goes, which is made when it is not there. @throws the reason of the signal */
export async function lockPassing(path: string, signal?: AbortSignal): Promise<Lock> {
  for (let pause = 1; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    signal?.throwIfAborted();
    const lock = await lockFile(path, { wait: false });
    if (lock !== undefined) {
      if (isStill(lock, path)) return lock;
      lock.release();
      continue;
    }
    await sleep(pause, undefined, signal === undefined ? {} : { signal });
  }
}

/** The same when nobody holds it and it is there: for who clears away what was left behind. */
export async function lockIfLeft(path: string): Promise<Lock | undefined> {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  const lock = await lockFile(path, { wait: false });
  if (lock === undefined || isStill(lock, path)) return lock;
  lock.release();
  return undefined;
}

/** Takes the file away with its lock, so that nobody who waits for it believes that it still guards something. */
export function releaseAndForget(lock: Lock, path: string): void {
  try {
    if (isStill(lock, path)) unlinkSync(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  } finally {
    lock.release();
  }
}

/** Its directory, as a file is made in it. */
export function makeParent(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}
