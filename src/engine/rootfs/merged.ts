// The files of a container as they are together, to be read and not to be written: its writable layer on those of its image,
// without what is mounted over them. It disturbs no container that runs. Tests: test/container/engine/commit.test.ts.
import { closeSync, openSync } from 'node:fs';
import { createOverlay, O_CLOEXEC, O_DIRECTORY, O_RDONLY, openInRoot } from '../../native/index.js';
import { isCopy, OVERLAY_OPTIONS, visibleLayers, type RootDirectories } from './overlay.js';

/**
 * An overlay in which the writable layer is one more of those that are only read: a second mount with it as the writable one
 * would not be allowed while it runs. Where there is no overlay, the writable layer is all of it.
 * @returns the open top directory @throws SyscallError, node:fs errors
 */
export function openMerged(directories: RootDirectories): number {
  const { layers, upper } = directories;
  const lower = [...visibleLayers([...layers, upper])].reverse();
  if (isCopy(directories) || lower.length === 1) return openSync(upper, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const mount = createOverlay({ lower, options: OVERLAY_OPTIONS });
  try {
    return openInRoot(mount, '/', O_RDONLY | O_DIRECTORY);
  } finally {
    closeSync(mount);
  }
}
