// What a detached program of ours (detached.ts) does about itself.
import { closeSync, writeFileSync, writeSync } from 'node:fs';
import { PR_SET_DUMPABLE, syscall } from '../../native/index.js';
import { READY_FD } from './detached.js';

const LOG_FD = 2;

/** Writes a line into its own log. */
export function say(message: string): void {
  try {
    writeSync(LOG_FD, `${new Date().toISOString()} ${message}\n`);
  } catch {
    // Nobody is there to be told, and nothing depends on it.
  }
}

export function becomeDetached(): void {
  process.umask(0o022);
  outliveOthers();
  // A fault in the care of one container must not take the others' from them.
  process.on('uncaughtException', (error) => say(error.stack ?? error.message));
  // Nobody but its own root looks into its memory or through its descriptors, a container that shares its pids neither.
  syscall('prctl', PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/** When the host is out of memory, its containers are to be chosen before it: it alone knows how they end. */
function outliveOthers(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '-500');
  } catch {
    // It takes CAP_SYS_RESOURCE.
  }
}

/** Whoever started it goes on. */
export function sayReady(): void {
  writeSync(READY_FD, '.');
  closeSync(READY_FD);
}
