// attach: to the streams of a container's init, through its supervisor. Before a start too, so that nothing is missed.
import type { Container, Session, TerminalSize } from '../model.js';
import { requireMove } from '../states.js';
import type { SupervisorClient } from '../supervisor/client.js';
import { askAgain, clientOf } from './looking-after.js';
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

function attachTo(parts: Parts, id: string, options: AttachOptions): Promise<Session> {
  return askAgain(async (attempt) => {
    // The one that was to have it was killed: the next look finds another.
    if (attempt > 0) parts.awaited.delete(id);
    const client = await supervisorFor(parts, parts.store.load(id));
    return client.attach(id, options);
  });
}

/** The one that has it; before a start the one that is going to have it. */
async function supervisorFor(parts: Parts, container: Container): Promise<SupervisorClient> {
  const own = isAlive(container.state.status) ? await clientOf(parts, container) : undefined;
  if (own !== undefined) return own;
  const client = parts.awaited.get(container.id) ?? (await parts.supervisors.acquire(container.config.project));
  parts.awaited.set(container.id, client);
  return client;
}
