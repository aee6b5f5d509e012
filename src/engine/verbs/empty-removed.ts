// What was removed and is kept goes for good: when its time is over, or when somebody wants its space.
import { renameSync } from 'node:fs';
import { isTscontainError } from '../errors.js';
import type { RemovedContainer } from '../model.js';
import { deleteTree } from '../state/delete-tree.js';
import { diskUsage } from '../state/disk-usage.js';
import { layout } from '../state/layout.js';
import { listRemoved, readRemoved, removedDeadline, removedIds, withRemovedLock } from '../state/removed.js';
import type { Store } from '../state/store.js';
import { trashOf } from './remove.js';

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
    const trash = await moveToTrash(store, id);
    if (trash === undefined) continue;
    if (which === 'all') freedBytes += await diskUsage(trash);
    await deleteTree(trash);
    removed.push(id);
  }
  return { removed, freedBytes };
}

/** @returns undefined for one that somebody is bringing back, or has brought back or cleared away */
async function moveToTrash(store: Store, id: string): Promise<string | undefined> {
  const { root } = store;
  try {
    return await withRemovedLock(root, id, { wait: false }, async () => {
      const trash = trashOf(root, id);
      const name = nameOf(root, id);
      renameSync(layout.removedContainer(root, id), trash);
      // Only where bringing it back was cut short has it one.
      if (name !== undefined) await store.releaseName(name, id);
      return trash;
    });
  } catch (error) {
    if (isTscontainError(error, 'NO_SUCH_CONTAINER')) return undefined;
    throw error;
  }
}

function nameOf(root: string, id: string): string | undefined {
  try {
    return readRemoved(root, id).config.name;
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
