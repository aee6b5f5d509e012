// volume prune: those that no container has, and that nobody has named; with `all` those that have a name too.
import { isTscontainError } from '../errors.js';
import { hasLabel } from '../labels.js';
import { lockVolume } from './files.js';
import { listVolumes } from './list.js';
import { ANONYMOUS_LABEL, type ListedVolume, type PrunedVolumes, type PruneVolumesWishes } from './model.js';
import { tellVolume, type VolumeParts } from './parts.js';
import { volumeSize } from './quota.js';
import { withoutUsers } from './remove.js';

export async function pruneVolumes(parts: VolumeParts, wishes: PruneVolumesWishes = {}): Promise<PrunedVolumes> {
  const { root } = parts.store;
  const volumes: string[] = [];
  let freedBytes = 0;
  for (const volume of listVolumes(parts)) {
    if (!isToGo(volume, wishes)) continue;
    const bytes = await sizeIfThere(root, volume.name);
    if (bytes === undefined || (wishes.dryRun !== true && !(await removed(parts, volume.name)))) continue;
    volumes.push(volume.name);
    freedBytes += bytes;
  }
  if (volumes.length > 0 && wishes.dryRun !== true)
    tellVolume(root, '', 'prune', { reclaimed: String(freedBytes), what: 'volumes' });
  return { volumes, freedBytes };
}

export function isToGo(
  { usedBy, labels }: Pick<ListedVolume, 'usedBy' | 'labels'>,
  { all = false, labels: wanted = [], withoutLabels = [] }: PruneVolumesWishes,
): boolean {
  if (usedBy.length > 0 || (!all && !Object.hasOwn(labels, ANONYMOUS_LABEL))) return false;
  return wanted.every((label) => hasLabel(labels, label)) && !withoutLabels.some((label) => hasLabel(labels, label));
}

/** A container may have got it meanwhile, or be about to: then it is not one to prune. */
async function removed(parts: VolumeParts, name: string): Promise<boolean> {
  try {
    const lock = await lockVolume(parts.store.root, name, { wait: false });
    if (lock === undefined) return false;
    await withoutUsers(parts, name, lock);
    return true;
  } catch (error) {
    if (isTscontainError(error, 'NO_SUCH_VOLUME') || isTscontainError(error, 'VOLUME_IN_USE')) return false;
    throw error;
  }
}

async function sizeIfThere(root: string, name: string): Promise<number | undefined> {
  try {
    return (await volumeSize(root, name)).bytes;
  } catch {
    // It has just been removed, or its disk does not answer: then it is not one to prune.
    return undefined;
  }
}
