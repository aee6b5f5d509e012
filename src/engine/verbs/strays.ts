// Processes of a container that nobody knows of: its supervisor was killed between launching it and writing that down.
import type { Container } from '../model.js';
import { isAlive, type Parts } from './parts.js';

/**
 * @returns whether there were any; they are gone then, with their cgroup, which the next start makes anew
 * @throws TscontainError NO_SUCH_CONTAINER
 */
export async function endStrays(
  { store, driver }: Pick<Parts, 'store' | 'driver'>,
  { id, cgroup }: Container,
): Promise<boolean> {
  if (driver.processes(cgroup).length === 0) return false;
  return endStraysLocked({ store, driver }, { id, cgroup });
}

/**
 * The same for a container whose supervisor has just died: also where nothing is to be seen yet. Who holds the lock is starting
 * it, or is dying over that and has not let go yet: it is waited for, and what the state says then is so.
 */
export function endStraysLocked(
  { store, driver }: Pick<Parts, 'store' | 'driver'>,
  { id, cgroup }: Pick<Container, 'id' | 'cgroup'>,
): Promise<boolean> {
  return store.withLock(id, async () => {
    if (isAlive(store.readState(id).status) || driver.processes(cgroup).length === 0) return false;
    await driver.remove(cgroup);
    return true;
  });
}
