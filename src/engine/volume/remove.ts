// volume rm: a volume that no container has any more goes with all that is in it.
import type { Lock } from '../../native/index.js';
import { isTscontainError, TscontainError } from '../errors.js';
import type { ContainerConfig } from '../model.js';
import { fileError } from '../state/file-errors.js';
import { deleteVolume, lockVolume, takeAway } from './files.js';
import { tellVolume, type VolumeParts } from './parts.js';
import { usersInWords, volumeMounts, volumeUsers } from './users.js';

/** @throws TscontainError NO_SUCH_VOLUME, VOLUME_IN_USE, READ_ONLY, PERMISSION_DENIED */
export async function removeVolume({ store }: VolumeParts, name: string): Promise<void> {
  await withoutUsers({ store }, name, await lockVolume(store.root, name));
}

/** The lock is let go. @throws TscontainError VOLUME_IN_USE */
export async function withoutUsers({ store }: VolumeParts, name: string, lock: Lock): Promise<void> {
  const { root } = store;
  try {
    let trash: string;
    try {
      const users = volumeUsers(store).get(name) ?? [];
      if (users.length > 0)
        throw new TscontainError('VOLUME_IN_USE', `volume ${name} is that of ${usersInWords(users)}`, {
          hint: users.some(({ isRemoved }) => !isRemoved)
            ? 'remove that first, running or not'
            : 'tscontain prune --removed lets go of what is kept',
        });
      trash = takeAway(root, name);
    } finally {
      lock.release();
    }
    tellVolume(root, name, 'destroy');
    await deleteVolume(trash);
  } catch (error) {
    throw fileError(error, `remove volume ${name}`);
  }
}

/**
 * The volumes that were made for a container without a name. One that another container has got by --volumes-from stays, as in
 * Docker.
 */
export async function removeAnonymous(parts: VolumeParts, config: Pick<ContainerConfig, 'mounts'>): Promise<void> {
  for (const { source, anonymous } of volumeMounts(config)) {
    if (anonymous !== true) continue;
    try {
      await removeVolume(parts, source);
    } catch (error) {
      if (!isTscontainError(error, 'NO_SUCH_VOLUME') && !isTscontainError(error, 'VOLUME_IN_USE')) throw error;
    }
  }
}
