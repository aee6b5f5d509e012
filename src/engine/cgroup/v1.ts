// cgroup v1: a tree for each controller. On a hybrid host a container also has a directory in the cgroup2 mount, which
// holds, kills and tells of its processes better than v1 can, and gives CPU times and pressure.
import { closeSync, openSync, constants } from 'node:fs';
import { join } from 'node:path';
import { isTscontainError, TscontainError } from '../errors.js';
import { BaseDriver, DEVICES_OF_HOST, makeWithParents, notMade, placeIn } from './base.js';
import { deviceAllowLines, type DeviceRule } from './devices.js';
import type { CgroupPaths, CgroupState, Join } from './driver.js';
import type { CgroupHost } from './host.js';
import { countIoOf, diskNumbers } from './io-accounting.js';
import type { Limits } from './limits.js';
import { asksForCpuset, type CgroupView, type Write } from './plan.js';
import { planV1, readLimitsV1 } from './plan-v1.js';
import { freezerControl, hasEvent, unifiedControl } from './processes.js';
import { isErrno, isMade, kernelAnswered, processesIn, readFile, writeFile } from './tree.js';
import type { Watched } from './watch.js';

/** Limited or measured in every container, so every container joins them. */
const ALWAYS = ['cpu', 'memory', 'devices', 'blkio', 'pids'];
/** What the cgroup2 mount of a hybrid host does as well (cpu.stat, cgroup.freeze): each tree costs 60 µs a container. */
const WITHOUT_UNIFIED = ['cpuacct', 'freezer'];

export class V1Driver extends BaseDriver {
  #countsIo = false;

  constructor(host: CgroupHost) {
    super(host, host.unified === undefined ? freezerControl : unifiedControl);
  }

  paths(project: string, id: string): CgroupPaths {
    const { v1, unified } = this.host;
    const wanted = [...ALWAYS, 'cpuset', ...(unified === undefined ? WITHOUT_UNIFIED : [])];
    const trees = new Set(wanted.map((name) => v1[name]));
    // What is mounted together with a wanted controller is joined with it anyway, cpuacct with cpu above all.
    const joined = Object.entries(v1).filter(([, tree]) => trees.has(tree));
    return {
      controllers: Object.fromEntries(joined.map(([name, tree]) => [name, placeIn(tree, project, id)])),
      ...(unified === undefined ? {} : { unified: placeIn(unified.path, project, id) }),
    };
  }

  joinFds(paths: CgroupPaths): Join {
    const opened: number[] = [];
    const open = (path: string, flags: number) => {
      const fd = openSync(path, flags);
      opened.push(fd);
      return fd;
    };
    const close = () => {
      for (const fd of opened.splice(0)) closeSync(fd);
    };
    try {
      const trees = this.directories({ controllers: paths.controllers });
      const tasks = trees.flatMap((directory) => {
        const path = join(directory, 'tasks');
        try {
          return [{ name: this.#namesOf(paths, directory), path, fd: open(path, constants.O_WRONLY) }];
        } catch (error) {
          // Only containers with a cpuset are in that tree.
          if (directory === paths.controllers['cpuset'] && isErrno(error, 'ENOENT')) return [];
          throw error;
        }
      });
      if (paths.unified === undefined) return { tasks, close };
      return { tasks, cloneInto: open(paths.unified, constants.O_RDONLY | constants.O_DIRECTORY), close };
    } catch (error) {
      close();
      throw notMade(this.home(paths), error);
    }
  }

  /**
   * In the trees where the cgroup has no directory, up to the root: there, what held whoever started the process must not
   * go on holding it (a session of systemd that ends, a cpuset, a freezer), nor what it starts in turn.
   */
  override enter(paths: CgroupPaths, pid: number): void {
    super.enter(paths, pid);
    const joined = Object.keys(paths.controllers).filter(
      (name) => name !== 'cpuset' || isMade(paths.controllers[name]!),
    );
    for (const [name, tree] of Object.entries(this.host.v1)) {
      if (joined.includes(name)) continue;
      try {
        writeFile(join(tree, 'cgroup.procs'), String(pid));
      } catch (error) {
        // Nothing of ours is in this tree, so where it is not ours to write everything works as well.
        if (!isTscontainError(error)) throw error;
      }
    }
  }

  readLimits(paths: CgroupPaths): Limits {
    return readLimitsV1(this.view(paths));
  }

  oomKills(paths: CgroupPaths): number | undefined {
    const memory = paths.controllers['memory'];
    const kills = memory && /^oom_kill (\d+)$/m.exec(readFile(join(memory, 'memory.oom_control')) ?? '')?.[1];
    return kills === undefined ? undefined : Number(kills);
  }

  protected home({ controllers, unified }: CgroupPaths): string {
    const home = unified ?? controllers['freezer'];
    if (home === undefined) throw controllerNeeded('freezer');
    return home;
  }

  protected make(paths: CgroupPaths, limits: Limits, onMade: (directory: string) => void): void {
    const cpuset = paths.controllers['cpuset'];
    for (const directory of this.directories(paths)) if (directory !== cpuset) makeWithParents(directory, onMade);
    if (cpuset !== undefined && asksForCpuset(limits)) this.#makeCpuset(cpuset, onMade);
    const { blkio } = paths.controllers;
    if (blkio === undefined || this.#countsIo) return;
    countIoOf(diskNumbers(), blkio);
    this.#countsIo = true;
  }

  /** A cpuset is born empty and takes no process until it has CPUs and memory nodes: those above give theirs. */
  #makeCpuset(directory: string, onMade: (directory: string) => void): void {
    makeWithParents(directory, onMade);
    const above = join(directory, '..');
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      if (readFile(join(directory, file))?.trim() !== '') continue;
      if (readFile(join(above, file))?.trim() === '') this.#makeCpuset(above, onMade);
      writeFile(join(directory, file), readFile(join(above, file)) ?? '');
    }
  }

  protected plan(limits: Limits, view: CgroupView): Write[] {
    return planV1(limits, view);
  }

  protected view({ controllers }: CgroupPaths): CgroupView {
    return {
      read: (controller, file) => {
        const directory = controllers[controller];
        return directory === undefined ? undefined : readFile(join(directory, file));
      },
      missing: (controller) => {
        if (controllers[controller] !== undefined) return undefined;
        return this.host.disabled.includes(controller)
          ? 'it was switched off when the kernel was booted (cgroup_disable=)'
          : 'no cgroup v1 tree of it is mounted';
      },
      available: (kind) => readFile(join(this.host.v1['cpuset'] ?? '', `cpuset.effective_${kind}`))?.trim() ?? '',
      ...DEVICES_OF_HOST,
    };
  }

  protected file({ controllers }: CgroupPaths, { controller, file }: Write): string {
    return join(controllers[controller] ?? '', file);
  }

  protected guardDevices({ controllers }: CgroupPaths, rules: readonly DeviceRule[]): void {
    const devices = controllers['devices'];
    if (devices === undefined) throw controllerNeeded('devices');
    writeFile(join(devices, 'devices.deny'), 'a');
    writeFile(join(devices, 'devices.allow'), ...deviceAllowLines(rules));
  }

  protected async change(paths: CgroupPaths, limits: Limits): Promise<void> {
    const writes = this.plan(limits, this.view(paths));
    const cpuset = paths.controllers['cpuset'];
    const joins = cpuset !== undefined && asksForCpuset(limits) && !isMade(cpuset);
    if (joins) this.#makeCpuset(cpuset, () => undefined);
    await this.write(paths, writes);
    if (joins) this.#moveAll(this.home(paths), cpuset);
  }

  /** Until a look finds nobody outside: what is born after its parent was moved is born inside. */
  #moveAll(from: string, to: string): void {
    const outside = () => {
      const inside = new Set(processesIn(to));
      return processesIn(from).filter((pid) => !inside.has(pid));
    };
    for (let pids = outside(); pids.length > 0; pids = outside()) {
      for (const pid of pids) {
        try {
          writeFile(join(to, 'cgroup.procs'), String(pid));
        } catch (error) {
          if (!kernelAnswered(error, 'ESRCH')) throw error;
        }
      }
    }
  }

  /** Without a cgroup2 mount even whether somebody is in it must be looked for, in all cgroups inside. */
  protected watched({ unified, controllers: { memory } }: CgroupPaths): Watched {
    if (unified === undefined) return { notifying: [], silent: [], looks: true };
    const silent = memory === undefined ? [] : [join(memory, 'memory.oom_control')];
    return { notifying: [join(unified, 'cgroup.events')], silent, looks: false };
  }

  protected state(paths: CgroupPaths): CgroupState {
    const home = this.home(paths);
    const populated = paths.unified === undefined ? processesIn(home).length > 0 : hasEvent(home, 'populated');
    return { populated, frozen: this.control.isFrozen(home), oomKills: this.oomKills(paths) };
  }

  #namesOf({ controllers }: CgroupPaths, directory: string): string {
    return Object.keys(controllers)
      .filter((name) => controllers[name] === directory)
      .join(',');
  }
}

function controllerNeeded(controller: string): TscontainError {
  return new TscontainError(
    'CONTROLLER_MISSING',
    `a container needs the cgroup controller ${controller}, which is not mounted`,
    {
      hint: `Mount it: mount -t cgroup -o ${controller} ${controller} /sys/fs/cgroup/${controller}`,
    },
  );
}
