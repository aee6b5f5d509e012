// The open files of one target: all of its counters in one call, and nothing held of a target that is no more.
import { statSync } from 'node:fs';
import type { Batch } from './batch.js';
import { FILES_V1 } from './cgroup-v1.js';
import { FILES_V2 } from './cgroup-v2.js';
import { nothingMeasured, type Counters, type Parse } from './counters.js';
import { KeptFile } from './kept-file.js';
import type { CgroupPaths } from './model.js';
import type { Interfaces } from './interfaces.js';
import { forgetNetwork, isNotLoopback, networkCounters } from './net-dev.js';
import type { Text } from './proc.js';
import type { Reader } from './reader.js';

interface CounterFile {
  readonly path: string;
  readonly parse: Parse;
  readonly kind: Kind;
}

/**
 * When a file is read. always: with each sample. awake: what it counts moves only when something in the cgroup runs. follows:
 * when it does more than that; memory.stat alone is a third of what a sample costs, as the kernel adds it up over all CPUs and
 * sub-cgroups. settings: they hardly ever change. What was left out is read as seldom as the settings all the same.
 */
type When = 'always' | 'awake' | 'follows' | 'settings';

/** What the tables of files say of one. */
interface Kind {
  readonly isSetting?: true;
  readonly follows?: true;
  readonly tellsUse?: true;
  readonly tellsMemory?: true;
  readonly evenAsleep?: true;
}

function whenOf({ isSetting, follows, tellsUse, evenAsleep }: Kind): When {
  if (isSetting === true) return 'settings';
  if (follows === true) return 'follows';
  return tellsUse === true || evenAsleep === true ? 'always' : 'awake';
}

/** Limits are read with every third sample at 1 Hz: there are three a container, and they hardly ever change. */
const SETTINGS_MS = 2500;

/** The files that count for a target: v1 where it has the controller, else v2. */
export function counterFiles({ controllers, unified }: CgroupPaths): CounterFile[] {
  const v1 = FILES_V1.flatMap((entry) => {
    const { controller, file, parse, onlyWithoutV2 = false } = entry;
    const folder = controllers[controller];
    return folder === undefined || (onlyWithoutV2 && unified !== undefined)
      ? []
      : [{ path: `${folder}/${file}`, parse, kind: entry }];
  });
  if (unified === undefined) return v1;
  const v2 = FILES_V2.filter(({ v1Controller }) => v1Controller === undefined || !(v1Controller in controllers));
  const inUnified = v2.map((entry) => ({
    path: `${unified}/${entry.file}`,
    parse: entry.parse,
    kind: entry,
  }));
  return [...v1, ...inUnified];
}

function firstInode(folders: readonly string[]): number | undefined {
  for (const folder of folders) {
    const inode = statSync(folder, { throwIfNoEntry: false })?.ino;
    if (inode !== undefined) return inode;
  }
  return undefined;
}

interface OpenFile {
  readonly kept: KeptFile;
  readonly parse: Parse;
  readonly kind: Kind;
  /** where the batch has it */
  slot: number | undefined;
}

/** Less than this between two samples is nothing: half a hundredth of a core at 1 Hz, and a few pages. */
const STILL_CPU_US = 5000;
const STILL_BYTES = 128 * 1024;

/** Whether so little has happened in so many seconds that what follows cannot have moved to speak of. */
function isStill(before: Counters, now: Counters, seconds: number): boolean {
  const near = (name: keyof Counters, most: number): boolean =>
    Math.abs(now[name] - before[name]) <= most || (Number.isNaN(now[name]) && Number.isNaN(before[name]));
  return (
    near('cpuUs', STILL_CPU_US * Math.max(1, seconds)) &&
    near('memoryUsed', STILL_BYTES) &&
    near('memorySomeUs', 0) &&
    near('readBytes', 0) &&
    near('writeBytes', 0)
  );
}

const isSame = (before: number, now: number): boolean => now === before || (Number.isNaN(now) && Number.isNaN(before));

/** Whether none of its tasks has begun or gone on to wait for anything: who waits need not run for the time to pass. */
const isCalm = (before: Counters, now: Counters): boolean =>
  isSame(before.cpuSomeUs, now.cpuSomeUs) &&
  isSame(before.memorySomeUs, now.memorySomeUs) &&
  isSame(before.ioSomeUs, now.ioSomeUs);

export class TargetFiles {
  private readonly folders: readonly string[];
  private readonly files: Readonly<Record<When, readonly OpenFile[]>>;
  private readonly all: readonly OpenFile[];
  private readonly usage: OpenFile | undefined;
  /** the first look at who may rest: what is always read, and the memory, which others can take from those who sleep */
  private readonly resting: readonly OpenFile[];
  private readAt = NaN;
  private readingAt = NaN;
  private settingsReadAt = -Infinity;
  private before = nothingMeasured();
  private wasCalm = false;
  /** Files that were there and could not be read just now. */
  private unreachable = 0;
  private network: OpenFile | undefined;
  private openedInode: number | undefined;

  constructor(
    cgroup: CgroupPaths,
    netPid: number | undefined,
    private readonly reader: Reader,
    /** Where each interface is followed by itself as well. */
    private readonly interfaces?: Interfaces,
  ) {
    this.folders = [...Object.values(cgroup.controllers), ...(cgroup.unified === undefined ? [] : [cgroup.unified])];
    const files = counterFiles(cgroup);
    const keep = (when: When): OpenFile[] =>
      files
        .filter(({ kind }) => whenOf(kind) === when)
        .map(({ path, parse, kind }) => {
          const kept = new KeptFile(path, reader.budget);
          return { kept, parse, kind, slot: undefined };
        });
    this.files = { always: keep('always'), awake: keep('awake'), follows: keep('follows'), settings: keep('settings') };
    const { always, awake, follows, settings } = this.files;
    this.all = [...always, ...awake, ...follows, ...settings];
    this.usage = always.find(({ kind }) => kind.tellsUse);
    this.resting = [...always, ...awake.filter(({ kind }) => kind.tellsMemory)];
    this.setNetPid(netPid);
  }

  /** Another process stands for the network: the target was started again. */
  setNetPid(netPid: number | undefined): void {
    this.network?.kept.close();
    this.interfaces?.forget();
    const path = `${this.reader.procRoot}/${netPid ?? ''}/net/dev`;
    this.network =
      netPid === undefined
        ? undefined
        : {
            kept: new KeptFile(path, this.reader.budget, false),
            parse: (text, into) => this.parseNetwork(text, into),
            kind: {},
            slot: undefined,
          };
  }

  /** Which cgroup is open: another of the same name, made after it was removed, has another inode. */
  get inode(): number | undefined {
    return this.openedInode;
  }

  /**
   * Everything there is to count now; undefined where the cgroup is not there (yet, or any more).
   * @param restMs what hardly changes, and while nothing runs what only then does, is read so often in any case
   */
  read(monotonicMs: number, restMs = SETTINGS_MS): Counters | undefined {
    this.openedInode ??= firstInode(this.folders);
    if (this.openedInode === undefined) return undefined;
    const isDue = monotonicMs - this.settingsReadAt >= restMs;
    const { before } = this;
    const { awake, follows, settings } = this.files;
    const first = restMs > SETTINGS_MS ? this.resting : this.files.always;
    // What is not read now says what it said before; the CPU time and the network are read in any case.
    const counters = isDue ? nothingMeasured() : { ...before };
    counters.cpuUs = NaN;
    forgetNetwork(counters);
    this.readingAt = monotonicMs;
    this.unreachable = 0;
    if (!this.readInto(counters, first, this.network)) return undefined;
    const isAsleep =
      !isDue &&
      this.wasCalm &&
      counters.cpuUs === before.cpuUs &&
      (first !== this.resting || isSame(before.memoryUsed, counters.memoryUsed));
    if (!isAsleep && !this.readInto(counters, awake)) return undefined;
    const seconds = (monotonicMs - this.readAt) / 1000;
    if ((isDue || (!isAsleep && !isStill(before, counters, seconds))) && !this.readInto(counters, follows))
      return undefined;
    if (isDue && !this.readInto(counters, settings)) return undefined;
    if (this.unreachable > 0 && !isDue) {
      // What it said before is not what it says: everything anew.
      this.settingsReadAt = -Infinity;
      return this.read(monotonicMs, restMs);
    }
    if (isDue) this.settingsReadAt = monotonicMs;
    if (counters.pids === 0) {
      this.setNetPid(undefined);
      forgetNetwork(counters);
    }
    this.readAt = monotonicMs;
    this.wasCalm = this.unreachable === 0 && isCalm(before, counters);
    return (this.before = counters);
  }

  /** The one that tells of CPU time, and so whether anything moves; undefined where there is none. */
  get use(): Pick<OpenFile, 'kept' | 'parse'> | undefined {
    return this.openedInode === undefined ? undefined : this.usage;
  }

  /**
   * As readTogether does (reader.ts), by hand: this is done for every container in every sample, and nothing more is read of one
   * that is gone.
   * @returns false, with everything closed, when the cgroup turns out to be gone
   */
  private readInto(counters: Counters, files: readonly OpenFile[], network?: OpenFile): boolean {
    const { buffer, batch, isDisk } = this.reader;
    if (batch !== undefined) {
      batch.begin();
      for (const file of files) add(batch, file);
      if (network !== undefined) add(batch, network);
      batch.read();
    }
    for (const file of files) {
      const text = file.slot === undefined ? undefined : batch?.text(file.slot, file.kept.isWhole);
      if (text !== undefined) {
        file.parse(text, counters, isDisk);
        continue;
      }
      const reading = file.kept.read(buffer);
      if (reading === 'read') file.parse(buffer, counters, isDisk);
      else if (reading === 'unreachable') this.unreachable++;
      else if (reading === 'gone') {
        this.close();
        return false;
      }
    }
    if (network !== undefined) this.readNetwork(counters, network);
    return true;
  }

  /**
   * An open net/dev holds the network namespace and its interfaces alive, so it is let go as soon as the cgroup is seen to be
   * empty, two or three samples later at most. It is not opened again then: the process id may belong to a stranger by now.
   */
  private readNetwork(counters: Counters, { kept, parse, slot }: OpenFile): void {
    const { buffer, batch, isDisk } = this.reader;
    const text = slot === undefined ? undefined : batch?.text(slot, kept.isWhole);
    if (text !== undefined) parse(text, counters, isDisk);
    else if (kept.read(buffer) === 'read') parse(buffer, counters, isDisk);
  }

  private parseNetwork(text: Text, into: Counters): void {
    const { interfaces } = this;
    interfaces?.begin(text, this.readingAt);
    networkCounters(text, isNotLoopback, into, interfaces?.see);
    interfaces?.end();
  }

  /** Files that were missing are tried once more at the next reading. */
  lookAgain(): void {
    const missing = this.all.filter(({ kept }) => kept.lookAgain());
    if (missing.length > 0) this.settingsReadAt = -Infinity;
  }

  close(): void {
    for (const { kept } of this.all) kept.close();
    this.network?.kept.close();
    this.openedInode = undefined;
    this.settingsReadAt = -Infinity;
  }
}

function add(batch: Batch, file: OpenFile): void {
  const { descriptor } = file.kept;
  file.slot = descriptor === undefined ? undefined : batch.add(descriptor);
}
