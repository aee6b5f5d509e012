// A cheap picture of a tree: what stands where, whose it is, how large and how old. Taken when a layer is whole and compared by a
// check; it tells that files are missing, added or touched, and does not read them.
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { setImmediate } from 'node:timers/promises';

const SLICE_MS = 4;
const SLASH = Buffer.from('/');

export interface Survey {
  readonly entries: number;
  /** of the files, one with several names once */
  readonly sizeBytes: number;
  /** sha256 of a line for each entry */
  readonly digest: string;
}

/** @throws the error of node:fs */
export async function surveyOf(tree: string): Promise<Survey> {
  const hash = createHash('sha256');
  const seen = new Set<number>();
  let entries = 0;
  let sizeBytes = 0;
  let slice = performance.now() + SLICE_MS;
  const open = [Buffer.from(tree)];
  for (let directory = open.pop(); directory !== undefined; directory = open.pop()) {
    const names = readdirSync(directory, { encoding: 'buffer' }).sort((a, b) => a.compare(b));
    for (const name of names) {
      const path = Buffer.concat([directory, SLASH, name]);
      const stat = lstatSync(path);
      entries += 1;
      if (stat.isFile() && !(stat.nlink > 1 && seen.has(stat.ino))) sizeBytes += stat.size;
      if (stat.isFile() && stat.nlink > 1) seen.add(stat.ino);
      hash.update(path.subarray(tree.length)).update(lineOf(stat));
      if (stat.isDirectory()) open.push(path);
      if (performance.now() >= slice) {
        await setImmediate();
        slice = performance.now() + SLICE_MS;
      }
    }
  }
  return { entries, sizeBytes, digest: hash.digest('hex') };
}

/** A directory's size is the file system's affair. */
function lineOf(stat: Stats): string {
  const size = stat.isDirectory() ? 0 : stat.size;
  return `\0${stat.mode} ${stat.uid} ${stat.gid} ${size} ${stat.rdev} ${stat.mtimeMs}\n`;
}
