// Ends a process on a leash (launch/leash.ts) with everything below it, whoever of them began a session of its own or lost
// its parent.
import { closeSync } from 'node:fs';
import { parentOf, pidfdOpen, pidfdSendSignal } from '../../native/index.js';

const SIGKILL = 9;
const SIGSTOP = 19;
/** Each look finds what was born since the one before. More looks are needed for a fork bomb only, which others must end. */
const MOST_LOOKS = 16;

/**
 * @param root it stands still first, so that it starts nothing more while its descendants are ended
 * @param around pids among which the descendants are: those of the container
 */
export function killTree(
  root: { readonly pid: number; readonly pidfd: number },
  around: () => readonly number[],
): void {
  pidfdSendSignal(root.pidfd, SIGSTOP);
  const killed = new Set<number>();
  try {
    for (let look = 0; look < MOST_LOOKS; look += 1) {
      const tree = below(root.pid, around());
      const fresh = [...tree].filter((pid) => !killed.has(pid));
      if (fresh.length === 0) break;
      for (const pid of fresh) {
        kill(pid, (parent) => parent === root.pid || tree.has(parent));
        killed.add(pid);
      }
    }
  } finally {
    pidfdSendSignal(root.pidfd, SIGKILL);
  }
}

function below(root: number, pids: readonly number[]): Set<number> {
  const childrenOf = new Map<number, number[]>();
  for (const pid of pids) {
    const parent = parentOf(pid);
    if (parent !== undefined) childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), pid]);
  }
  const found = new Set<number>(childrenOf.get(root));
  // A set is walked through to those that are added while it is.
  for (const pid of found) for (const child of childrenOf.get(pid) ?? []) found.add(child);
  return found;
}

/** Its number may be another's by now: the descriptor stands for one process, and that one's parent is looked at again. */
function kill(pid: number, isOurs: (parent: number) => boolean): void {
  let pidfd: number;
  try {
    pidfd = pidfdOpen(pid);
  } catch {
    return;
  }
  try {
    const parent = parentOf(pid);
    if (parent !== undefined && isOurs(parent)) pidfdSendSignal(pidfd, SIGKILL);
  } finally {
    closeSync(pidfd);
  }
}
