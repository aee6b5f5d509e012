// Files of a container that cannot be understood. A broken state is rebuilt from what the kernel says; a container whose
// configuration is broken is put aside as a whole, once nothing of it runs. What was found is kept either way.
import { copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processRuns, startTimeOf } from '../../native/index.js';
import type { CgroupDriver, CgroupPaths } from '../cgroup/index.js';
import { isTscontainError, TscontainError } from '../errors.js';
import type { ContainerState, ProcessId } from '../model.js';
import { bootId } from './boot.js';
import { makeDirectory } from './make-directory.js';
import { layout } from './layout.js';
import type { Store } from './store.js';

interface Parts {
  readonly root: string;
  readonly store: Store;
  readonly driver: CgroupDriver;
}

/** @returns where the broken file is kept; undefined when somebody else has mended it */
export async function rebuildState({ root, store, driver }: Parts, id: string): Promise<string | undefined> {
  return store.withLock(id, () => {
    if (!isBroken(() => store.readState(id))) return undefined;
    const kept = `${keepingPlace(root, id)}.state.json`;
    try {
      copyFileSync(layout.state(root, id), kept);
    } catch {
      // There is no file: what is missing cannot be kept.
    }
    const cgroup = driver.paths(store.readConfig(id).project ?? 'default', id);
    store.writeState(id, stateFromKernel(driver, cgroup, kept));
    return kept;
  });
}

function stateFromKernel(driver: CgroupDriver, cgroup: CgroupPaths, kept: string): ContainerState {
  const init = findInit(driver.processes(cgroup));
  const lost = { schema: 1, oomKilled: false, restartCount: 0, stopRequested: false } as const;
  const note = `its state could not be read (it is kept at ${kept})`;
  // Without a supervisor in it, it is one to be adopted.
  if (init !== undefined)
    return { ...lost, status: driver.isFrozen(cgroup) ? 'paused' : 'running', init, bootId: bootId(), note };
  return { ...lost, status: 'exited', note: `${note}, so how it ended is not known` };
}

/** The first process of the container's pid namespace: its numbers are one in ours, and 1 in its own (NSpid). */
function findInit(pids: readonly number[]): ProcessId | undefined {
  for (const pid of pids) {
    const startTime = startTimeOf(pid);
    if (startTime !== undefined && /^NSpid:\t\d+\t1$/m.test(readIfThere(`/proc/${pid}/status`)))
      return { pid, startTime };
  }
  return undefined;
}

/**
 * @returns where it is kept; undefined when somebody else has mended it
 * @throws TscontainError ILLEGAL_STATE when something of it still runs
 */
export async function putAside({ root, store }: Parts, id: string): Promise<string | undefined> {
  return store.withLock(id, () => {
    const reason = faultOf(() => store.readConfig(id));
    if (reason === undefined) return undefined;
    const init = initOf(store, id);
    if (init !== undefined)
      throw new TscontainError('ILLEGAL_STATE', `it still runs as process ${init.pid}`, {
        hint: 'mend the file, or kill that process',
      });
    const kept = keepingPlace(root, id);
    renameSync(layout.container(root, id), kept);
    writeFileSync(join(kept, 'why.txt'), `${reason}\n`, { mode: 0o600 });
    store.touch();
    return kept;
  });
}

function initOf(store: Store, id: string): ProcessId | undefined {
  try {
    const { init } = store.readState(id);
    return init !== undefined && processRuns(init.pid, init.startTime) ? init : undefined;
  } catch {
    return undefined;
  }
}

/** Of its own each time, because the same container can break twice. */
function keepingPlace(root: string, id: string): string {
  makeDirectory(layout.corrupt(root));
  return join(layout.corrupt(root), `${id}.${new Date().toISOString().replaceAll(':', '-')}`);
}

function isBroken(read: () => unknown): boolean {
  return faultOf(read) !== undefined;
}

function faultOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (isTscontainError(error, 'STATE_CORRUPT')) return error.message;
    throw error;
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
