// A program of ours that outlives whoever starts it, a supervisor or the keeper of networks: how it is started, and how it says that it
// is ready.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';

/** It waits and copies bytes: small heaps do, and each thread less is memory less. */
const NODE_OPTIONS = ['--max-semi-space-size=1', '--v8-pool-size=1'];
/** They write logs; more of them than CPUs would not write faster. */
const THREADS = '2';
/** Of the pipe on which it says that it is ready. */
export const READY_FD = 3;

/** What else it is given of our environment; the last is for tests. */
const PASSED_ON = ['PATH', 'TSCONTAIN_KEEPER_IDLE_MS'];

/** @param words the bundled program and what it is told @param logPath what it has to say and nobody is there to hear */
export function startDetached(words: readonly string[], logPath: string): ChildProcess {
  const log = openSync(logPath, 'a', 0o600);
  try {
    const passedOn = PASSED_ON.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    const child = spawn(process.execPath, [...NODE_OPTIONS, ...words], {
      cwd: '/',
      // A session of its own: no terminal's hang-up or Ctrl-C reaches it.
      detached: true,
      env: { UV_THREADPOOL_SIZE: THREADS, ...Object.fromEntries(passedOn) },
      stdio: ['ignore', log, log, 'pipe'],
    });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/** It writes a byte when it can be connected to; when it has failed there is only the end of the pipe. */
export function isReady(child: ChildProcess): Promise<boolean> {
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

/** Why it is not there. */
export function lastWords(logPath: string): string {
  const said = readFileSync(logPath, 'utf8').trim().split('\n').at(-1);
  return said === undefined || said === '' ? 'it ended without a word' : said;
}
