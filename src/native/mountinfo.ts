// The mounts that a process sees: /proc/PID/mountinfo (proc_pid_mountinfo(5)). Pure but for readMounts.
import { readFileSync } from 'node:fs';

export interface MountEntry {
  readonly id: number;
  readonly parent: number;
  /** 'major:minor' of the file system. */
  readonly device: string;
  /** Which directory of the file system is mounted. */
  readonly root: string;
  readonly mountPoint: string;
  /** Options of this mount: ['rw', 'nosuid', …]. */
  readonly options: readonly string[];
  /** 'shared:1', 'master:2', 'propagate_from:3', 'unbindable'. */
  readonly propagation: readonly string[];
  readonly type: string;
  readonly source: string;
  /** Options of the file system. */
  readonly superOptions: readonly string[];
}

/** Spaces and the like stand as octal numbers: '\040'. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}

/** Reads the text of a mountinfo file; lines that are not of its form are left out. */
export function parseMountinfo(text: string): MountEntry[] {
  const entries: MountEntry[] = [];
  for (const line of text.split('\n')) {
    const fields = line.split(' ');
    const dash = fields.indexOf('-', 6);
    if (dash < 0 || fields.length < dash + 4) continue;
    const [id, parent, device, root, mountPoint, options] = fields as [string, string, string, string, string, string];
    const [type, source, superOptions] = fields.slice(dash + 1) as [string, string, string];
    entries.push({
      id: Number(id),
      parent: Number(parent),
      device,
      root: unescape(root),
      mountPoint: unescape(mountPoint),
      options: options.split(','),
      propagation: fields.slice(6, dash),
      type,
      source: unescape(source),
      superOptions: superOptions.split(',').map(unescape),
    });
  }
  return entries;
}

/** The mounts that a process sees, this one by default. Throws Node's error when there is no such process. */
export function readMounts(pid: number | 'self' = 'self'): MountEntry[] {
  return parseMountinfo(readFileSync(`/proc/${pid}/mountinfo`, 'utf8'));
}
