// What the kernel says of a process that is not to grow: memory and what it is made of, descriptors, children, CPU time.
import { readdirSync, readFileSync } from 'node:fs';

export type VitalSigns = Readonly<
  Record<'residentKiB' | 'anonymousKiB' | 'descriptors' | 'children' | 'threads', number>
>;

/** @throws Error (ENOENT) when there is no such process */
export function vitalSigns(pid: number | 'self'): VitalSigns {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  return {
    residentKiB: field('VmRSS'),
    anonymousKiB: field('RssAnon'),
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    children: childrenOf(pid),
    threads: field('Threads'),
  };
}

/** Those that have ended and were not waited for count too. */
function childrenOf(pid: number | 'self'): number {
  const lists = readdirSync(`/proc/${pid}/task`).map((task) => {
    try {
      return readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1');
    } catch {
      // The thread has ended.
      return '';
    }
  });
  return lists
    .join(' ')
    .split(' ')
    .filter((word) => word !== '').length;
}

/** CPU seconds that a process has used so far (proc(5), fields 14 and 15, at 100 ticks a second). */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
