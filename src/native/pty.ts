// Pseudo-terminals (pty(7), ioctl_tty(2)): on a devpts of a container's own, inside a container that runs, or on the host.
import { closeSync, fstatSync, openSync } from 'node:fs';
import { SyscallError } from './errno.js';
import { fileSystemOf, openat2, splitDeviceNumber } from './files.js';
import * as flags from './flags.js';
import { syscall } from './kernel.js';
import { createMount } from './mounts.js';

/** Both ends of a terminal, close-on-exec. A process gets the slave by dup3 to 0-2, setsid and TIOCSCTTY. */
export interface Pty {
  readonly masterFd: number;
  readonly slaveFd: number;
}

export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

/** Sets the size; the processes in the terminal's foreground get SIGWINCH if it changed. Either end will do. */
export function setWindowSize(fd: number, { columns, rows }: WindowSize): void {
  const size = Buffer.alloc(8);
  size.writeUInt16LE(rows, 0);
  size.writeUInt16LE(columns, 2);
  syscall('ioctl', fd, flags.TIOCSWINSZ, size);
}

export function getWindowSize(fd: number): WindowSize {
  const size = Buffer.alloc(8);
  syscall('ioctl', fd, flags.TIOCGWINSZ, size);
  return { rows: size.readUInt16LE(0), columns: size.readUInt16LE(2) };
}

const TTYAUX_MAJOR = 5;
const PTMX_MINOR = 2;

/** Opens a new terminal by the `ptmx` of a devpts whose root directory is `devptsFd`. */
function openPtyOn(devptsFd: number, size: WindowSize): Pty {
  // On a devpts nothing can stand but what the kernel put there; NO_XDEV sees to it that nothing is mounted over it.
  const { type } = fileSystemOf(devptsFd);
  if (type !== flags.DEVPTS_SUPER_MAGIC) throw new SyscallError('openat2', ENODEV, '/dev/pts', 'it is no devpts');
  const resolve = flags.RESOLVE_BENEATH | flags.RESOLVE_NO_SYMLINKS | flags.RESOLVE_NO_XDEV;
  const masterFd = openat2(devptsFd, 'ptmx', flags.O_RDWR | flags.O_NOCTTY, 0, resolve);
  try {
    const { major, minor } = splitDeviceNumber(fstatSync(masterFd).rdev);
    if (major !== TTYAUX_MAJOR || minor !== PTMX_MINOR) throw new SyscallError('openat2', ENODEV, '/dev/pts/ptmx');
    return finish(masterFd, size);
  } catch (error) {
    closeSync(masterFd);
    throw error;
  }
}

const ENODEV = 19;

/** Unlocks a new master, sets its size and opens its other end, without a path that somebody could have changed. */
function finish(masterFd: number, size: WindowSize): Pty {
  syscall('ioctl', masterFd, flags.TIOCSPTLCK, Buffer.alloc(4));
  setWindowSize(masterFd, size);
  const slaveFd = syscall('ioctl', masterFd, flags.TIOCGPTPEER, flags.O_RDWR | flags.O_NOCTTY | flags.O_CLOEXEC);
  return { masterFd, slaveFd };
}

export interface DevptsOptions {
  /** The group of the terminals, as the container's user namespace knows it; 5 is `tty` almost everywhere. */
  readonly gid?: number;
}

/** A devpts of its own, mounted nowhere: move_mount it to a container's /dev/pts. Its `ptmx` is for everybody. */
export function createDevpts({ gid = 5 }: DevptsOptions = {}): number {
  const options = [
    ['ptmxmode', '0666'],
    ['mode', '0620'],
    ['gid', String(gid)],
  ] as const;
  return createMount('devpts', options, flags.MOUNT_ATTR_NOSUID | flags.MOUNT_ATTR_NOEXEC);
}

/**
 * A new devpts with one terminal open on it, which will be /dev/pts/0 in the container that it is moved to. Keep `mountFd`
 * to open more. Takes a third of a millisecond.
 */
export function openContainerPty(size: WindowSize, options: DevptsOptions = {}): Pty & { readonly mountFd: number } {
  const mountFd = createDevpts(options);
  try {
    return { mountFd, ...openPtyOn(mountFd, size) };
  } catch (error) {
    closeSync(mountFd);
    throw error;
  }
}

/** One more terminal on a devpts of which a descriptor was kept. */
export function openPtyOnMount(mountFd: number, size: WindowSize): Pty {
  return openPtyOn(mountFd, size);
}

/**
 * A terminal on the /dev/pts of a running container, by the pid of one of its processes. What the container made of its
 * /dev is not trusted: no link is followed, nothing but a devpts is accepted.
 */
export function openPtyIn(pid: number, size: WindowSize): Pty {
  const rootFd = openSync(`/proc/${pid}/root`, flags.O_PATH | flags.O_DIRECTORY | flags.O_CLOEXEC);
  try {
    const resolve = flags.RESOLVE_BENEATH | flags.RESOLVE_NO_SYMLINKS | flags.RESOLVE_NO_MAGICLINKS;
    const devptsFd = openat2(rootFd, 'dev/pts', flags.O_PATH | flags.O_DIRECTORY, 0, resolve);
    try {
      return openPtyOn(devptsFd, size);
    } finally {
      closeSync(devptsFd);
    }
  } finally {
    closeSync(rootFd);
  }
}

/** A terminal on the host's own /dev/ptmx. */
export function openHostPty(size: WindowSize): Pty {
  const masterFd = openSync('/dev/ptmx', flags.O_RDWR | flags.O_NOCTTY | flags.O_CLOEXEC);
  try {
    return finish(masterFd, size);
  } catch (error) {
    closeSync(masterFd);
    throw error;
  }
}
