// Containers whose supervisor is no more: what still runs is looked after from here on, what has ended meanwhile ends properly.
//
// Nobody but its parent is told how a process ended, and its parent now is the host's init. So the death is seen through a
// pidfd, and the status read from what the kernel still knows of the process: exactly, or not at all. It is never guessed.
import { closeSync } from 'node:fs';
import { exitStatusOf, pidfdHasExited, pidfdOpen, startTimeOf } from '../../native/index.js';
import type { Container, ContainerState, ProcessId } from '../model.js';
import { layout } from '../state/layout.js';
import { exitCodeOf, openLog } from './begin.js';
import type { Parts } from './parts.js';
import type { Ending, Run } from './run.js';
import { lostStreams, reopenPipes, type Streams } from './stdio.js';

/** Where the cgroup does not tell of an end at once, it is seen after this long. */
const LOOK_INTERVAL_MS = 250;

export type Adopted = { readonly run: Run; readonly isAlive: boolean } | 'restarting';

/**
 * @param isTaken whether this supervisor has begun to look after it meanwhile
 * @returns undefined for a container that nobody need look after, or that somebody does
 */
export function adopt(
  parts: Parts,
  id: string,
  { isTaken, isSupervisorAlive }: { isTaken: () => boolean; isSupervisorAlive: (supervisorId: string) => boolean },
): Promise<Adopted | undefined> {
  const { store, supervisorId, bootId } = parts;
  return store.withLock(id, () => {
    const container = store.load(id);
    const { state } = container;
    if (isTaken()) return undefined;
    if (state.supervisor !== undefined && state.supervisor !== supervisorId && isSupervisorAlive(state.supervisor)) {
      return undefined;
    }
    if (state.status === 'restarting') {
      store.writeState(id, { ...state, supervisor: supervisorId });
      return 'restarting';
    }
    if (state.init === undefined || (state.status !== 'running' && state.status !== 'paused')) return undefined;
    const pidfd = state.bootId === bootId ? openProcess(state.init) : undefined;
    // Dead and not yet reaped by the host's init it is dead all the same, and its pipes are as empty as they will ever be.
    const isAlive = pidfd !== undefined && !pidfdHasExited(pidfd);
    store.writeState(id, adoptedState(container, supervisorId, isAlive));
    const run: Run = {
      pid: state.init.pid,
      startedAt: Date.parse(state.startedAt ?? '') || Date.now(),
      cgroup: container.cgroup,
      streams: openStreams(parts, container, isAlive),
      log: openLog(parts, container),
      inputEnds: false,
      // What was counted before is known for a first run only: its cgroup began with it.
      oomKillsBefore: state.finishedAt === undefined ? 0 : parts.driver.oomKills(container.cgroup),
      ended:
        pidfd !== undefined
          ? endOfStranger(parts, container, state.init.pid, pidfd)
          : Promise.resolve({ exitCode: undefined }),
    };
    return { run, isAlive };
  });
}

/** A pidfd of exactly this process, ended or not; undefined when it was reaped, its number may be another's by now. */
function openProcess({ pid, startTime }: ProcessId): number | undefined {
  let pidfd: number | undefined;
  try {
    pidfd = pidfdOpen(pid);
    if (startTimeOf(pid) === startTime) return pidfd;
  } catch {
    // No such process.
  }
  if (pidfd !== undefined) closeSync(pidfd);
  return undefined;
}

function openStreams({ root }: Parts, { id, config }: Container, isAlive: boolean): Streams {
  if (!isAlive || config.tty) return lostStreams(config.tty);
  try {
    return reopenPipes(layout.run(root, id));
  } catch {
    return lostStreams(false);
  }
}

function adoptedState({ state, config }: Container, supervisor: string, isAlive: boolean): ContainerState {
  if (!config.tty || !isAlive) return { ...state, supervisor };
  return {
    ...state,
    supervisor,
    note: 'its terminal was lost when its supervisor died; programs in it were hung up (SIGHUP)',
  };
}

function endOfStranger({ driver }: Parts, { cgroup }: Container, pid: number, pidfd: number): Promise<Ending> {
  return new Promise((resolve) => {
    const look = () => {
      if (!pidfdHasExited(pidfd)) return;
      clearInterval(timer);
      watch.close();
      const exitCode = exitCodeOf(exitStatusOf(pid, pidfd));
      closeSync(pidfd);
      resolve({ exitCode });
    };
    const timer = setInterval(look, LOOK_INTERVAL_MS);
    const watch = driver.watch(cgroup, look);
    look();
  });
}
