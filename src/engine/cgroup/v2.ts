// cgroup v2: every controller in one tree, where a directory has the controllers that those above it hand down.
import { closeSync, constants, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setDeviceProgram, SyscallError } from '../../native/index.js';
import { TscontainError } from '../errors.js';
import { BaseDriver, DEVICES_OF_HOST, inUse, makeWithParents, notMade, placeIn } from './base.js';
import { deviceFilter } from './device-filter.js';
import type { DeviceRule } from './devices.js';
import type { CgroupPaths, CgroupState, Join } from './driver.js';
import type { CgroupHost } from './host.js';
import type { Limits } from './limits.js';
import { asksForCpuset, type CgroupView, type Write } from './plan.js';
import { planV2, readLimitsV2 } from './plan-v2.js';
import { hasEvent, unifiedControl } from './processes.js';
import { childrenOf, readFile, writeFile, writeFileSlowly } from './tree.js';
import type { Watched } from './watch.js';

/** Limited or measured in every container. cpuset is handed down when the first container asks for it. */
const ALWAYS = ['cpu', 'memory', 'pids', 'io'];

export class V2Driver extends BaseDriver {
  readonly #root: string;
  /** why the kernel would not hand a controller down, by its name */
  readonly #refused = new Map<string, string>();

  constructor(host: CgroupHost) {
    super(host, unifiedControl);
    this.#root = host.unified?.path ?? '';
  }

  paths(project: string, id: string): CgroupPaths {
    return { controllers: {}, unified: placeIn(this.#root, project, id) };
  }

  joinFds(paths: CgroupPaths): Join {
    const home = this.home(paths);
    try {
      const cloneInto = openSync(home, constants.O_RDONLY | constants.O_DIRECTORY);
      return { tasks: [], cloneInto, close: () => closeSync(cloneInto) };
    } catch (error) {
      throw notMade(home, error);
    }
  }

  readLimits(paths: CgroupPaths): Limits {
    return readLimitsV2(this.view(paths));
  }

  oomKills(paths: CgroupPaths): number | undefined {
    const kills = /^oom_kill (\d+)$/m.exec(readFile(join(this.home(paths), 'memory.events')) ?? '')?.[1];
    return kills === undefined ? undefined : Number(kills);
  }

  override async remove(paths: CgroupPaths): Promise<void> {
    await super.remove(paths);
    this.#shareReservations(paths);
  }

  protected home({ unified }: CgroupPaths): string {
    return unified ?? '';
  }

  protected make(paths: CgroupPaths, limits: Limits, onMade: (directory: string) => void): void {
    const home = this.home(paths);
    makeWithParents(home, onMade);
    this.#handDown(home, limits);
  }

  protected plan(limits: Limits, view: CgroupView): Write[] {
    return planV2(limits, view);
  }

  /** Enables the controllers in each directory above, from the root on. */
  #handDown(home: string, limits: Limits): void {
    const names = [...ALWAYS, ...(asksForCpuset(limits) ? ['cpuset'] : [])];
    if (names.every((name) => words(join(home, 'cgroup.controllers')).includes(name))) return;
    const project = dirname(home);
    for (const directory of [this.#root, dirname(project), project]) {
      const has = words(join(directory, 'cgroup.controllers'));
      const given = words(join(directory, 'cgroup.subtree_control'));
      const lacking = names.filter((name) => has.includes(name) && !given.includes(name));
      if (lacking.length > 0) this.#enable(directory, lacking);
    }
  }

  #enable(directory: string, controllers: readonly string[]): void {
    // cpu and pids alone would be given, and turn the directory into one below which no process may live.
    const inTheWay = isBelowRoot(directory) && words(join(directory, 'cgroup.procs')).length > 0;
    for (const controller of controllers) {
      this.#refused.delete(controller);
      const why = inTheWay
        ? `processes sit in ${directory} itself, and cgroup v2 hands controllers down only from a directory without ` +
          'processes: move them into a cgroup inside it'
        : enable(directory, controller);
      if (why !== undefined) this.#refused.set(controller, why);
    }
  }

  protected view(paths: CgroupPaths): CgroupView {
    const home = this.home(paths);
    return {
      read: (_, file) => readFile(join(home, file)),
      missing: (controller) =>
        words(join(home, 'cgroup.controllers')).includes(controller) ? undefined : this.#whyMissing(controller),
      available: (kind) => readFile(join(this.#root, `cpuset.${kind}.effective`))?.trim() ?? '',
      ...DEVICES_OF_HOST,
    };
  }

  #whyMissing(controller: string): string {
    if (this.host.disabled.includes(controller))
      return 'it was switched off when the kernel was booted (cgroup_disable=)';
    return (
      this.#refused.get(controller) ??
      `it is not in ${join(this.#root, 'cgroup.controllers')}: the kernel lacks it, or what encloses this host keeps it`
    );
  }

  protected file(paths: CgroupPaths, { file }: Write): string {
    return join(this.home(paths), file);
  }

  override create(paths: CgroupPaths, limits: Limits, deviceRules?: readonly DeviceRule[]): void {
    super.create(paths, limits, deviceRules);
    if (limits.memoryReservation !== undefined) this.#shareReservations(paths);
  }

  protected guardDevices(paths: CgroupPaths, rules: readonly DeviceRule[]): void {
    const fd = openSync(this.home(paths), constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      setDeviceProgram(fd, deviceFilter(rules));
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error;
      throw new TscontainError('NOT_SUPPORTED', `devices cannot be guarded on this host: bpf answered ${error.code}`, {
        cause: error,
        hint: 'Use a kernel with CONFIG_CGROUP_BPF, as root with CAP_BPF, or give the container every device.',
      });
    } finally {
      closeSync(fd);
    }
  }

  protected async change(paths: CgroupPaths, limits: Limits): Promise<void> {
    if (asksForCpuset(limits)) this.#handDown(this.home(paths), limits);
    const writes = this.plan(limits, this.view(paths));
    const memory = writes.find(({ file }) => file === 'memory.max');
    if (memory !== undefined && memory.value !== 'max') await this.#makeRoom(this.home(paths), Number(memory.value));
    await this.write(paths, writes);
    if (limits.memoryReservation !== undefined) this.#shareReservations(paths);
  }

  /** memory.max below what is in use kills; v1 refuses instead, and so do we, after asking for what can be given back. */
  async #makeRoom(home: string, bytes: number): Promise<void> {
    const excess = () => Number(readFile(join(home, 'memory.current')) ?? 0) - bytes;
    if (excess() <= 0) return;
    // EAGAIN: less could be freed. Absent before Linux 5.19. What counts is what is in use afterwards.
    await writeFileSlowly(join(home, 'memory.reclaim'), String(excess())).catch(() => undefined);
    if (excess() > 0) throw inUse(String(bytes));
  }

  /**
   * memory.low holds only as far as the directories above hold it too, so each of ours reserves the sum of what is inside.
   * Two managers at once come to the same sum in the end.
   */
  #shareReservations(paths: CgroupPaths): void {
    const project = dirname(this.home(paths));
    for (const directory of [project, dirname(project)]) {
      const file = join(directory, 'memory.low');
      const sum = childrenOf(directory).reduce((bytes, child) => bytes + reservation(child), 0);
      if (readFile(file) !== undefined && reservation(directory) !== sum) writeFile(file, String(sum));
    }
  }

  protected watched(paths: CgroupPaths): Watched {
    const home = this.home(paths);
    return { notifying: [join(home, 'cgroup.events'), join(home, 'memory.events')], silent: [], looks: false };
  }

  protected state(paths: CgroupPaths): CgroupState {
    const home = this.home(paths);
    return {
      populated: hasEvent(home, 'populated'),
      frozen: hasEvent(home, 'frozen'),
      oomKills: this.oomKills(paths),
    };
  }
}

function words(file: string): string[] {
  return (readFile(file) ?? '').split(/\s+/).filter((word) => word !== '');
}

function reservation(directory: string): number {
  return Number(readFile(join(directory, 'memory.low')) ?? 0);
}

/** Only the root of the whole tree has no type; the root of a cgroup namespace is a directory like any other. */
function isBelowRoot(directory: string): boolean {
  return readFile(join(directory, 'cgroup.type')) !== undefined;
}

/** One controller a write, because several are refused as a whole. @returns why the kernel would not */
function enable(directory: string, controller: string): string | undefined {
  try {
    writeFile(join(directory, 'cgroup.subtree_control'), `+${controller}`);
    return undefined;
  } catch (error) {
    return `${directory} does not hand it down: ${(error as Error).message}`;
  }
}
