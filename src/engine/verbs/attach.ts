// attach: to the streams of a container's init, through its supervisor. Before a start too, so that nothing is missed.
import { isTscontainError } from '../errors.js';
import type { Container, Session, TerminalSize } from '../model.js';
import { requireMove } from '../states.js';
import type { SupervisorClient } from '../supervisor/client.js';
import { clientOf, TRIES } from './looking-after.js';
import { isAlive, tell, type Parts } from './parts.js';

export interface AttachOptions {
  readonly stdin?: boolean;
  readonly size?: TerminalSize;
  /** with a terminal: what it showed last comes first */
  readonly replay?: boolean;
}

/** @throws TscontainError NO_SUCH_CONTAINER, ILLEGAL_STATE, SUPERVISOR_FAILED */
export async function attach(parts: Parts, ref: string, options: AttachOptions = {}): Promise<Session> {
  const container = parts.store.load(parts.store.resolve(ref));
  const { id, config, state } = container;
  requireMove('attach', { name: config.name, status: state.status });
  const session = await attachTo(parts, id, options);
  tell(parts, container, 'attach');
  return session;
}

async function attachTo(parts: Parts, id: string, options: AttachOptions): Promise<Session> {
  for (let attempt = 1; ; attempt++) {
    const client = await supervisorFor(parts, parts.store.load(id));
    try {
      return await client.attach(id, options);
    } catch (error) {
      // It was killed a moment ago: the next look finds another one.
      parts.awaited.delete(id);
      if (attempt === TRIES || !isTscontainError(error, 'SUPERVISOR_FAILED')) throw error;
    }
  }
}

/** The one that has it; before a start the one that is going to have it. */
async function supervisorFor(parts: Parts, container: Container): Promise<SupervisorClient> {
  const own = isAlive(container.state.status) ? await clientOf(parts, container) : undefined;
  if (own !== undefined) return own;
  const client = parts.awaited.get(container.id) ?? (await parts.supervisors.acquire(container.config.project));
  parts.awaited.set(container.id, client);
  return client;
}
