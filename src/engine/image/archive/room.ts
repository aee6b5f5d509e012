// Whether there is room for what is to be written: said before it is half written.
import { closeSync, openSync } from 'node:fs';
import { fileSystemOf, O_DIRECTORY, O_RDONLY } from '../../../native/index.js';
import { TscontainError } from '../../errors.js';
import { shown } from '../../grammar/wrong.js';

/** Left free on the file system. */
const RESERVE_BYTES = 64 * 1024 * 1024;

/** @throws TscontainError NO_SPACE */
export function requireRoom(directory: string, bytes: number, what: string): void {
  const fd = openSync(directory, O_RDONLY | O_DIRECTORY);
  try {
    if (bytes <= fileSystemOf(fd).availableBytes - RESERVE_BYTES) return;
  } finally {
    closeSync(fd);
  }
  throw new TscontainError('NO_SPACE', `there is no room for ${shown(what)} (${bytes} bytes)`, {
    hint: 'free some space on that file system: "tscontain image prune" is one way',
  });
}
