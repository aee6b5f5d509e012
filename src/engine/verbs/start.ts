// start: a supervisor of its project launches it.
import type { Container } from '../model.js';
import { requireMove } from '../states.js';
import { isAlive, type Parts } from './parts.js';

/** @throws TscontainError ILLEGAL_STATE, COMMAND_NOT_FOUND, COMMAND_NOT_EXECUTABLE, LAUNCH_FAILED, SUPERVISOR_FAILED … */
export async function start(parts: Parts, ref: string): Promise<Container> {
  const { store, supervisors } = parts;
  const id = store.resolve(ref);
  const { config, state } = store.load(id);
  if (requireMove('start', { name: config.name, status: state.status }) === 'already') return store.load(id);
  // Between two runs it has a supervisor already, whose delay this start cuts short.
  const own =
    isAlive(state.status) && state.supervisor !== undefined
      ? await supervisors.connectTo(state.supervisor)
      : parts.awaited.get(id);
  parts.awaited.delete(id);
  const client = own ?? (await supervisors.acquire(config.project));
  await client.start(id);
  return store.load(id);
}
