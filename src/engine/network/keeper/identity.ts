// Who the keeper is, written down by itself: of one that was killed, the file is what it leaves.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { processRuns, startTimeOf } from '../../../native/index.js';
import { bootId } from '../../state/boot.js';
import { layout } from '../../state/layout.js';

interface Identity {
  readonly pid: number;
  readonly startTime: number;
  readonly bootId: string;
}

export function writeIdentity(root: string): void {
  const identity: Identity = { pid: process.pid, startTime: startTimeOf(process.pid) ?? 0, bootId: bootId() };
  writeFileSync(layout.keeperIdentity(root), JSON.stringify(identity), { mode: 0o600 });
}

export function removeIdentity(root: string): void {
  rmSync(layout.keeperIdentity(root), { force: true });
}

function readIdentity(root: string): Identity | undefined {
  try {
    const { pid, startTime, bootId: boot } = JSON.parse(readFileSync(layout.keeperIdentity(root), 'utf8')) as Identity;
    return typeof pid === 'number' && typeof startTime === 'number' ? { pid, startTime, bootId: boot } : undefined;
  } catch {
    return undefined;
  }
}

/** Of the one that lives; undefined when there is none. */
export function keeperPid(root: string): number | undefined {
  const identity = readIdentity(root);
  return identity !== undefined && processRuns(identity.pid, identity.startTime) ? identity.pid : undefined;
}

/** One was killed in this boot, and what it kept up may still be there. */
export function keeperWasKilled(root: string): boolean {
  const identity = readIdentity(root);
  return identity?.bootId === bootId() && !processRuns(identity.pid, identity.startTime);
}

/** Its cgroup beside those of the supervisors: the same for every keeper of a state directory, so that the next takes it over. */
export function keeperCgroup(root: string): string {
  return `keeper-${createHash('sha256').update(root).digest('hex').slice(0, 12)}`;
}
