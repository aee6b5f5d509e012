// Starts a supervisor process and waits until it can be connected to.
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { customAlphabet } from 'nanoid';
import { openCgroupDriver } from '../cgroup/index.js';
import { TscontainError } from '../errors.js';
import { layout } from '../state/layout.js';
import { isReady, lastWords, startDetached } from './detached.js';
import { putIntoOwnCgroup, removeEmptyCgroup } from './own-cgroup.js';

/** Short, and fit for a directory, a cgroup and a command line. */
const newId = customAlphabet('0123456789abcdefghijklmnopqrstuvwxyz', 12);

export interface SpawnOptions {
  readonly root: string;
  /** the bundled program, dist/supervisor.cjs */
  readonly entry: string;
  /** ms with nothing to do after which it leaves; absent is its default */
  readonly idleMs?: number;
}

/** @returns the id of a supervisor that is ready @throws TscontainError SUPERVISOR_FAILED with what it said */
export async function spawnSupervisor(options: SpawnOptions): Promise<string> {
  const id = newId();
  const directory = layout.supervisor(options.root, id);
  const driver = openCgroupDriver();
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const child = spawnIn(directory, id, options);
  try {
    const ready = isReady(child);
    if (child.pid !== undefined) putIntoOwnCgroup(driver, id, child.pid);
    if (!(await ready)) throw failure(directory);
    return id;
  } catch (error) {
    child.kill('SIGKILL');
    await removeEmptyCgroup(driver, id).catch(() => false);
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

function spawnIn(directory: string, id: string, { root, entry, idleMs }: SpawnOptions): ChildProcess {
  const words = [entry, '--root', root, '--id', id];
  return startDetached(idleMs === undefined ? words : [...words, '--idle-ms', String(idleMs)], join(directory, 'log'));
}

function failure(directory: string): TscontainError {
  const reason = lastWords(join(directory, 'log'));
  return new TscontainError('SUPERVISOR_FAILED', `the supervisor did not start: ${reason}`);
}
