// Holding, freeing and killing all processes of a cgroup: by the files of cgroup2 where there is such a mount (also on a
// hybrid host), else by the freezer of v1. Kernel: cgroup-v2.rst "Core Interface Files", cgroup-v1/freezer-subsystem.rst.
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isTscontainError, TscontainError } from '../errors.js';
import { processesIn, readFile, signalProcesses, writeFile } from './tree.js';

/** ms until a cgroup that does not come to rest is let go again: a process may sit in the kernel that long. */
const FREEZE_LIMIT_MS = 10_000;
/** While killing, freezing only keeps a fork bomb still; what sits in the kernel does not fork. */
const FREEZE_TO_KILL_LIMIT_MS = 200;
const KILL_ROUNDS = 20;

export interface ProcessControl {
  freeze(directory: string, limitMs?: number): Promise<void>;
  thaw(directory: string): Promise<void>;
  isFrozen(directory: string): boolean;
  kill(directory: string): Promise<void>;
}

/** Asks until the answer is yes: at once, then after 1, 2, 4, … 32 ms. @returns false after limitMs */
export async function until(condition: () => boolean, limitMs: number): Promise<boolean> {
  const end = performance.now() + limitMs;
  for (let pause = 1; !condition(); pause = Math.min(pause * 2, 32)) {
    if (performance.now() > end) return false;
    await delay(pause);
  }
  return true;
}

function wouldNot(verb: string, directory: string, limitMs: number): TscontainError {
  return new TscontainError('TIMEOUT', `the processes of ${directory} would not ${verb} within ${limitMs} ms`, {
    hint: 'One of them waits in the kernel, for a disk or a network file system: try again when that has answered.',
  });
}

/** Freezes one by one in the end what a single write cannot: kills, and lets what was frozen die. */
async function killOneByOne(control: ProcessControl, directory: string): Promise<void> {
  for (let round = 0; round < KILL_ROUNDS; round++) {
    await control.freeze(directory, FREEZE_TO_KILL_LIMIT_MS).catch(() => undefined);
    const pids = processesIn(directory);
    signalProcesses(pids, 'SIGKILL');
    // A frozen process of v1 does not even die.
    await control.thaw(directory);
    if (pids.length === 0) return;
    await until(() => processesIn(directory).length === 0, FREEZE_TO_KILL_LIMIT_MS);
  }
}

/** By cgroup.freeze (Linux 5.2) and cgroup.kill (5.14). */
export const unifiedControl: ProcessControl = {
  async freeze(directory, limitMs = FREEZE_LIMIT_MS) {
    writeFile(join(directory, 'cgroup.freeze'), '1');
    if (await until(() => this.isFrozen(directory), limitMs)) return;
    await this.thaw(directory);
    throw wouldNot('freeze', directory, limitMs);
  },

  async thaw(directory) {
    writeFile(join(directory, 'cgroup.freeze'), '0');
    if (!(await until(() => !this.isFrozen(directory), FREEZE_LIMIT_MS)))
      throw wouldNot('thaw', directory, FREEZE_LIMIT_MS);
  },

  isFrozen: (directory) => hasEvent(directory, 'frozen'),

  async kill(directory) {
    try {
      writeFile(join(directory, 'cgroup.kill'), '1');
    } catch (error) {
      if (!isTscontainError(error, 'NOT_SUPPORTED')) throw error;
      await killOneByOne(this, directory);
    }
  },
};

/** Whether a line of cgroup.events says 1; false where the cgroup is gone. */
export function hasEvent(directory: string, name: 'populated' | 'frozen'): boolean {
  return readFile(join(directory, 'cgroup.events'))?.includes(`${name} 1`) ?? false;
}

/** By freezer.state. */
export const freezerControl: ProcessControl = {
  async freeze(directory, limitMs = FREEZE_LIMIT_MS) {
    const state = join(directory, 'freezer.state');
    const isFrozen = () => {
      // Written again each time: a process born while it was FREEZING may have slipped through.
      writeFile(state, 'FROZEN');
      return this.isFrozen(directory);
    };
    if (await until(isFrozen, limitMs)) return;
    await this.thaw(directory);
    throw wouldNot('freeze', directory, limitMs);
  },

  async thaw(directory) {
    const state = join(directory, 'freezer.state');
    writeFile(state, 'THAWED');
    if (!(await until(() => readFile(state)?.trim() !== 'FREEZING' && !this.isFrozen(directory), FREEZE_LIMIT_MS)))
      throw wouldNot('thaw', directory, FREEZE_LIMIT_MS);
  },

  isFrozen: (directory) => readFile(join(directory, 'freezer.state'))?.trim() === 'FROZEN',

  kill(directory) {
    return killOneByOne(this, directory);
  },
};
