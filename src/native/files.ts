// Files where node:fs does not reach: opening below a root without being led out of it, nodes, links below a descriptor, and
// what kind of file system a file lies on.
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_REMOVEDIR,
  AT_SYMLINK_NOFOLLOW,
  O_CLOEXEC,
  RESOLVE_BENEATH,
  RESOLVE_IN_ROOT,
  RESOLVE_NO_MAGICLINKS,
  S_IFCHR,
  S_IFIFO,
} from './flags.js';
import { syscall } from './kernel.js';
import { nameOfBytes } from './names.js';

/** struct open_how of openat2(2). */
function openHow(flags: number, mode: number, resolve: number): Uint8Array {
  const how = Buffer.alloc(24);
  how.writeBigUInt64LE(BigInt(flags >>> 0), 0);
  how.writeBigUInt64LE(BigInt(mode), 8);
  how.writeBigUInt64LE(BigInt(resolve), 16);
  return how;
}

/**
 * openat2(2) below a directory descriptor (or AT_FDCWD); the result is close-on-exec. `resolve` is RESOLVE_*.
 * Throws SyscallError: EXDEV or ELOOP when the path leads where `resolve` forbids.
 */
export function openat2(directoryFd: number, path: string, flags: number, mode: number, resolve: number): number {
  for (;;) {
    try {
      return syscall('openat2', directoryFd, path, openHow(flags | O_CLOEXEC, mode, resolve), 24);
    } catch (error) {
      // The kernel saw a rename while it resolved '..', and asks to be asked again.
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    }
  }
}

/**
 * Opens a path as a process whose root directory is `rootFd` would see it: absolute paths and links begin there, '..' stops
 * there; links of /proc that jump elsewhere are refused. `mode` counts with O_CREAT only.
 */
export function openInRoot(rootFd: number, path: string, flags: number, mode = 0): number {
  return openat2(rootFd, path, flags, mode, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

/** Opens a path below a directory; one that leads out of it, by '..' or by a link, is refused with EXDEV. */
export function openBeneath(directoryFd: number, path: string, flags: number, mode = 0): number {
  return openat2(directoryFd, path, flags, mode, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);
}

/**
 * Opens one name in an open directory (openat(2)); the result is close-on-exec. The name has no "/" and is not "..", and with
 * O_NOFOLLOW it is no link either, so this leads nowhere else and costs less than openat2.
 */
export function openAt(directoryFd: number, name: string, flags: number, mode = 0): number {
  return syscall('openat', directoryFd, name, flags | O_CLOEXEC, mode);
}

/** Makes a directory, relative to a directory descriptor (mkdirat(2)). */
export function mkdirAt(directoryFd: number, name: string, mode: number): void {
  syscall('mkdirat', directoryFd, name, mode);
}

/** Makes a symbolic link `name` that leads to `target` (symlinkat(2)). */
export function symlinkAt(target: string, directoryFd: number, name: string): void {
  syscall('symlinkat', target, directoryFd, name);
}

/** Makes a hard link; a symbolic link is linked to, not followed (linkat(2)). */
export function linkAt(fromFd: number, from: string, toFd: number, to: string): void {
  syscall('linkat', fromFd, from, toFd, to, 0);
}

/** Removes a file, or with `directory` an empty directory (unlinkat(2)). */
export function unlinkAt(directoryFd: number, name: string, { directory = false } = {}): void {
  syscall('unlinkat', directoryFd, name, directory ? AT_REMOVEDIR : 0);
}

/** Renames (renameat2(2)); `flags` is RENAME_*. */
export function renameAt(fromFd: number, from: string, toFd: number, to: string, flags = 0): void {
  syscall('renameat2', fromFd, from, toFd, to, flags);
}

/** Where a symbolic link leads, as it stands, a name as in names.ts (readlinkat(2)). */
export function readlinkAt(directoryFd: number, name: string): string {
  const target = Buffer.alloc(4096);
  return nameOfBytes(target.subarray(0, syscall('readlinkat', directoryFd, name, target, target.length)));
}

/** Changes the owner; -1 leaves one as it is. A link is not followed; '' means the descriptor itself (fchownat(2)). */
export function chownAt(directoryFd: number, name: string, uid: number, gid: number): void {
  syscall('fchownat', directoryFd, name, uid, gid, AT_SYMLINK_NOFOLLOW | (name === '' ? AT_EMPTY_PATH : 0));
}

/** Changes the permission bits; a symbolic link is followed (fchmodat(2)). */
export function chmodAt(directoryFd: number, name: string, mode: number): void {
  syscall('fchmodat', directoryFd, name, mode);
}

/** Two struct timespec, the same memory for every call. */
const times = Buffer.alloc(32);

function layOutTime(ns: bigint, at: number): void {
  const nanos = ((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  times.writeBigInt64LE((ns - nanos) / 1_000_000_000n, at);
  times.writeBigInt64LE(nanos, at + 8);
}

/** Sets access and modification time, in nanoseconds since 1970, without following a link (utimensat(2)). */
export function setTimesAt(directoryFd: number, name: string, accessNs: bigint, modificationNs: bigint): void {
  layOutTime(accessNs, 0);
  layOutTime(modificationNs, 16);
  syscall('utimensat', directoryFd, name, times, AT_SYMLINK_NOFOLLOW);
}

/** The same for an open file, both times alike (futimens(3)). */
export function setTimes(fd: number, ns: bigint): void {
  layOutTime(ns, 0);
  times.copy(times, 16, 0, 16);
  syscall('utimensat', fd, null, times, 0);
}

/** A device number as the kernel takes it (makedev(3)). */
export function deviceNumber(major: number, minor: number): number {
  return (minor & 0xff) + (major & 0xfff) * 0x100 + (minor & 0xfff00) * 0x1000;
}

/** The inverse of deviceNumber, for the rdev of a stat. */
export function splitDeviceNumber(device: number): { major: number; minor: number } {
  const major = Math.floor(device / 0x100) & 0xfff;
  const minor = (device & 0xff) + (Math.floor(device / 0x1000) & 0xfff00);
  return { major, minor };
}

/** Makes a device node, fifo, socket or plain file; `mode` holds its type, S_IF* (mknodat(2)). */
export function mknodAt(directoryFd: number, name: string, mode: number, device = 0): void {
  syscall('mknodat', directoryFd, name, mode, device);
}

/** Makes a named pipe (mkfifo(3)); `mode` less the umask. */
export function mkfifo(path: string, mode = 0o600): void {
  mknodAt(AT_FDCWD, path, S_IFIFO | mode);
}

/** Makes what hides a file of a lower layer from an overlay: a character device 0:0 (overlayfs.rst). */
export function makeWhiteout(directoryFd: number, name: string): void {
  mknodAt(directoryFd, name, S_IFCHR, 0);
}

/** What statfs(2) tells of the file system below an open file: *_MAGIC of flags.ts, and its room in bytes. */
export interface FileSystem {
  readonly type: number;
  readonly blockBytes: number;
  readonly totalBytes: number;
  readonly availableBytes: number;
}

export function fileSystemOf(fd: number): FileSystem {
  const bytes = Buffer.alloc(120);
  syscall('fstatfs', fd, bytes);
  const blockBytes = Number(bytes.readBigInt64LE(8));
  return {
    type: Number(bytes.readBigInt64LE(0)),
    blockBytes,
    totalBytes: Number(bytes.readBigUInt64LE(16)) * blockBytes,
    availableBytes: Number(bytes.readBigUInt64LE(32)) * blockBytes,
  };
}
