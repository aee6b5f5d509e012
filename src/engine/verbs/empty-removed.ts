// What was removed and is kept goes for good: when its time is over, or when somebody wants its space.
import { renameSync } from 'node:fs';
import { isTscontainError } from '../errors.js';
import type { RemovedContainer } from '../model.js';
import { deleteTree } from '../state/delete-tree.js';
import { diskUsage } from '../state/disk-usage.js';
import { layout } from '../state/layout.js';
import { listRemoved, readRemoved, removedDeadline, removedIds, withRemovedLock } from '../state/removed.js';
import type { Store } from '../state/store.js';
import { removeAnonymous } from '../volume/remove.js';
import { takesVolumes, trashOf } from './remove.js';

/** Run by every manager when it starts and by supervisors now and then: one look at a directory where nothing is kept. */
export async function emptyRemoved(
  { store }: { readonly store: Store },
  which: 'overdue' | 'all',
): Promise<{ removed: string[]; freedBytes: number }> {
  const { root } = store;
  const removed: string[] = [];
  let freedBytes = 0;
  for (const id of removedIds(root)) {
    if (which === 'overdue' && removedDeadline(root, id) > Date.now()) continue;
    const moved = await moveToTrash(store, id);
    if (moved === undefined) continue;
    const { trash, kept } = moved;
    if (which === 'all') freedBytes += await diskUsage(trash);
    if (kept !== undefined && takesVolumes(kept)) await removeAnonymous({ store }, kept.config);
    await deleteTree(trash);
    removed.push(id);
  }
  return { removed, freedBytes };
}

/** @returns undefined for one that somebody is bringing back, or has brought back or cleared away */
async function moveToTrash(
  store: Store,
  id: string,
): Promise<{ trash: string; kept: RemovedContainer | undefined } | undefined> {
  const { root } = store;
  try {
    return await withRemovedLock(root, id, { wait: false }, async () => {
      const trash = trashOf(root, id);
      const kept = readIfWhole(root, id);
      renameSync(layout.removedContainer(root, id), trash);
      // Only where bringing it back was cut short has it one.
      if (kept !== undefined) await store.releaseName(kept.config.name, id);
      return { trash, kept };
    });
  } catch (error) {
    if (isTscontainError(error, 'NO_SUCH_CONTAINER')) return undefined;
    throw error;
  }
}

function readIfWhole(root: string, id: string): RemovedContainer | undefined {
  try {
    return readRemoved(root, id);
  } catch {
    return undefined;
  }
}

/** With the space that each takes. */
export function removedWithSizes(root: string): Promise<(RemovedContainer & { sizeBytes: number })[]> {
  return Promise.all(
    listRemoved(root).map(async (kept) => ({
      ...kept,
      sizeBytes: await diskUsage(layout.removedContainer(root, kept.id)),
    })),
  );
}
