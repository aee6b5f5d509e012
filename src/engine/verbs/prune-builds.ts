// builder prune: what builds keep for one another is forgotten, and layers that were kept for nothing else go.
import { readdirSync, rmSync } from 'node:fs';
import { lockFile } from '../../native/index.js';
import { deleteTree } from '../state/delete-tree.js';
import { errnoOf, fileError } from '../state/file-errors.js';
import { layout } from '../state/layout.js';
import type { Parts } from './parts.js';

export interface PruneBuildsWishes {
  /** the files of RUN --mount=type=cache too, but for what a step uses at this moment and nobody shares */
  readonly all?: boolean;
}

/** @throws TscontainError READ_ONLY, STATE_CORRUPT … */
export async function pruneBuilds(
  { root, images }: Pick<Parts, 'root' | 'images'>,
  { all = false }: PruneBuildsWishes = {},
): Promise<{ freedBytes: number }> {
  try {
    for (const directory of [layout.buildSteps(root), layout.buildContexts(root), layout.buildDownloads(root)])
      rmSync(directory, { recursive: true, force: true });
    if (all) await removeCaches(layout.buildCaches(root));
  } catch (error) {
    throw fileError(error, 'clear what builds keep');
  }
  // No image is older than this: only what nothing leads to any more goes.
  const { freedBytes } = await images.prune({ until: 0 });
  return { freedBytes };
}

async function removeCaches(directory: string): Promise<void> {
  for (const name of namesIn(directory).filter((each) => !each.endsWith('.lock'))) {
    const path = `${directory}/${name}`;
    const lock = await lockFile(`${path}.lock`, { wait: false });
    if (lock === undefined) continue;
    try {
      await deleteTree(path);
    } finally {
      lock.release();
    }
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
