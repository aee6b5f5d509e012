// Who looks after a container: its supervisor, or, when that is gone, another one that adopts it.
import { isTscontainError } from '../errors.js';
import type { Container } from '../model.js';
import type { SupervisorClient } from '../supervisor/client.js';
import { isAlive, type Parts } from './parts.js';

/** A supervisor can be killed between the moment when it is found and the moment when it is asked. */
export const TRIES = 3;

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
export async function adopt({ supervisors }: Parts, { id, config }: Container): Promise<SupervisorClient | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      const client = await supervisors.acquire(config.project);
      return (await client.adopt([id])).includes(id) ? client : undefined;
    } catch (error) {
      if (attempt === TRIES || !isTscontainError(error, 'SUPERVISOR_FAILED')) throw error;
    }
  }
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
