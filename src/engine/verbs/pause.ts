// pause and unpause: every process of the container stands still, and goes on.
import { processRuns } from '../../native/index.js';
import { requireMove } from '../states.js';
import { tell, type Parts } from './parts.js';

/** @throws TscontainError NO_SUCH_CONTAINER, ILLEGAL_STATE, TIMEOUT (it would not stand still, and goes on) */
export async function pause({ root, store, driver }: Parts, ref: string): Promise<void> {
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
    store.writeState(id, { ...state, status: 'paused' });
    tell({ root }, container, 'pause');
  });
}

/** @throws TscontainError NO_SUCH_CONTAINER, ILLEGAL_STATE */
export async function unpause({ root, store, driver }: Parts, ref: string): Promise<void> {
  const id = store.resolve(ref);
  await store.withLock(id, async () => {
    const container = store.load(id);
    const { config, state, cgroup } = container;
    requireMove('unpause', { name: config.name, status: state.status });
    await driver.thaw(cgroup);
    store.writeState(id, { ...state, status: 'running' });
    tell({ root }, container, 'unpause');
  });
}
