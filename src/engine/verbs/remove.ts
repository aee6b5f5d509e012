// remove: a container with all that is its goes away, at once or after it was kept for a while (restore.ts brings it back).
// Each step can be done twice, so a removal that was cut short is simply done again, by whoever comes first.
import { renameSync } from 'node:fs';
import { startTimeOf } from '../../native/index.js';
import { isTscontainError } from '../errors.js';
import type { Container, ContainerState } from '../model.js';
import { requireMove } from '../states.js';
import { deleteTree } from '../state/delete-tree.js';
import { fileError } from '../state/file-errors.js';
import { layout, makerName } from '../state/layout.js';
import { makeDirectory } from '../state/make-directory.js';
import { endByForce } from './ending.js';
import { removeAnonymous } from '../volume/remove.js';
import { isAlive, tell, type Parts } from './parts.js';

export interface RemoveOptions {
  /** one that runs is killed first */
  readonly force?: boolean;
  /** it can be brought back for so long; absent is that it goes for good */
  readonly keepSeconds?: number;
  /** the volumes without a name go with it */
  readonly volumes?: boolean;
}

/** @throws TscontainError NO_SUCH_CONTAINER, ILLEGAL_STATE (it runs, and not by force), TIMEOUT (it would not die) */
export async function remove(
  parts: Parts,
  ref: string,
  { force, keepSeconds, volumes }: RemoveOptions = {},
): Promise<void> {
  const id = parts.store.resolve(ref);
  if (force && isAlive(parts.store.readState(id).status)) {
    try {
      await endByForce(parts, id);
    } catch (error) {
      // With --rm its own end removes it.
      if (isTscontainError(error, 'NO_SUCH_CONTAINER')) return;
      throw error;
    }
  }
  await destroyContainer(parts, id, keepSeconds === undefined ? undefined : Date.now() + keepSeconds * 1000, volumes);
}

/**
 * Removes a container that has ended. Nothing happens when somebody else has removed it, or is about to.
 * @param keptUntil ms since the epoch, until when it can be brought back
 * @param volumes whether those without a name go with it; a removal that was cut short knows it itself
 * @throws TscontainError ILLEGAL_STATE (it runs), TIMEOUT (a process of it would not die), READ_ONLY, PERMISSION_DENIED
 */
export async function destroyContainer(
  parts: Pick<Parts, 'store' | 'driver'>,
  id: string,
  keptUntil?: number,
  volumes = false,
): Promise<void> {
  const { store, driver } = parts;
  const { root } = store;
  try {
    const container = await store.withLock(id, () => markRemoving(store, id, keptUntil, volumes));
    try {
      await driver.remove(container.cgroup);
    } catch (error) {
      await store.withLock(id, () => store.writeState(id, deadState(container.state, error)));
      throw error;
    }
    const trash = await store.withLock(id, () => moveAway(store, id));
    store.touch();
    await store.releaseName(container.config.name, id);
    tell({ root }, container, 'destroy', trash === 'kept' ? { kept: 'yes' } : {});
    if (trash === 'kept') return;
    if (takesVolumes(container)) await removeAnonymous({ store }, container.config);
    await deleteTree(trash);
  } catch (error) {
    if (isTscontainError(error, 'NO_SUCH_CONTAINER')) return;
    throw fileError(error, `remove container ${id.slice(0, 12)}`);
  }
}

/** Docker's rule: what --rm removes takes them along. */
export function takesVolumes({ config, state }: Pick<Container, 'config' | 'state'>): boolean {
  return config.autoRemove || state.removeVolumes === true;
}

/** @returns what it is from then on */
function markRemoving(store: Parts['store'], id: string, keptUntil: number | undefined, volumes: boolean): Container {
  const container = store.load(id);
  const { config, state } = container;
  requireMove('remove', { name: config.name, status: state.status });
  const { keptUntil: _before, ...rest } = state;
  // What was to go at its end has nothing that anybody wanted to keep.
  const keeping = keptUntil === undefined || config.autoRemove ? {} : { keptUntil: new Date(keptUntil).toISOString() };
  const isNews = state.status !== 'removing' || state.keptUntil !== keeping.keptUntil;
  const taking = volumes ? { removeVolumes: true } : {};
  if (isNews || (volumes && state.removeVolumes !== true))
    store.writeState(id, { ...rest, ...keeping, ...taking, status: 'removing' });
  return { ...container, state: { ...state, ...taking } };
}

/** @returns the directory to be deleted, or that it is kept. Its lock is held, and moves away with it. */
function moveAway(store: Parts['store'], id: string): string {
  const { root } = store;
  const { keptUntil } = store.readState(id);
  if (keptUntil !== undefined) {
    makeDirectory(layout.removed(root));
    renameSync(layout.container(root, id), layout.removedContainer(root, id));
    return 'kept';
  }
  const trash = trashOf(root, id);
  renameSync(layout.container(root, id), trash);
  return trash;
}

/** Where a container lies while this process deletes it. */
export function trashOf(root: string, id: string): string {
  const self = { pid: process.pid, startTime: startTimeOf(process.pid) ?? 0 };
  return layout.container(root, makerName('trash', self, id));
}

/** Docker's word for what could not be removed completely. It can be removed again, and nothing else. */
function deadState(state: ContainerState, error: unknown): ContainerState {
  return { ...state, status: 'dead', error: error instanceof Error ? error.message : String(error) };
}
