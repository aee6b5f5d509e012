// Making a container end, and knowing when it has. Its supervisor sees the end and writes it down; when the supervisor is
// gone, another one adopts the container first.
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { pidfdOpen, pidfdSendSignal, startTimeOf, SyscallError } from '../../native/index.js';
import { TscontainError } from '../errors.js';
import type { CgroupDriver } from '../cgroup/index.js';
import type { Container, ContainerState, ExitStatus } from '../model.js';
import { clientOf, tellSupervisor } from './looking-after.js';
import { isAlive, loadIfThere, type Parts } from './parts.js';

const { SIGKILL } = constants.signals;

/** What was killed is dead within this time, unless the kernel itself holds it. */
const DEATH_MS = 10_000;
/** Between two tries to reach a supervisor that went away while we waited for its answer. */
const RETRY_MS = 50;

/**
 * Resolves when the container has ended and its end is written down; undefined when it has not after `timeoutMs`.
 * A restart policy that goes on restarting it means that it has not ended.
 */
export async function ended(parts: Parts, id: string, timeoutMs = Infinity): Promise<ExitStatus | undefined> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const container = loadIfThere(parts.store, id);
    // It was removed by its own end, before we could ask.
    if (container === undefined) return { exitCode: undefined };
    const { status, exitCode, oomKilled } = container.state;
    if (!isAlive(status)) return { exitCode, oomKilled };
    const left = deadline - Date.now();
    if (left <= 0) return undefined;
    try {
      const client = await clientOf(parts, container);
      if (client !== undefined) return await within(client.wait(id), left);
    } catch {
      // The connection was lost: look again who looks after it now.
    }
    await sleep(Math.min(RETRY_MS, left));
  }
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  if (ms === Infinity) return promise;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), ms)));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Signals the container's init. Its pid cannot mean another process: the descriptor is opened first, then compared.
 * @returns whether it was there to get it
 */
export function signalInit({ state }: Container, signal: number): boolean {
  if (state.init === undefined) return false;
  const { pid, startTime } = state.init;
  let pidfd: number;
  try {
    pidfd = pidfdOpen(pid);
  } catch (error) {
    if (error instanceof SyscallError && error.code === 'ESRCH') return false;
    throw error;
  }
  try {
    return startTimeOf(pid) === startTime && pidfdSendSignal(pidfd, signal);
  } finally {
    closeSync(pidfd);
  }
}

/**
 * Kills everything in the container, whatever its restart policy, and waits for its end.
 * @throws TscontainError NO_SUCH_CONTAINER, TIMEOUT
 */
export async function endByForce(parts: Parts, id: string): Promise<ExitStatus> {
  const { store, driver } = parts;
  const container = await store.withLock(id, async () => {
    const now = store.load(id);
    store.writeState(id, { ...now.state, stopRequested: true, ...goingOn(now) });
    // The death of its init is that of everything in its pid namespace. Not cgroup.kill: on some kernels (6.18) a cgroup to
    // which that was written once kills whatever is born into it later by CLONE_INTO_CGROUP.
    signalInit(now, SIGKILL);
    await thaw(driver, now);
    return now;
  });
  if (container.state.status === 'restarting') await callOffRestart(parts, id);
  const status = await ended(parts, id, DEATH_MS);
  if (status !== undefined) return status;
  throw new TscontainError(
    'TIMEOUT',
    `container ${container.config.name} was killed and has not died within ${DEATH_MS / 1000} s`,
    {
      hint: 'the kernel holds one of its processes, usually for a disk or a network file system that does not answer',
    },
  );
}

/** The status of one that is to act on a signal: not paused any more. */
export function goingOn({ state }: Container): Partial<ContainerState> {
  return state.status === 'paused' ? { status: 'running' } : {};
}

/**
 * Lets it go on, after a signal that it must not miss: the frozen neither act on signals nor die. The kernel is asked, not
 * the state: a manager that was killed while it paused it may have frozen it and not written that down.
 */
export async function thaw(driver: CgroupDriver, { cgroup }: Container): Promise<void> {
  if (driver.isFrozen(cgroup)) await driver.thaw(cgroup);
}

/** After stopRequested was written: whoever waits to restart it is told to look, and is found first where it has nobody. */
export async function callOffRestart(parts: Parts, id: string): Promise<void> {
  const container = loadIfThere(parts.store, id);
  if (container === undefined || (await clientOf(parts, container)) === undefined) return;
  await tellSupervisor(parts, parts.store.load(id));
}
