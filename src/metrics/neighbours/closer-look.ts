// A closer look, taken only while somebody seems to suffer: what the processes of a target have read, changed and waited
// for a CPU. cgroup v1 does not charge a container for what the kernel writes back later; the one who changed the page is
// known here. What it costs is bounded, however many processes there are; while it lasts, their files stay open.
// Source: proc(5), Documentation/scheduler/sched-stats.
import { KeptFile } from '../kept-file.js';
import type { CgroupPaths, Target } from '../model.js';
import { keyed, keys, nextLine, nextWord, numberAt, type Text } from '../proc.js';
import { openReader, readTogether, type Reader } from '../reader.js';
import type { Closer } from './observation.js';
import { isSum, STALE_LOOK_MS } from './observation.js';
import { ALL, type Worth } from './worth.js';

/** Processes looked at, all targets together: two files each. */
const MOST_PROCESSES = 128;
/** Of each target at least, as many targets as there may be. */
const LEAST_PROCESSES = 2;
const IO = keys('read_bytes:', 'write_bytes:');

/** What one process has counted so far; NaN where it was not looked for, or is hidden. */
interface Counted {
  readBytes: number;
  writeBytes: number;
  waitedNs: number;
}

interface Look {
  readonly monotonicMs: number;
  readonly processes: ReadonlyMap<number, Counted>;
  /** whether there were more than were looked at */
  readonly isPart: boolean;
  readonly saw: Worth;
}

/** A target that is looked at now. */
interface Subject {
  readonly id: string;
  readonly saw: Worth;
  readonly list: KeptFile;
}

class ProcessFiles {
  readonly io: KeptFile;
  readonly schedstat: KeptFile;

  constructor(folder: string, { budget }: Reader) {
    this.io = new KeptFile(`${folder}/io`, budget);
    this.schedstat = new KeptFile(`${folder}/schedstat`, budget);
  }

  close(): void {
    this.io.close();
    this.schedstat.close();
  }
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
  private before = new Map<string, Look>();
  /** of targets by the path, of processes by the id */
  private lists = new Map<string, KeptFile>();
  private files = new Map<number, ProcessFiles>();

  constructor(private readonly reader = openReader()) {}

  /**
   * @param monotonicMs a clock that is never set
   * @param isStill who has used no CPU since the look before: its processes have counted nothing, and are not looked at again
   * @param worth what to look for in it; undefined for nothing
   * @returns rates since the look before; nothing when that is none or long ago
   */
  look(
    targets: readonly Target[],
    monotonicMs: number,
    isStill: (id: string) => boolean = () => false,
    worth: (id: string) => Worth | undefined = () => ALL,
  ): ReadonlyMap<string, Closer> {
    const now = new Map<string, Look>();
    const subjects: Subject[] = [];
    for (const { id, cgroup } of targets) {
      if (isSum(id)) continue;
      const before = this.recent(id, monotonicMs);
      // Who was not worth it this time may be the next.
      if (before !== undefined) now.set(id, before);
      if (before !== undefined && isStill(id)) now.set(id, { ...before, monotonicMs });
      else {
        const saw = worth(id);
        const place = placeOf(cgroup);
        if (saw !== undefined && place !== undefined) subjects.push({ id, saw, list: this.list(place) });
      }
    }
    for (const [id, look] of this.lookAt(subjects, monotonicMs)) now.set(id, look);
    const rates = new Map<string, Closer>();
    for (const [id, look] of now) {
      const before = this.recent(id, monotonicMs);
      const seconds = before === undefined ? 0 : (look.monotonicMs - before.monotonicMs) / 1000;
      const rate = before !== undefined && seconds > 0 ? closer(before, look, seconds) : undefined;
      if (rate !== undefined) rates.set(id, rate);
    }
    this.before = now;
    return rates;
  }

  /** Nobody suffers any more: everything is let go. */
  rest(): void {
    for (const file of [...this.lists.values(), ...this.files.values()]) file.close();
    this.lists.clear();
    this.files.clear();
  }

  private recent(id: string, monotonicMs: number): Look | undefined {
    const look = this.before.get(id);
    return look !== undefined && monotonicMs - look.monotonicMs <= STALE_LOOK_MS ? look : undefined;
  }

  private list(place: string): KeptFile {
    const path = `${place}/cgroup.procs`;
    return this.lists.get(path) ?? new KeptFile(path, this.reader.budget, false);
  }

  private lookAt(subjects: readonly Subject[], monotonicMs: number): ReadonlyMap<string, Look> {
    const most = Math.max(LEAST_PROCESSES, Math.floor(MOST_PROCESSES / Math.max(1, subjects.length)));
    const looks = new Map<string, Look>();
    const bytes: number[] = [];
    const waits: number[] = [];
    const all = new Map<number, Counted>();
    readTogether(
      this.reader,
      subjects.map(({ list }) => list),
      (index, text) => {
        const { id, saw, list } = subjects[index]!;
        if (typeof text === 'string') {
          list.lookAgain();
          return;
        }
        const pids = pidsIn(text, most);
        const processes = new Map<number, Counted>();
        for (const pid of pids.slice(0, most)) {
          const counted = { readBytes: NaN, writeBytes: NaN, waitedNs: NaN };
          processes.set(pid, counted);
          all.set(pid, counted);
          if (saw.bytes) bytes.push(pid);
          if (saw.waits) waits.push(pid);
        }
        looks.set(id, { monotonicMs, processes, isPart: pids.length > most, saw });
      },
    );
    this.keep(subjects, all);
    this.count(bytes, 'io', (text, pid) => {
      const counted = all.get(pid)!;
      [counted.readBytes, counted.writeBytes] = keyed(text, IO) as [number, number];
    });
    this.count(waits, 'schedstat', (text, pid) => {
      all.get(pid)!.waitedNs = numberAt(text, nextWord(text, 0));
    });
    return looks;
  }

  /** Files of those that are not looked at now are closed. */
  private keep(subjects: readonly Subject[], processes: ReadonlyMap<number, unknown>): void {
    const lists = new Map(subjects.map(({ list }) => [list.path, list]));
    for (const [path, list] of this.lists) if (!lists.has(path)) list.close();
    this.lists = lists;
    const files = new Map<number, ProcessFiles>();
    for (const pid of processes.keys())
      files.set(pid, this.files.get(pid) ?? new ProcessFiles(`${this.reader.procRoot}/${pid}`, this.reader));
    for (const [pid, known] of this.files) if (!files.has(pid)) known.close();
    this.files = files;
  }

  private count(pids: readonly number[], name: 'io' | 'schedstat', see: (text: Text, pid: number) => void): void {
    const kept = pids.map((pid) => this.files.get(pid)![name]);
    readTogether(this.reader, kept, (index, text) => {
      if (typeof text !== 'string') see(text, pids[index]!);
      // Another process has got the id of one that has ended.
      else if (text === 'gone' && kept[index]!.read(this.reader.buffer) === 'read')
        see(this.reader.buffer, pids[index]!);
    });
  }
}

/** One more than are looked at, to know that there are. */
function pidsIn(text: Text, most: number): number[] {
  const pids: number[] = [];
  for (let line = 0; line < text.length && pids.length <= most; line = nextLine(text, line)) {
    const pid = numberAt(text, line);
    // One of a pid namespace outside of ours is shown as 0.
    if (pid > 0) pids.push(pid);
  }
  return pids;
}

/** undefined where not the same was looked for. */
function closer(before: Look, now: Look, seconds: number): Closer | undefined {
  const bytes = before.saw.bytes && now.saw.bytes;
  const waits = before.saw.waits && now.saw.waits;
  if (!bytes && !waits) return undefined;
  return {
    ...(bytes && {
      readBytes: moved(before, now, 'readBytes') / seconds,
      writeBytes: moved(before, now, 'writeBytes') / seconds,
    }),
    ...(waits && { waitingCores: grown(before, now, 'waitedNs', true) / 1e9 / seconds }),
  };
}
