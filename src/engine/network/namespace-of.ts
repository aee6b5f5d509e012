// The network namespace of a container, by its init.
import { closeSync } from 'node:fs';
import { networkNamespaceOf, startTimeOf } from '../../native/index.js';
import type { ProcessId } from '../model.js';
import { errnoOf } from '../state/file-errors.js';

/**
 * A descriptor first: once the start time has been seen to be the right one, it is that of this process for good.
 * @returns undefined when that process is no more; else the caller closes it
 */
export function namespaceOf({ pid, startTime }: ProcessId): number | undefined {
  let fd: number | undefined;
  try {
    fd = networkNamespaceOf(pid);
    if (startTimeOf(pid) === startTime) return fd;
  } catch (error) {
    // ESRCH: it has ended and was not reaped yet.
    if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'ESRCH') throw error;
  }
  if (fd !== undefined) closeSync(fd);
  return undefined;
}
