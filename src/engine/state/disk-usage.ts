// How much of the disk a directory takes, in slices that let the event loop live. Whoever writes into it may be at it and hostile:
// each directory is opened below the top with no link on the way, so none that is exchanged for a link leads out of it.
import { closeSync, lstatSync, openSync, readdirSync, type Dirent } from 'node:fs';
import {
  nameOfBytes,
  O_CLOEXEC,
  O_DIRECTORY,
  O_RDONLY,
  openat2,
  RESOLVE_BENEATH,
  RESOLVE_NO_SYMLINKS,
} from '../../native/index.js';
import { Turns } from '../turns.js';

/** Of st_blocks, whatever the block size of the file system (stat(2)). */
const BLOCK_BYTES = 512;

/** Bytes of all below `path`, links not followed. What cannot be looked at, because it has just gone, counts nothing. */
export async function diskUsage(path: string): Promise<number> {
  let topFd: number;
  try {
    topFd = openSync(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  } catch {
    return 0;
  }
  try {
    return await usageBelow(topFd);
  } finally {
    closeSync(topFd);
  }
}

async function usageBelow(topFd: number): Promise<number> {
  let bytes = 0;
  const turns = new Turns();
  const open = ['.'];
  for (let directory = open.pop(); directory !== undefined; directory = open.pop()) {
    const fd = openBelow(topFd, directory);
    if (fd === undefined) continue;
    try {
      // Of this process: whatever becomes of the directory's name, it is the one that was opened.
      const here = `/proc/self/fd/${fd}`;
      for (const entry of entriesOf(here)) {
        bytes += sizeOf(Buffer.concat([Buffer.from(`${here}/`), entry.name]));
        if (entry.isDirectory()) open.push(`${directory}/${nameOfBytes(entry.name)}`);
        if (turns.isDue) await turns.give();
      }
    } finally {
      closeSync(fd);
    }
  }
  return bytes;
}

function openBelow(topFd: number, path: string): number | undefined {
  try {
    return openat2(topFd, path, O_RDONLY | O_DIRECTORY, 0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
  } catch {
    return undefined;
  }
}

function entriesOf(directory: string): Dirent<Buffer>[] {
  try {
    return readdirSync(directory, { withFileTypes: true, encoding: 'buffer' });
  } catch {
    return [];
  }
}

/** A file with several names takes its space once: each name counts for its part. A directory's links are its own. */
function sizeOf(path: Buffer): number {
  try {
    const stat = lstatSync(path);
    return (stat.blocks * BLOCK_BYTES) / (stat.isDirectory() ? 1 : Math.max(stat.nlink, 1));
  } catch {
    return 0;
  }
}
