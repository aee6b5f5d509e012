// What a plan of a launch must know besides the container's configuration: everything that prepare.ts opened, read and
// found out. Plain data, so that a plan can be made, printed and tested without root.
import type { Program } from '../../native/index.js';
import type { DefaultGateway, Interface } from '../network/interfaces.js';
import type { ResolvedUser } from '../rootfs/users.js';

/**
 * Where the three standard streams go: descriptors of this process. An absent one is the container's /dev/null. With a
 * terminal, `mountFd` is its detached devpts (openContainerPty), which becomes the container's /dev/pts.
 */
export type Stdio =
  | { readonly tty: false; readonly stdin?: number; readonly stdout?: number; readonly stderr?: number }
  | { readonly tty: true; readonly slaveFd: number; readonly mountFd?: number };

/** Something that is mounted in the container, and the place where it belongs. */
export interface PlacedMount {
  /** absolute path in the container; links are already resolved as far as they could be seen */
  readonly target: string;
  /**
   * A detached mount, complete with its flags and propagation, or the path of a file of the engine's own on the host, which
   * the new process takes along itself: that is the quicker way, and nothing has to be set on such a mount.
   */
  readonly source: { readonly fd: number } | { readonly path: string };
  /** how many of the target's last components are not there yet */
  readonly missing: number;
  readonly kind: 'directory' | 'file';
}

/** A device node of the host that the container gets too. */
export interface DeviceNode {
  readonly path: string;
  readonly type: 'char' | 'block';
  readonly major: number;
  readonly minor: number;
  /** permission bits */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** How the container sees its own cgroup under /sys/fs/cgroup. */
export type CgroupView =
  | { readonly kind: 'none' }
  | { readonly kind: 'v2' }
  /** one directory of the host for each hierarchy, shown under `name`, which `links` point to */
  | {
      readonly kind: 'v1';
      readonly hierarchies: readonly {
        readonly name: string;
        readonly path: string;
        readonly links: readonly string[];
      }[];
    };

/**
 * Where the container's network is. `plugged` are interfaces that this process makes while the launch goes on: the new one says at
 * `tellFd` that its network namespace is there, and waits at `waitFd` until they are in it.
 */
export type NetworkView =
  | { readonly kind: 'host' }
  | { readonly kind: 'alone' }
  | {
      readonly kind: 'plugged';
      readonly tellFd: number;
      readonly waitFd: number;
      readonly interfaces: readonly Interface[];
      readonly defaults: readonly DefaultGateway[];
    }
  /** the network namespace of another container */
  | { readonly kind: 'shared'; readonly namespaceFd: number };

/** What this process has itself, and so the most that a container can get. */
export interface OwnRights {
  /** bit n is capability n: what it may hand on */
  readonly capabilities: bigint;
  /** the number of the last capability that the kernel knows */
  readonly lastCapability: number;
  /** hard resource limits by their number; -1 is unlimited */
  readonly hardLimits: readonly number[];
  readonly oomScoreAdj: number;
}

export interface ProcessFacts {
  readonly user: ResolvedUser;
  readonly own: OwnRights;
  readonly stdio: Stdio;
  /** Steps that bring the process into its cgroup; none when it is born there. */
  readonly joinCgroup: Program;
}

export interface StartFacts extends ProcessFacts {
  /** the detached mount of the root file system */
  readonly rootFd: number;
  readonly cgroup: CgroupView;
  readonly network: NetworkView;
  /** which of /proc, /sys, /dev the image lacks */
  readonly missingDirectories: readonly string[];
  /** what stands in /proc and /sys on this host and is not for a container */
  readonly masked: { readonly files: readonly string[]; readonly directories: readonly string[] };
  readonly readOnly: readonly string[];
  /** in the order in which they are attached */
  readonly mounts: readonly PlacedMount[];
  readonly devices: readonly DeviceNode[];
  /** where the working directory is or will be, and how many components of that are not there yet */
  readonly workingDir: { readonly path: string; readonly missing: number };
  /** the detached, read-only mount of an init program for `--init` */
  readonly initFd?: number;
}

export interface ExecFacts extends ProcessFacts {
  /** the pidfd of the container's init: its namespaces are entered */
  readonly pidfd: number;
  /** it and everything that it starts are to be ended together (leash.ts) */
  readonly onLeash?: boolean;
}
