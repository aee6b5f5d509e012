// What was cut short at a volume is put right: one that was being made or removed is cleared away, one that was being filled is as
// it was before or filled. Cheap where nothing is wrong: one look at a directory, and two for each volume.
import { isTscontainError } from '../errors.js';
import { layout } from '../state/layout.js';
import { leftUnfinished } from '../state/unfinished.js';
import { deleteVolume, lockVolume, volumeNames } from './files.js';
import { finishFilling, isFilling } from './fill.js';

/** @param note is told what was done, one sentence, for a volume */
export async function mendVolumes(root: string, note: (volume: string, what: string) => void): Promise<void> {
  await clearUnfinished(root);
  for (const name of volumeNames(root)) {
    if (!isFilling(root, name)) continue;
    try {
      const lock = await lockVolume(root, name, { wait: false });
      // Whoever has it may be filling it.
      if (lock === undefined) continue;
      try {
        const isFull = await finishFilling(root, name);
        note(name, `its filling was cut short, and ${isFull ? 'is done now' : 'undone'}`);
      } finally {
        lock.release();
      }
    } catch (error) {
      if (!isTscontainError(error, 'NO_SUCH_VOLUME'))
        note(name, `could not be put right: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

async function clearUnfinished(root: string): Promise<void> {
  for (const { entry } of leftUnfinished(layout.volumes(root), 'list the volumes')) {
    try {
      await deleteVolume(layout.volume(root, entry));
    } catch {
      // It lies out of sight, and whoever comes next tries again.
    }
  }
}
