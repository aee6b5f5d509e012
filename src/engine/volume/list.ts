// volume ls and inspect: what volumes there are, and whose.
import { lstatSync } from 'node:fs';
import { isTscontainError } from '../errors.js';
import { layout } from '../state/layout.js';
import { readVolume, volumeNames } from './files.js';
import type { ListedVolume, VolumeConfig, VolumeUser } from './model.js';
import type { VolumeParts } from './parts.js';
import { volumeUsers } from './users.js';

/** By name. */
export function listVolumes({ store }: VolumeParts): ListedVolume[] {
  const users = volumeUsers(store);
  return volumeNames(store.root)
    .sort()
    .flatMap((name) => {
      try {
        return [listed(store.root, name, users.get(name))];
      } catch (error) {
        // Removed between the listing and the reading.
        if (isTscontainError(error, 'NO_SUCH_VOLUME')) return [];
        throw error;
      }
    });
}

/** @throws TscontainError NO_SUCH_VOLUME */
export function inspectVolume({ store }: VolumeParts, name: string): ListedVolume {
  return listed(store.root, name, volumeUsers(store).get(name));
}

function listed(root: string, name: string, usedBy: readonly VolumeUser[] = []): ListedVolume {
  return { ...readOrGuess(root, name), mountpoint: layout.volumeData(root, name), usedBy };
}

/** Its files are what matters: one whose description is damaged is there all the same, as one with a name. */
function readOrGuess(root: string, name: string): VolumeConfig & Pick<ListedVolume, 'note'> {
  try {
    return readVolume(root, name);
  } catch (error) {
    if (!isTscontainError(error, 'STATE_CORRUPT') && !isTscontainError(error, 'NOT_SUPPORTED')) throw error;
    const since = lstatSync(layout.volume(root, name), { throwIfNoEntry: false })?.birthtime ?? new Date(0);
    const known = { schema: 1, name, created: since.toISOString(), driver: 'local', labels: {}, options: {} } as const;
    return { ...known, note: error.message };
  }
}
