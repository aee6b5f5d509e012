// A closer look, taken only while somebody seems to suffer: what the processes of each target have read, changed and waited
// for a CPU. cgroup v1 does not charge a container for what the kernel writes back later; the one who changed the page is
// known here. What it costs is bounded, however many processes there are. Source: proc(5), Documentation/scheduler/sched-stats.
import { closeSync, openSync } from 'node:fs';
import { TextBuffer } from '../kept-file.js';
import type { CgroupPaths, Target } from '../model.js';
import { keyed, keys, nextLine, nextWord, numberAt } from '../proc.js';
import type { Closer } from './observation.js';
import { isSum } from './observation.js';

/** Processes looked at, all targets together: two files of about 10 µs each. */
const MOST_PROCESSES = 128;
/** Of each target at least, as many targets as there may be. */
const LEAST_PROCESSES = 2;
/** Older than this, a look before says nothing of the present. */
const STALE_MS = 6000;
const IO = keys('read_bytes:', 'write_bytes:');

/** What one process has counted so far. */
interface Counted {
  readonly readBytes: number;
  readonly writeBytes: number;
  readonly waitedNs: number;
}

interface Look {
  readonly processes: ReadonlyMap<number, Counted>;
  /** whether there were more than were looked at */
  readonly isPart: boolean;
}

const placeOf = ({ unified, controllers }: CgroupPaths): string | undefined =>
  unified ?? controllers['pids'] ?? Object.values(controllers)[0];

/** NaN counts as nothing: a file that another user namespace hides is no reason to see none of the others. */
const sum = (processes: ReadonlyMap<number, Counted>, name: keyof Counted): number => {
  let total = 0;
  for (const counted of processes.values()) total += counted[name] || 0;
  return total;
};

/** How much those grew that were there before; new ones count from nothing where `fresh` says so. */
const grown = (before: Look, now: Look, name: keyof Counted, fresh: boolean): number => {
  let total = 0;
  for (const [pid, counted] of now.processes) {
    const was = before.processes.get(pid)?.[name];
    if (was !== undefined || fresh) total += Math.max(0, counted[name] - (was ?? 0)) || 0;
  }
  return total;
};

/**
 * What a target's processes have read and changed since. A process that ended has left its counts to the parent that waited
 * for it, which is nearly always in the same target: the sums grow by what happened, whoever has ended.
 */
const moved = (before: Look, now: Look, name: keyof Counted): number =>
  before.isPart || now.isPart
    ? grown(before, now, name, false)
    : Math.max(0, sum(now.processes, name) - sum(before.processes, name));

export class CloserLook {
  private readonly buffer = new TextBuffer();
  private before = new Map<string, Look>();
  private lookedMs = -Infinity;

  constructor(private readonly procRoot = '/proc') {}

  /**
   * @param monotonicMs a clock that is never set
   * @param isStill who has used no CPU since the look before: its processes have counted nothing, and are not looked at again
   * @returns rates since the look before; nothing when that is none or long ago
   */
  look(
    targets: readonly Target[],
    monotonicMs: number,
    isStill: (id: string) => boolean = () => false,
  ): ReadonlyMap<string, Closer> {
    const now = new Map<string, Look>();
    const containers = targets.filter(({ id }) => {
      const before = isStill(id) ? this.before.get(id) : undefined;
      if (before !== undefined) now.set(id, before);
      return before === undefined && !isSum(id);
    });
    const each = Math.max(LEAST_PROCESSES, Math.floor(MOST_PROCESSES / Math.max(1, containers.length)));
    for (const { id, cgroup } of containers) {
      const look = this.processesOf(placeOf(cgroup), each);
      if (look !== undefined) now.set(id, look);
    }
    const passedMs = monotonicMs - this.lookedMs;
    const rates = new Map<string, Closer>();
    if (passedMs > 0 && passedMs <= STALE_MS)
      for (const [id, look] of now) {
        const before = this.before.get(id);
        if (before !== undefined) rates.set(id, closer(before, look, passedMs / 1000));
      }
    this.before = now;
    this.lookedMs = monotonicMs;
    return rates;
  }

  private processesOf(place: string | undefined, most: number): Look | undefined {
    if (place === undefined || !this.read(`${place}/cgroup.procs`)) return undefined;
    const pids: number[] = [];
    for (let line = 0; line < this.buffer.length && pids.length <= most; line = nextLine(this.buffer, line))
      pids.push(numberAt(this.buffer, line));
    const isPart = pids.length > most;
    const processes = new Map<number, Counted>();
    for (const pid of pids.slice(0, most)) {
      const counted = this.countedBy(pid);
      if (counted !== undefined) processes.set(pid, counted);
    }
    return { processes, isPart };
  }

  private countedBy(pid: number): Counted | undefined {
    if (!(pid > 0) || !this.read(`${this.procRoot}/${pid}/io`)) return undefined;
    const [readBytes, writeBytes] = keyed(this.buffer, IO) as [number, number];
    const waitedNs = this.read(`${this.procRoot}/${pid}/schedstat`)
      ? numberAt(this.buffer, nextWord(this.buffer, 0))
      : NaN;
    return { readBytes, writeBytes, waitedNs };
  }

  /** @returns false where it is not there (any more) or cannot be read */
  private read(path: string): boolean {
    let fd: number | undefined;
    try {
      fd = openSync(path, 'r');
      this.buffer.fill(fd);
      return true;
    } catch {
      return false;
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }
}

function closer(before: Look, now: Look, seconds: number): Closer {
  return {
    readBytes: moved(before, now, 'readBytes') / seconds,
    writeBytes: moved(before, now, 'writeBytes') / seconds,
    waitingCores: grown(before, now, 'waitedNs', true) / 1e9 / seconds,
  };
}
