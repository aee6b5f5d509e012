// What must have reached the disk before something else may lead to it.
import { close, fdatasync, fsync, open } from 'node:fs';
import { promisify } from 'node:util';
import { flushFileSystem } from '../../../native/index.js';

const opened = promisify(open);
const closed = promisify(close);
const synced = promisify(fsync);

/** Content and size of an open file. */
export const flushFile: (fd: number) => Promise<void> = promisify(fdatasync);

/** Which names are in a directory. */
export async function flushDirectory(path: string): Promise<void> {
  const fd = await opened(path, 'r');
  try {
    await synced(fd);
  } finally {
    await closed(fd);
  }
}

/** Everything of the file system that a directory lies on: whole trees of files at once. */
export async function flushAround(path: string): Promise<void> {
  const fd = await opened(path, 'r');
  try {
    await flushFileSystem(fd);
  } finally {
    await closed(fd);
  }
}
