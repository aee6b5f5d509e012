// A cheap picture of a tree: what stands where, whose it is, how large and how old. Taken when a layer is whole and compared by a
// check; it tells that files are missing, added or touched, and does not read them.
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { Turns } from '../../turns.js';

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
  const turns = new Turns();
  const open: (string | Buffer)[] = [tree];
  for (let directory = open.pop(); directory !== undefined; directory = open.pop()) {
    let lines = '';
    for (const path of pathsIn(directory)) {
      const stat = lstatSync(path);
      entries += 1;
      if (stat.isFile() && !(stat.nlink > 1 && seen.has(stat.ino))) sizeBytes += stat.size;
      if (stat.isFile() && stat.nlink > 1) seen.add(stat.ino);
      lines += lineOf((typeof path === 'string' ? path : path.toString('latin1')).slice(tree.length), stat);
      if (stat.isDirectory()) open.push(path);
      if (turns.isDue) await turns.give();
    }
    hash.update(lines);
  }
  return { entries, sizeBytes, digest: hash.digest('hex') };
}

/** What Node puts in the place of bytes that are no UTF-8. */
const REPLACED = '\ufffd';

/** In an order that is always the same. Texts are twice as fast as bytes, which only strange names need. */
function pathsIn(directory: string | Buffer): readonly (string | Buffer)[] {
  if (typeof directory === 'string') {
    const names = readdirSync(directory);
    if (!names.some((name) => name.includes(REPLACED))) return names.sort().map((name) => `${directory}/${name}`);
  }
  const top = Buffer.from(directory);
  const names = readdirSync(top, { encoding: 'buffer' });
  return names.sort((a, b) => a.compare(b)).map((name) => Buffer.concat([top, SLASH, name]));
}

/** A directory's size is the file system's affair. */
function lineOf(path: string, stat: Stats): string {
  const size = stat.isDirectory() ? 0 : stat.size;
  return `${path}\0${stat.mode} ${stat.uid} ${stat.gid} ${size} ${stat.rdev} ${stat.mtimeMs}\n`;
}
