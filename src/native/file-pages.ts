// Memory that a process can give back because it is all in files: the code and constants of Node itself, most of which only
// its start has needed. What is needed again comes back by itself, from the page cache (madvise(2), proc_pid_smaps(5)).
import { readFileSync } from 'node:fs';
import { rawSyscall } from './kernel.js';

const MADV_DONTNEED = 4;

/** "7f00-7f10 r-xp 00000000 08:01 123 /usr/bin/node", then lines like "Anonymous:   0 kB" */
const MAPPING = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ (\d+)/;

/**
 * Unmaps the pages of files that are mapped and cannot be written to, in this process alone. Mappings in which a page has
 * become our own, by relocation, are left as they are: that page is in no file.
 * @returns the bytes that such mappings have, needed or not
 */
export function releaseFilePages(): number {
  let bytes = 0;
  for (const { start, end } of unwrittenMappings(readFileSync('/proc/self/smaps', 'latin1'))) {
    if (Number(rawSyscall('madvise', start, end - start, MADV_DONTNEED)) === 0) bytes += Number(end - start);
  }
  return bytes;
}

interface Mapping {
  readonly start: bigint;
  readonly end: bigint;
}

/** Of a file, not writable, and without a single page of our own. */
export function unwrittenMappings(smaps: string): Mapping[] {
  const found: Mapping[] = [];
  let candidate: Mapping | undefined;
  for (const line of smaps.split('\n')) {
    const [whole, start = '', end = '', permissions = '', inode = ''] = MAPPING.exec(line) ?? [];
    if (whole !== undefined) {
      const isCandidate = inode !== '0' && !permissions.includes('w');
      candidate = isCandidate ? { start: BigInt(`0x${start}`), end: BigInt(`0x${end}`) } : undefined;
    } else if (candidate !== undefined && /^Anonymous: +0 kB$/.test(line)) {
      found.push(candidate);
    }
  }
  return found;
}
