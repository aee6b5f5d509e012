// What the engine asks of cgroups, whatever their version. Made by openCgroupDriver() in this folder's door.
import type { DeviceRule } from './devices.js';
import type { CgroupHost } from './host.js';
import type { Limits } from './limits.js';

/** Where the cgroup of one container is; it need not exist. Also the shape in which metrics are told. */
export interface CgroupPaths {
  /** cgroup v1 controller → absolute directory; several share one where they are mounted together. Empty on a v2 host. */
  readonly controllers: Readonly<Record<string, string>>;
  /** Absolute directory in the cgroup2 mount; absent on a pure v1 host. On a hybrid host both are there. */
  readonly unified?: string;
}

/** Descriptors by which a process that is being born joins a cgroup in microseconds. Close them when it is born. */
export interface Join {
  /** The cgroup2 directory, for CLONE_INTO_CGROUP. */
  readonly cloneInto?: number;
  /** v1 `tasks` files: the child itself, while it is one thread, writes "0" to each. */
  readonly tasks: readonly { readonly name: string; readonly path: string; readonly fd: number }[];
  close(): void;
}

/** What can be told of a cgroup without anyone asking. */
export interface CgroupState {
  /** a living process is in it, or in one inside it */
  readonly populated: boolean;
  readonly frozen: boolean;
  /** processes killed for memory since the cgroup was made; undefined where memory is not accounted */
  readonly oomKills: number | undefined;
}

export interface CgroupWatch {
  close(): void;
}

/** Every method may throw TscontainError; PERMISSION_DENIED and READ_ONLY are those of a tree that is not ours to write. */
export interface CgroupDriver {
  readonly host: CgroupHost;

  /** @param project groups containers, "default" for those without; SUPERVISORS for supervisors */
  paths(project: string, id: string): CgroupPaths;

  /**
   * Makes the cgroup with its limits; what exists already is kept and set anew. Made when the container is created, so
   * that a start need not. After an error nothing is left of it.
   * @param deviceRules the allow list; absent, every device is open (privileged containers, supervisors)
   * @throws TscontainError INVALID_VALUE, CONTROLLER_MISSING, NOT_SUPPORTED, NO_SUCH_PATH
   */
  create(paths: CgroupPaths, limits: Limits, deviceRules?: readonly DeviceRule[]): void;

  /**
   * Opens what a launch needs so that its process is born in the cgroup. Joining this way takes no lock that waits for
   * the other CPUs; writing a pid to cgroup.procs does, and costs 7 to 15 ms when that lock was idle.
   * @throws TscontainError NO_SUCH_PATH where the cgroup was not made
   */
  joinFds(paths: CgroupPaths): Join;

  /** Moves a running process with all its threads: the slow way, for what was not born by a launch program. */
  enter(paths: CgroupPaths, pid: number): void;

  /**
   * Changes limits of a living cgroup; absent fields stay. Memory goes with swap: give mergeLimits(old, change) where an
   * earlier memorySwap is to hold. After an error the earlier limits are in force again.
   * @throws TscontainError as create; INVALID_VALUE also for a memory limit below what is in use and cannot be given back;
   * NO_SUCH_PATH where the cgroup was not made
   */
  update(paths: CgroupPaths, limits: Limits): Promise<void>;

  /** The limits that the kernel says are in force; a field whose controller is not there is absent. */
  readLimits(paths: CgroupPaths): Limits;

  /** Resolves when every process stands still. @throws TscontainError TIMEOUT after thawing again, NO_SUCH_PATH */
  freeze(paths: CgroupPaths): Promise<void>;
  thaw(paths: CgroupPaths): Promise<void>;
  isFrozen(paths: CgroupPaths): boolean;

  /** Sends SIGKILL to everything inside, frozen or forking; they are gone a moment later. Nothing inside is no error. */
  kill(paths: CgroupPaths): Promise<void>;

  /** Signals each process once; one that is born meanwhile may be missed, and a frozen one acts on it when it is thawed. */
  signalAll(paths: CgroupPaths, signal: NodeJS.Signals | number): void;

  /** Pids inside, on the host, in no order; empty where the cgroup is gone. */
  processes(paths: CgroupPaths): number[];

  /**
   * Kills what is left inside and removes the cgroup, those inside it, and the project's when it is empty.
   * @throws TscontainError TIMEOUT with the pids that would not die within 5 s
   */
  remove(paths: CgroupPaths): Promise<void>;

  /** Processes killed for memory since the cgroup was made; undefined where memory is not accounted. */
  oomKills(paths: CgroupPaths): number | undefined;

  /** Calls when the state differs from the last one known, at once on v2; OOM kills on v1 within a second. */
  watch(paths: CgroupPaths, listener: (state: CgroupState) => void): CgroupWatch;
}

/** The project of supervisors; no container's can be called so. */
export const SUPERVISORS = '@supervisors';

/** The directory of ours in every tree. */
export const TOP = 'tscontain';
