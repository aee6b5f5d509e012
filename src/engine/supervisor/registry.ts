// Which supervisors there are: a directory each, with who it is, its socket and its own log.
//
//   supervisors/<id>/supervisor.json   { id, pid, startTime, project? }
//   supervisors/<id>/sock
//   supervisors/<id>/log               what it had to say and nobody was there to hear
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processRuns } from '../../native/index.js';
import { layout } from '../state/layout.js';
import { isRecord } from './protocol.js';

export interface SupervisorEntry {
  readonly id: string;
  readonly pid: number;
  /** field 22 of /proc/PID/stat: with the pid it names the process for good */
  readonly startTime: number;
  /** absent until a first manager claims it */
  readonly project?: string;
}

const ID = /^[0-9A-Za-z_-]{1,64}$/;

const entryPath = (root: string, id: string) => join(layout.supervisor(root, id), 'supervisor.json');

/** Makes its directory and says who it is. Called by the supervisor itself, again when its project is decided. */
export function register(root: string, entry: SupervisorEntry): void {
  mkdirSync(layout.supervisor(root, entry.id), { recursive: true, mode: 0o700 });
  const path = entryPath(root, entry.id);
  writeFileSync(`${path}.next`, JSON.stringify(entry), { mode: 0o600 });
  renameSync(`${path}.next`, path);
}

/** Its directory stays until its cgroup is gone. */
export function unregister(root: string, id: string): void {
  rmSync(entryPath(root, id), { force: true });
}

/** Ids of all that have a directory, alive or not. */
export function registered(root: string): string[] {
  try {
    return readdirSync(layout.supervisors(root), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && ID.test(entry.name))
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

/** undefined: it has not said who it is (yet), or nothing that can be understood. */
export function readEntry(root: string, id: string): SupervisorEntry | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(entryPath(root, id), 'utf8'));
    if (!isRecord(value)) return undefined;
    const { pid, startTime, project } = value;
    if (typeof pid !== 'number' || typeof startTime !== 'number') return undefined;
    return { id, pid, startTime, ...(typeof project === 'string' ? { project } : {}) };
  } catch {
    return undefined;
  }
}

export function isSupervisorAlive(root: string, id: string): boolean {
  const entry = ID.test(id) ? readEntry(root, id) : undefined;
  return entry !== undefined && processRuns(entry.pid, entry.startTime);
}

/** Its directory was made this long ago (ms): one that has said nothing for long will never. */
export function ageOfDirectory(root: string, id: string): number {
  return Date.now() - (statSync(layout.supervisor(root, id), { throwIfNoEntry: false })?.mtimeMs ?? 0);
}
