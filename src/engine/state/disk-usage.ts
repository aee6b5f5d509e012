// How much of the disk a directory takes, in slices that let the event loop live.
import { lstatSync, readdirSync } from 'node:fs';
import { Turns } from '../turns.js';

/** Of st_blocks, whatever the block size of the file system (stat(2)). */
const BLOCK_BYTES = 512;
const SLASH = Buffer.from('/');

/** Bytes of all below `path`, links not followed. What cannot be looked at, because it has just gone, counts nothing. */
export async function diskUsage(path: string): Promise<number> {
  let bytes = 0;
  const turns = new Turns();
  const open = [Buffer.from(path)];
  for (let directory = open.pop(); directory !== undefined; directory = open.pop()) {
    for (const entry of entriesOf(directory)) {
      const child = Buffer.concat([directory, SLASH, entry.name]);
      bytes += sizeOf(child);
      if (entry.isDirectory()) open.push(child);
      if (turns.isDue) await turns.give();
    }
  }
  return bytes;
}

function entriesOf(directory: Buffer) {
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
