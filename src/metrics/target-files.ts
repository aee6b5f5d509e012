// The open files of one target: all of its counters in one call, and nothing held of a target that is no more.
import { statSync } from 'node:fs';
import { FILES_V1 } from './cgroup-v1.js';
import { FILES_V2 } from './cgroup-v2.js';
import { nothingMeasured, type Counters, type Parse } from './counters.js';
import { KeptFile, type DescriptorBudget, type TextBuffer } from './kept-file.js';
import type { CgroupPaths } from './model.js';
import { isNotLoopback, networkBytes, type DeviceFilter } from './proc.js';

/** What the targets of a sampler share. */
export interface Reader {
  readonly procRoot: string;
  readonly buffer: TextBuffer;
  readonly budget: DescriptorBudget;
  readonly isDisk: DeviceFilter;
}

interface CounterFile {
  readonly path: string;
  readonly parse: Parse;
  readonly isSetting: boolean;
}

/** Limits are read with every third sample at 1 Hz: there are three a container, and they hardly ever change. */
const SETTINGS_MS = 2500;

/** The files that count for a target: v1 where it has the controller, else v2. */
export function counterFiles({ controllers, unified }: CgroupPaths): CounterFile[] {
  const v1 = FILES_V1.flatMap(({ controller, file, parse, isSetting = false, onlyWithoutV2 = false }) => {
    const folder = controllers[controller];
    return folder === undefined || (onlyWithoutV2 && unified !== undefined)
      ? []
      : [{ path: `${folder}/${file}`, parse, isSetting }];
  });
  if (unified === undefined) return v1;
  const v2 = FILES_V2.filter(({ v1Controller }) => v1Controller === undefined || !(v1Controller in controllers));
  return [...v1, ...v2.map(({ file, parse, isSetting = false }) => ({ path: `${unified}/${file}`, parse, isSetting }))];
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
}

export class TargetFiles {
  private readonly folders: readonly string[];
  private readonly counters: readonly OpenFile[];
  private readonly settings: readonly OpenFile[];
  /** What the settings said when they were last read. */
  private set = nothingMeasured();
  private setReadAt = -Infinity;
  private network: KeptFile | undefined;
  private openedInode: number | undefined;

  constructor(
    cgroup: CgroupPaths,
    netPid: number | undefined,
    private readonly reader: Reader,
  ) {
    this.folders = [...Object.values(cgroup.controllers), ...(cgroup.unified === undefined ? [] : [cgroup.unified])];
    const files = counterFiles(cgroup);
    const keep = ({ path, parse }: CounterFile): OpenFile => ({ kept: new KeptFile(path, reader.budget), parse });
    this.counters = files.filter(({ isSetting }) => !isSetting).map(keep);
    this.settings = files.filter(({ isSetting }) => isSetting).map(keep);
    this.setNetPid(netPid);
  }

  /** Another process stands for the network: the target was started again. */
  setNetPid(netPid: number | undefined): void {
    this.network?.close();
    this.network =
      netPid === undefined ? undefined : new KeptFile(`${this.reader.procRoot}/${netPid}/net/dev`, this.reader.budget);
  }

  /** Which cgroup is open: another of the same name, made after it was removed, has another inode. */
  get inode(): number | undefined {
    return this.openedInode;
  }

  /** Everything there is to count now; undefined where the cgroup is not there (yet, or any more). */
  read(monotonicMs: number): Counters | undefined {
    this.openedInode ??= firstInode(this.folders);
    if (this.openedInode === undefined) return undefined;
    if (monotonicMs - this.setReadAt >= SETTINGS_MS) {
      this.set = nothingMeasured();
      this.setReadAt = monotonicMs;
      if (!this.readInto(this.set, this.settings)) return undefined;
    }
    const counters = { ...this.set };
    if (!this.readInto(counters, this.counters)) return undefined;
    this.readNetwork(counters);
    return counters;
  }

  /** @returns false, with everything closed, when the cgroup turns out to be gone */
  private readInto(counters: Counters, files: readonly OpenFile[]): boolean {
    const { buffer, isDisk } = this.reader;
    for (const { kept, parse } of files) {
      const reading = kept.read(buffer);
      if (reading === 'read') parse(buffer, counters, isDisk);
      else if (reading === 'gone') {
        this.close();
        return false;
      }
    }
    return true;
  }

  /**
   * An open net/dev holds the network namespace and its interfaces alive, so it is let go as soon as the cgroup is empty. It
   * is not opened again then: the process id may belong to a stranger by now.
   */
  private readNetwork(counters: Counters): void {
    if (counters.pids === 0) this.setNetPid(undefined);
    if (this.network?.read(this.reader.buffer) !== 'read') return;
    Object.assign(counters, networkBytes(this.reader.buffer, isNotLoopback));
  }

  /** Files that were missing are tried once more at the next reading. */
  lookAgain(): void {
    for (const { kept } of [...this.counters, ...this.settings]) kept.lookAgain();
  }

  close(): void {
    for (const { kept } of [...this.counters, ...this.settings]) kept.close();
    this.network?.close();
    this.openedInode = undefined;
    this.setReadAt = -Infinity;
  }
}
