// Copies a directory with everything in it: owners, modes, times, links, attributes, devices. Of a layer, what it says is gone goes.
import { closeSync, openSync } from 'node:fs';
import { O_CLOEXEC, O_DIRECTORY, O_RDONLY } from '../../native/index.js';
import { unpackInto } from './unpack.js';
import { walkTree } from './walk.js';

/** @param to a directory that exists; what is in it already is overlaid */
export async function copyTree(from: string, to: string): Promise<void> {
  const fromFd = openSync(from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  try {
    const toFd = openSync(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    try {
      await unpackInto(toFd, walkTree(fromFd, { isLayer: true }), {
        applyToTop: true,
        replaceKinds: true,
        devices: 'make',
        isFresh: true,
        whiteouts: 'do',
      });
    } finally {
      closeSync(toFd);
    }
  } finally {
    closeSync(fromFd);
  }
}
