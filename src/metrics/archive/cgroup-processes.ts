// The processes of a cgroup and of those below it, some of them where they are many.
import { readdirSync, readFileSync } from 'node:fs';
import type { CgroupPaths } from '../model.js';

/** Containers that make cgroups of their own have a few. */
const MOST_CGROUPS = 64;

/** @returns ids of at most so many processes, and how many there are in all that was looked through */
export function processesOf({ controllers, unified }: CgroupPaths, most: number): { pids: number[]; count: number } {
  const top = unified ?? controllers['pids'] ?? Object.values(controllers)[0];
  const pids: number[] = [];
  let count = 0;
  const folders = top === undefined ? [] : [top];
  for (let i = 0; i < folders.length && i < MOST_CGROUPS; i++) {
    const folder = folders[i]!;
    try {
      const lines = readFileSync(`${folder}/cgroup.procs`, 'latin1').split('\n');
      count += lines.length - 1;
      for (const line of lines) if (line !== '' && pids.length < most) pids.push(Number(line));
      if (hasMore(folder)) folders.push(...below(folder));
    } catch {
      // Removed meanwhile.
    }
  }
  return { pids, count };
}

/** Version 2 says how many cgroups are below one; version 1 must be looked through. */
function hasMore(folder: string): boolean {
  try {
    return !readFileSync(`${folder}/cgroup.stat`, 'latin1').startsWith('nr_descendants 0\n');
  } catch {
    return true;
  }
}

const below = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${folder}/${name}`);
