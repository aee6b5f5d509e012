// prune: every container that has ended or never ran is removed, for good or to be kept for a while.
import { isTscontainError } from '../errors.js';
import { diskUsage } from '../state/disk-usage.js';
import { layout } from '../state/layout.js';
import { isAlive, type Parts } from './parts.js';
import { destroyContainer } from './remove.js';

export async function prune(
  parts: Parts,
  { keepSeconds }: { keepSeconds?: number } = {},
): Promise<{ removed: string[]; freedBytes: number }> {
  const { root, store } = parts;
  const removed: string[] = [];
  let freedBytes = 0;
  for (const { id, state } of store.loadAll().containers) {
    if (isAlive(state.status)) continue;
    const bytes = await diskUsage(layout.container(root, id));
    try {
      await destroyContainer(parts, id, keepSeconds === undefined ? undefined : Date.now() + keepSeconds * 1000);
    } catch (error) {
      // Somebody started it a moment ago: then it is not one to prune.
      if (isTscontainError(error, 'ILLEGAL_STATE')) continue;
      throw error;
    }
    removed.push(id);
    freedBytes += bytes;
  }
  return { removed, freedBytes };
}
