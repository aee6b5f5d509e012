// Making an image without anybody seeing half of it: it grows in a directory of its own and appears by one rename. What a
// crash left behind is found by its lock, which nobody holds any more.
import { closeSync, openSync } from 'node:fs';
import { mkdir, readdir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { nanoid } from 'nanoid';
import { lockFile, syscall, type Lock } from '../../native/index.js';
import { deleteTree } from '../state/delete-tree.js';

const PREFIX = '.new-';
const LOCK_SUFFIX = '.lock';

export interface Staging {
  /** an empty directory, mode 0755 */
  readonly directory: string;
  /** Makes it durable and moves it to `target`, which must not exist. */
  moveTo(target: string): Promise<void>;
  /** Deletes what is still there and lets go. */
  close(): Promise<void>;
}

/** Held for moments only: while directories appear, vanish or change their names. */
export async function withStoreLock<T>(images: string, action: () => Promise<T>): Promise<T> {
  await mkdir(images, { recursive: true, mode: 0o700 });
  const lock = await lockFile(join(images, '.lock'));
  try {
    return await action();
  } finally {
    lock.release();
  }
}

export async function openStaging(images: string): Promise<Staging> {
  return withStoreLock(images, async () => {
    await removeLeftovers(images);
    const directory = join(images, `${PREFIX}${nanoid()}`);
    const lock = await lockFile(directory + LOCK_SUFFIX);
    await mkdir(directory, { mode: 0o755 });
    return {
      directory,
      async moveTo(target) {
        flush(directory);
        await rename(directory, target);
      },
      async close() {
        await deleteTree(directory);
        await forget(directory, lock);
      },
    };
  });
}

async function forget(directory: string, lock: Lock): Promise<void> {
  await unlink(directory + LOCK_SUFFIX).catch(() => undefined);
  lock.release();
}

/** Everything of the file system: what is renamed into place must be whole after a power cut too. */
function flush(directory: string): void {
  const fd = openSync(directory, 'r');
  try {
    syscall('syncfs', fd);
  } finally {
    closeSync(fd);
  }
}

async function removeLeftovers(images: string): Promise<void> {
  const names = (await readdir(images)).filter((name) => name.startsWith(PREFIX) && !name.endsWith(LOCK_SUFFIX));
  for (const name of names) {
    const directory = join(images, name);
    const lock = await lockFile(directory + LOCK_SUFFIX, { wait: false });
    if (lock === undefined) continue;
    await deleteTree(directory);
    await forget(directory, lock);
  }
}
