// Starts a supervisor process and waits until it can be connected to.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Socket } from 'node:net';
import { customAlphabet } from 'nanoid';
import { openCgroupDriver } from '../cgroup/index.js';
import { TscontainError } from '../errors.js';
import { layout } from '../state/layout.js';
import { putIntoOwnCgroup, removeEmptyCgroup } from './own-cgroup.js';

/** Short, and fit for a directory, a cgroup and a command line. */
const newId = customAlphabet('0123456789abcdefghijklmnopqrstuvwxyz', 12);

/** It waits and copies bytes: small heaps do, and each thread less is memory less. */
const NODE_OPTIONS = ['--max-semi-space-size=1', '--v8-pool-size=1'];
/** They write logs; more of them than CPUs would not write faster. */
const THREADS = '2';
/** Of the pipe on which a supervisor says that it is ready. */
export const READY_FD = 3;

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
  const log = openSync(join(directory, 'log'), 'a', 0o600);
  try {
    const args = [...NODE_OPTIONS, entry, '--root', root, '--id', id];
    const child = spawn(process.execPath, idleMs === undefined ? args : [...args, '--idle-ms', String(idleMs)], {
      cwd: '/',
      // A session of its own: no terminal's hang-up or Ctrl-C reaches it.
      detached: true,
      env: { UV_THREADPOOL_SIZE: THREADS, ...(process.env['PATH'] === undefined ? {} : { PATH: process.env['PATH'] }) },
      stdio: ['ignore', log, log, 'pipe'],
    });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/** It writes a byte when it can be connected to; when it has failed there is only the end of the pipe. */
function isReady(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    const pipe = child.stdio[READY_FD] as Socket;
    pipe.once('data', () => {
      pipe.destroy();
      resolve(true);
    });
    pipe.once('close', () => resolve(false));
    child.once('error', () => resolve(false));
  });
}

function failure(directory: string): TscontainError {
  const said = readFileSync(join(directory, 'log'), 'utf8').trim().split('\n').at(-1);
  const reason = said === undefined || said === '' ? 'it ended without a word' : said;
  return new TscontainError('SUPERVISOR_FAILED', `the supervisor did not start: ${reason}`);
}
