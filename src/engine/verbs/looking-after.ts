// Who looks after a container: its supervisor, or, when that is gone, another one that adopts it.
import type { Container } from '../model.js';
import type { SupervisorClient } from '../supervisor/client.js';
import { isAlive, type Parts } from './parts.js';

/** @returns undefined for a container that nobody need look after, or whose end was recorded just now */
export async function clientOf(parts: Parts, container: Container): Promise<SupervisorClient | undefined> {
  const { id, config, state } = container;
  if (!isAlive(state.status)) return undefined;
  if (state.supervisor !== undefined) {
    const known = await parts.supervisors.connectTo(state.supervisor);
    if (known !== undefined) return known;
  }
  const other = await parts.supervisors.acquire(config.project);
  const adopted = await other.adopt([id]);
  return adopted.includes(id) ? other : undefined;
}

/** Tells its supervisor, if it has a living one, that its configuration has changed. */
export async function tellSupervisor(parts: Parts, container: Container): Promise<void> {
  if (!isAlive(container.state.status) || container.state.supervisor === undefined) return;
  const client = await parts.supervisors.connectTo(container.state.supervisor);
  await client?.reload(container.id);
}
