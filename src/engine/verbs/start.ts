// start: a supervisor of its project launches it.
import type { Container } from '../model.js';
import { requireMove } from '../states.js';
import type { SupervisorClient } from '../supervisor/client.js';
import { askAgain, clientOf, ownSupervisor } from './looking-after.js';
import { loadIfThere, type Parts } from './parts.js';
import { endStraysLocked } from './strays.js';

/** @throws TscontainError ILLEGAL_STATE, COMMAND_NOT_FOUND, COMMAND_NOT_EXECUTABLE, LAUNCH_FAILED, SUPERVISOR_FAILED … */
export async function start(parts: Parts, ref: string): Promise<Container> {
  const { store } = parts;
  const id = store.resolve(ref);
  return askAgain(async (attempt) => {
    // Its supervisor was killed over it: either it had come so far that another one adopts it, or it is done once more.
    if (attempt > 0) {
      await endStraysLocked(parts, store.load(id));
      await clientOf(parts, store.load(id));
    }
    const container = store.load(id);
    const { config, state } = container;
    if (requireMove('start', { name: config.name, status: state.status }) === 'already') return container;
    const client = await starterOf(parts, container);
    await client.start(id);
    return loadIfThere(store, id) ?? endedAlready(container);
  });
}

/** With --rm it can have been removed by its own end before we look. */
function endedAlready(container: Container): Container {
  return { ...container, state: { ...container.state, status: 'exited' } };
}

async function starterOf(parts: Parts, container: Container): Promise<SupervisorClient> {
  const { supervisors, awaited } = parts;
  const expecting = awaited.get(container.id);
  awaited.delete(container.id);
  // Between two runs it has a supervisor already, whose delay this start cuts short.
  return (await ownSupervisor(parts, container)) ?? expecting ?? supervisors.acquire(container.config.project);
}
