// Who looks after a container: its supervisor, or, when that is gone, another one that adopts it.
import { setTimeout as pause } from 'node:timers/promises';
import { isTscontainError } from '../errors.js';
import type { Container } from '../model.js';
import type { SupervisorClient } from '../supervisor/client.js';
import { isAlive, type Parts } from './parts.js';

/**
 * ms between two tries. A supervisor can be killed between the moment when it is found and the moment when it is asked, and one
 * that was killed can be found for as long as its last thread holds its socket, which on a busy machine is a while.
 */
const PAUSES_MS = [5, 25, 125, 500] as const;

/** Asks, and asks again as long as it was a supervisor's end that left the question without an answer. */
export async function askAgain<T>(ask: (attempt: number) => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask(attempt);
    } catch (error) {
      const pauseMs = PAUSES_MS[attempt];
      if (pauseMs === undefined || !isTscontainError(error, 'SUPERVISOR_FAILED')) throw error;
      await pause(pauseMs);
    }
  }
}

/** @returns undefined for a container that nobody need look after, or whose end was recorded just now */
export async function clientOf(parts: Parts, container: Container): Promise<SupervisorClient | undefined> {
  if (!isAlive(container.state.status)) return undefined;
  return (await ownSupervisor(parts, container)) ?? adopt(parts, container);
}

/** The one that its state names, if that is alive. */
export async function ownSupervisor(
  { supervisors }: Parts,
  { state }: Container,
): Promise<SupervisorClient | undefined> {
  if (!isAlive(state.status) || state.supervisor === undefined) return undefined;
  return supervisors.connectTo(state.supervisor);
}

/**
 * Has a supervisor of its project look after a container whose own is gone.
 * @returns that supervisor; undefined when the container had ended, which is recorded now
 */
export function adopt({ supervisors }: Parts, { id, config }: Container): Promise<SupervisorClient | undefined> {
  return askAgain(async () => {
    const client = await supervisors.acquire(config.project);
    return (await client.adopt([id])).includes(id) ? client : undefined;
  });
}

/** Tells its supervisor, if it has a living one, that its configuration or what is wanted of it has changed. */
export async function tellSupervisor(parts: Parts, container: Container): Promise<void> {
  try {
    const client = await ownSupervisor(parts, container);
    await client?.reload(container.id);
  } catch (error) {
    // Killed a moment ago: whoever adopts the container reads what is so now.
    if (!isTscontainError(error, 'SUPERVISOR_FAILED')) throw error;
  }
}
