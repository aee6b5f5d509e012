// What drivers of both versions do alike: processes, removal, watching, and an update that is undone when it fails.
import { dirname, join } from 'node:path';
import { TscontainError } from '../errors.js';
import { deviceNumber, devicePath } from './block-device.js';
import type { DeviceRule } from './devices.js';
import { TOP, type CgroupDriver, type CgroupPaths, type CgroupState, type CgroupWatch, type Join } from './driver.js';
import type { CgroupHost } from './host.js';
import type { Limits } from './limits.js';
import type { CgroupView, Write } from './plan.js';
import { until, type ProcessControl } from './processes.js';
import {
  childrenOf,
  isErrno,
  isMade,
  kernelAnswered,
  makeDirectory,
  processesIn,
  removeDirectory,
  removeIfEmpty,
  signalProcesses,
  writeFile,
  writeFileSlowly,
} from './tree.js';
import { watchCgroup, type Watched } from './watch.js';

/** ms that killed processes get to be gone. */
const REMOVE_LIMIT_MS = 5_000;

export abstract class BaseDriver implements CgroupDriver {
  constructor(
    readonly host: CgroupHost,
    protected readonly control: ProcessControl,
  ) {}

  abstract paths(project: string, id: string): CgroupPaths;
  abstract joinFds(paths: CgroupPaths): Join;
  abstract readLimits(paths: CgroupPaths): Limits;
  abstract oomKills(paths: CgroupPaths): number | undefined;

  /** The directory that holds all of the container's processes and by which they are held and killed. */
  protected abstract home(paths: CgroupPaths): string;
  /** Makes the directories. @param onMade told each that was not there */
  protected abstract make(paths: CgroupPaths, limits: Limits, onMade: (directory: string) => void): void;
  protected abstract plan(limits: Limits, view: CgroupView): Write[];
  protected abstract view(paths: CgroupPaths): CgroupView;
  /** The absolute path of a file that a plan writes. */
  protected abstract file(paths: CgroupPaths, write: Write): string;
  protected abstract guardDevices(paths: CgroupPaths, rules: readonly DeviceRule[]): void;
  protected abstract change(paths: CgroupPaths, limits: Limits): Promise<void>;
  protected abstract watched(paths: CgroupPaths): Watched;

  create(paths: CgroupPaths, limits: Limits, deviceRules?: readonly DeviceRule[]): void {
    const made: string[] = [];
    try {
      this.make(paths, limits, (directory) => made.push(directory));
      for (const write of this.plan(limits, this.view(paths))) writeFile(this.file(paths, write), write.value);
      if (deviceRules !== undefined) this.guardDevices(paths, deviceRules);
    } catch (error) {
      for (const directory of made.reverse()) removeIfEmpty(directory);
      throw error;
    }
  }

  async update(paths: CgroupPaths, limits: Limits): Promise<void> {
    if (!isMade(this.home(paths))) throw notMade(this.home(paths));
    const before = this.readLimits(paths);
    try {
      await this.change(paths, limits);
    } catch (error) {
      // What was written before the refusal is taken back; the refusal is what the caller must hear.
      await this.change(paths, { cpusetCpus: '', cpusetMems: '', ...before }).catch(() => undefined);
      throw error;
    }
  }

  enter(paths: CgroupPaths, pid: number): void {
    for (const directory of this.directories(paths)) {
      if (isMade(directory)) writeFile(join(directory, 'cgroup.procs'), String(pid));
    }
  }

  freeze(paths: CgroupPaths): Promise<void> {
    return this.control.freeze(this.home(paths));
  }

  thaw(paths: CgroupPaths): Promise<void> {
    return this.control.thaw(this.home(paths));
  }

  isFrozen(paths: CgroupPaths): boolean {
    return this.control.isFrozen(this.home(paths));
  }

  async kill(paths: CgroupPaths): Promise<void> {
    const home = this.home(paths);
    if (isMade(home)) await this.control.kill(home);
  }

  signalAll(paths: CgroupPaths, signal: NodeJS.Signals | number): void {
    signalProcesses(this.processes(paths), signal);
  }

  processes(paths: CgroupPaths): number[] {
    return processesIn(this.home(paths));
  }

  async remove(paths: CgroupPaths): Promise<void> {
    await this.kill(paths);
    let left = this.directories(paths);
    const isGone = () => {
      left = left.filter((directory) => !removeDirectory(directory));
      // What is in one tree of v1 and not in the home was put there by somebody else, and keeps it all the same.
      for (const directory of left) signalProcesses(processesIn(directory), 'SIGKILL');
      return left.length === 0;
    };
    if (!(await until(isGone, REMOVE_LIMIT_MS))) {
      const pids = [...new Set(left.flatMap(processesIn))].join(', ');
      throw new TscontainError('TIMEOUT', `the cgroup ${left[0] ?? ''} stays: processes ${pids} would not die`, {
        hint: 'They wait in the kernel, for a disk or a network file system: remove it again when that has answered.',
      });
    }
    this.removeEmptyProject(paths);
  }

  watch(paths: CgroupPaths, listener: (state: CgroupState) => void): CgroupWatch {
    return watchCgroup(this.watched(paths), () => this.state(paths), listener);
  }

  protected abstract state(paths: CgroupPaths): CgroupState;

  /** Each directory once, however many controllers are mounted together. */
  protected directories(paths: CgroupPaths): string[] {
    const unified = paths.unified === undefined ? [] : [paths.unified];
    return [...new Set([...Object.values(paths.controllers), ...unified])];
  }

  protected async write(paths: CgroupPaths, writes: readonly Write[]): Promise<void> {
    for (const write of writes) {
      try {
        await writeFileSlowly(this.file(paths, write), write.value);
      } catch (error) {
        throw write.controller === 'memory' && kernelAnswered(error, 'EBUSY') ? inUse(write.value, error) : error;
      }
    }
  }

  /** Looks in one tree only whether others are left, because a refused rmdir in each of nine costs more than the rest. */
  private removeEmptyProject(paths: CgroupPaths): void {
    for (const levels of [1, 2]) {
      const above = (path: string) => (levels === 1 ? dirname(path) : dirname(dirname(path)));
      if (childrenOf(above(this.home(paths))).length > 0) return;
      for (const directory of new Set(this.directories(paths).map(above))) removeIfEmpty(directory);
    }
  }
}

/** The parts of a view that are the same in both versions. */
export const DEVICES_OF_HOST = { deviceNumber, devicePath };

export function inUse(bytes: string, cause?: unknown): TscontainError {
  return new TscontainError('INVALID_VALUE', `memory ${bytes} is less than the container uses and can give back`, {
    cause,
    hint: 'Give more, or stop something in the container first.',
  });
}

/** The directory of a container in a tree. */
export function placeIn(tree: string, project: string, id: string): string {
  return `${tree}/${TOP}/${project}/${id}`;
}

/** Makes a directory and those above it, even while another manager removes the empty ones above. */
export function makeWithParents(directory: string, onMade: (directory: string) => void): void {
  for (let attempt = 1; ; attempt++) {
    try {
      if (makeDirectory(directory)) onMade(directory);
      return;
    } catch (error) {
      if (!isErrno(error, 'ENOENT') || attempt > 5) throw error;
      makeWithParents(dirname(directory), onMade);
    }
  }
}

export function notMade(home: string, error?: unknown): TscontainError {
  return new TscontainError('NO_SUCH_PATH', `the cgroup ${home} is not there`, {
    cause: error,
    hint: 'It is made when the container is created or started; something removed it meanwhile.',
  });
}
