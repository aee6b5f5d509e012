// pause and unpause: every process of the container stands still, and goes on.
import { processRuns } from '../../native/index.js';
import { stateUnwatched } from '../health/course.js';
import { requireMove } from '../states.js';
import { tellSupervisor } from './looking-after.js';
import { loadIfThere, tell, type Parts } from './parts.js';

/** @throws TscontainError NO_SUCH_CONTAINER, ILLEGAL_STATE, TIMEOUT (it would not stand still, and goes on) */
export async function pause(parts: Parts, ref: string): Promise<void> {
  const { root, store, driver } = parts;
  const id = store.resolve(ref);
  await store.withLock(id, async () => {
    const container = store.load(id);
    const { config, state, cgroup } = container;
    requireMove('pause', { name: config.name, status: state.status });
    await driver.freeze(cgroup);
    // It may have ended a moment ago, and its supervisor waits for this lock to write that down. Left frozen, the next start
    // would be born into ice.
    if (state.init !== undefined && !processRuns(state.init.pid, state.init.startTime)) {
      await driver.thaw(cgroup);
      requireMove('pause', { name: config.name, status: 'exited' });
    }
    store.writeState(id, { ...stateUnwatched(state), status: 'paused' });
    tell({ root }, container, 'pause');
  });
  await followHealth(parts, id);
}

/** @throws TscontainError NO_SUCH_CONTAINER, ILLEGAL_STATE */
export async function unpause(parts: Parts, ref: string): Promise<void> {
  const { root, store, driver } = parts;
  const id = store.resolve(ref);
  await store.withLock(id, async () => {
    const container = store.load(id);
    const { config, state, cgroup } = container;
    requireMove('unpause', { name: config.name, status: state.status });
    await driver.thaw(cgroup);
    store.writeState(id, { ...state, status: 'running' });
    tell({ root }, container, 'unpause');
  });
  await followHealth(parts, id);
}

/** What stands still is not probed: who does that is told, where somebody does. */
async function followHealth(parts: Parts, id: string): Promise<void> {
  const container = loadIfThere(parts.store, id);
  if (container?.state.health !== undefined) await tellSupervisor(parts, container);
}
