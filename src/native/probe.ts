// What this kernel allows, found out by trying it, not by reading its version: for `doctor`, and for sentences that say why
// something cannot be done. Leaves nothing behind.
import { closeSync, openSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { capabilitiesOf, capabilityName, lastCapability } from './capabilities.js';
import { openInRoot } from './files.js';
import * as flags from './flags.js';
import { syscall } from './kernel.js';
import { launch, type LaunchOptions } from './launch.js';
import { readMounts } from './mountinfo.js';
import { createMount, createOverlay, setMountAttributes } from './mounts.js';
import { pidfdExitStatus, pidfdHasExited, pidfdOpen } from './pidfd.js';
import type { Program } from './program.js';
import { createDevpts } from './pty.js';
import { architecture } from './syscalls.js';
import { onChildExit } from './wait.js';

export interface Finding {
  readonly available: boolean;
  /** What it is needed for when it is there, why it is not when it is not: a clause for people. */
  readonly detail: string;
}

/** What is tried. Each is one line of `doctor`. */
export type Ability =
  | 'architecture'
  | 'launch'
  | 'pid namespace'
  | 'mount namespace'
  | 'network namespace'
  | 'uts namespace'
  | 'ipc namespace'
  | 'cgroup namespace'
  | 'user namespace'
  | 'time namespace'
  | 'new mount API'
  | 'overlay'
  | 'overlay, layer by layer'
  | 'devpts'
  | 'openat2'
  | 'pidfd'
  | 'pidfd exit status'
  | 'clone into cgroup'
  | 'seccomp filters'
  | 'pressure'
  | 'capabilities';

export interface KernelProbe {
  /** uname -r */
  readonly release: string;
  readonly abilities: Readonly<Record<Ability, Finding>>;
  /** The cgroup v1 controllers (and 'name=…' hierarchies) with where each is mounted. */
  readonly cgroup1: Readonly<Record<string, string>>;
  /** The cgroup2 mount and the controllers it has for us; undefined where none is mounted. */
  readonly cgroup2: { readonly path: string; readonly controllers: readonly string[] } | undefined;
  /** The capabilities that this process lacks. */
  readonly missingCapabilities: readonly string[];
}

type Attempt = () => unknown;

/** Launches a program that has no execve, so it ends of itself, and waits for that. */
async function attemptLaunch(options: LaunchOptions, program: Program = []): Promise<void> {
  const { pid, pidfd } = await launch(program, options);
  closeSync(pidfd);
  await new Promise((resolve) => {
    onChildExit(pid, resolve);
  });
}

const closing = (fd: number): void => closeSync(fd);

function tryMounts(): void {
  const fd = createMount('tmpfs', [['size', '64k']]);
  try {
    setMountAttributes(fd, '', { set: flags.MOUNT_ATTR_RDONLY });
  } finally {
    closeSync(fd);
  }
}

function tryPidfd(attempt: (pidfd: number) => unknown): void {
  const pidfd = pidfdOpen(process.pid);
  try {
    attempt(pidfd);
  } finally {
    closeSync(pidfd);
  }
}

function tryOpenat2(): void {
  const rootFd = openSync('/', flags.O_PATH | flags.O_DIRECTORY | flags.O_CLOEXEC);
  try {
    closeSync(openInRoot(rootFd, '/../proc', flags.O_PATH));
  } finally {
    closeSync(rootFd);
  }
}

/** The cgroup2 mount; undefined where there is none. */
function findCgroup2(): KernelProbe['cgroup2'] {
  const mount = readMounts().findLast(({ type }) => type === 'cgroup2');
  if (mount === undefined) return undefined;
  const controllers = readFileSync(`${mount.mountPoint}/cgroup.controllers`, 'utf8').trim();
  return { path: mount.mountPoint, controllers: controllers === '' ? [] : controllers.split(' ') };
}

function findCgroup1(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { type, superOptions, mountPoint } of readMounts()) {
    if (type !== 'cgroup') continue;
    for (const option of superOptions)
      if (!/^(rw|ro|xattr|noprefix|clone_children|release_agent=.*)$/.test(option)) found[option] = mountPoint;
  }
  return found;
}

/** Born in the cgroup that this process is in already, so nothing has to be made. */
async function tryCloneIntoCgroup(): Promise<void> {
  const mount = findCgroup2();
  if (mount === undefined) throw new Error('no cgroup2 is mounted');
  const own = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '/';
  const cgroupFd = openSync(`${mount.path}${own}`, flags.O_PATH | flags.O_DIRECTORY | flags.O_CLOEXEC);
  try {
    await attemptLaunch({ cgroupFd });
  } finally {
    closeSync(cgroupFd);
  }
}

const SECCOMP_RET_ERRNO = 0x50000;

function trySeccomp(): void {
  const action = Buffer.alloc(4);
  action.writeUInt32LE(SECCOMP_RET_ERRNO);
  syscall('seccomp', flags.SECCOMP_GET_ACTION_AVAIL, 0, action);
}

function missingCapabilities(): string[] {
  const status = readFileSync('/proc/self/status', 'utf8');
  const own = new Set(capabilitiesOf(BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`)));
  const all = Array.from({ length: lastCapability() + 1 }, (_, number) => capabilityName(number));
  return all.filter((name) => !own.has(name));
}

function tryCapabilities(): void {
  const missing = missingCapabilities();
  if (missing.length > 0) throw new Error(`root lacks ${missing.join(', ')} here`);
}

const namespace =
  (flag: number): Attempt =>
  () =>
    attemptLaunch({ namespaces: flag });

/** Each ability with what it is for, and how it is tried. */
const attempts: Readonly<Record<Ability, readonly [purpose: string, attempt: Attempt]>> = {
  architecture: ['the machine code that starts containers', () => architecture()],
  launch: ['starting a process: clone3, and a sealed memfd that may be executed', () => attemptLaunch({})],
  'pid namespace': ['a container has processes of its own', namespace(flags.CLONE_NEWPID)],
  'mount namespace': ['a container has files of its own', namespace(flags.CLONE_NEWNS)],
  'network namespace': ['a container has a network of its own', namespace(flags.CLONE_NEWNET)],
  'uts namespace': ['a container has a host name of its own', namespace(flags.CLONE_NEWUTS)],
  'ipc namespace': ['a container has shared memory of its own', namespace(flags.CLONE_NEWIPC)],
  'cgroup namespace': ['a container sees its own cgroup only', namespace(flags.CLONE_NEWCGROUP)],
  'user namespace': ['root in a container is nobody outside', namespace(flags.CLONE_NEWUSER)],
  'time namespace': ['a container has clocks of its own', namespace(flags.CLONE_NEWTIME)],
  'new mount API': ['mounts that the host never sees (Linux 5.12)', tryMounts],
  overlay: ['an image and its changes as one file system', () => closing(createOverlay({ lower: ['/usr', '/etc'] }))],
  'overlay, layer by layer': [
    'images of many layers (Linux 6.8)',
    () => closing(createMount('overlay', [['lowerdir+', '/usr'], ['lowerdir+', '/etc']])), // prettier-ignore
  ],
  devpts: ['terminals of a container’s own', () => closing(createDevpts())],
  openat2: ['opening files of a container without being led out of it (Linux 5.6)', tryOpenat2],
  pidfd: ['knowing a process for certain (Linux 5.3)', () => tryPidfd(pidfdHasExited)],
  'pidfd exit status': ['exit codes after a supervisor died (Linux 6.15)', () => tryPidfd(pidfdExitStatus)],
  'clone into cgroup': ['a process is born in its cgroup (Linux 5.7, cgroup2)', tryCloneIntoCgroup],
  'seccomp filters': ['limiting the system calls of a container', trySeccomp],
  pressure: ['how much a container waits (PSI)', () => readFileSync('/proc/pressure/cpu')],
  capabilities: ['root may do all that root can', tryCapabilities],
};

async function find([purpose, attempt]: readonly [string, Attempt]): Promise<Finding> {
  try {
    await attempt();
    return { available: true, detail: purpose };
  } catch (error) {
    return { available: false, detail: `${purpose}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** The answer of `attempt`, or `otherwise` where the files it reads are not there. */
function orElse<T>(attempt: () => T, otherwise: T): T {
  try {
    return attempt();
  } catch {
    return otherwise;
  }
}

/** Tries everything; takes some 20 ms. Never rejects: what cannot be found out is not available, with the reason. */
export async function probeKernel(): Promise<KernelProbe> {
  const findings: [string, Finding][] = [];
  for (const [ability, attempt] of Object.entries(attempts)) findings.push([ability, await find(attempt)]);
  return {
    release: release(),
    abilities: Object.fromEntries(findings) as Record<Ability, Finding>,
    cgroup1: orElse(findCgroup1, {}),
    cgroup2: orElse(findCgroup2, undefined),
    missingCapabilities: orElse(missingCapabilities, []),
  };
}
