// remove: a container with all that is its goes away. Each step can be done twice, so a removal that was cut short is simply
// done again, by whoever comes first.
import { renameSync } from 'node:fs';
import { startTimeOf } from '../../native/index.js';
import { isTscontainError } from '../errors.js';
import type { Container, ContainerState } from '../model.js';
import { requireMove } from '../states.js';
import { deleteTree } from '../state/delete-tree.js';
import { fileError } from '../state/file-errors.js';
import { layout, makerName } from '../state/layout.js';
import { endByForce } from './ending.js';
import { isAlive, tell, type Parts } from './parts.js';

/** @throws TscontainError NO_SUCH_CONTAINER, ILLEGAL_STATE (it runs, and not by force), TIMEOUT (it would not die) */
export async function remove(parts: Parts, ref: string, options: { force?: boolean } = {}): Promise<void> {
  const id = parts.store.resolve(ref);
  if (options.force && isAlive(parts.store.readState(id).status)) {
    try {
      await endByForce(parts, id);
    } catch (error) {
      // With --rm its own end removes it.
      if (isTscontainError(error, 'NO_SUCH_CONTAINER')) return;
      throw error;
    }
  }
  await destroyContainer(parts, id);
}

/**
 * Removes a container that has ended. Nothing happens when somebody else has removed it, or is about to.
 * @throws TscontainError ILLEGAL_STATE (it runs), TIMEOUT (a process of it would not die), READ_ONLY, PERMISSION_DENIED
 */
export async function destroyContainer(parts: Pick<Parts, 'store' | 'driver'>, id: string): Promise<void> {
  const { store, driver } = parts;
  const { root } = store;
  const trash = layout.container(
    root,
    makerName('trash', { pid: process.pid, startTime: startTimeOf(process.pid) ?? 0 }, id),
  );
  try {
    const container = await store.withLock(id, () => markRemoving(store, id));
    try {
      await driver.remove(container.cgroup);
    } catch (error) {
      await store.withLock(id, () => store.writeState(id, deadState(container.state, error)));
      throw error;
    }
    await store.withLock(id, () => renameSync(layout.container(root, id), trash));
    store.touch();
    await store.releaseName(container.config.name, id);
    tell({ root }, container, 'destroy');
    await deleteTree(trash);
  } catch (error) {
    if (isTscontainError(error, 'NO_SUCH_CONTAINER')) return;
    throw fileError(error, `remove container ${id.slice(0, 12)}`);
  }
}

function markRemoving(store: Parts['store'], id: string): Container {
  const container = store.load(id);
  const { config, state } = container;
  requireMove('remove', { name: config.name, status: state.status });
  if (state.status !== 'removing') store.writeState(id, { ...state, status: 'removing' });
  return container;
}

/** Docker's word for what could not be removed completely. It can be removed again, and nothing else. */
function deadState(state: ContainerState, error: unknown): ContainerState {
  return { ...state, status: 'dead', error: error instanceof Error ? error.message : String(error) };
}
