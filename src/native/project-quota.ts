// Project quotas: what all files below a directory take together, counted by the file system itself, and how much that may be at
// most (quotactl(2), "Project quota" of xfs_quota(8) and ext4(5)). Where they are not to be had, every answer here is undefined.
import { errnoNumber, SyscallError } from './errno.js';
import {
  FS_IOC_FSGETXATTR,
  FS_IOC_FSSETXATTR,
  FS_XFLAG_PROJINHERIT,
  PRJQUOTA,
  Q_GETQUOTA,
  Q_SETQUOTA,
  QIF_BLIMITS,
} from './flags.js';
import { rawSyscall } from './kernel.js';

export interface Quota {
  /** bytes and files that the project has */
  readonly usedBytes: number;
  readonly files: number;
  /** bytes; 0 is no limit */
  readonly limitBytes: number;
}

/** struct fsxattr: flags at 0, project at 12. */
const FSXATTR_BYTES = 28;
const PROJECT_AT = 12;
/** struct if_dqblk: hard limit at 0, bytes at 16, files at 40, what is valid at 64. */
const DQBLK_BYTES = 72;
/** Of its limits (QIF_DQBLKSIZE). */
const BLOCK_BYTES = 1024;

/** What a file system or a kernel answers that has none, or has them switched off. */
const HAS_NONE = new Set(['ENOTTY', 'EOPNOTSUPP', 'ENOSYS', 'ESRCH', 'EINVAL', 'ENODEV', 'EPERM'].map(errnoNumber));
const ENOENT = errnoNumber('ENOENT');

/** @returns undefined where there are none */
function ask(call: 'ioctl' | 'quotactl_fd', fd: number, ...rest: (number | Uint8Array)[]): number | undefined {
  const result = Number(rawSyscall(call, fd, ...rest));
  if (result >= 0) return result;
  if (HAS_NONE.has(-result)) return undefined;
  throw new SyscallError(call, -result);
}

/** The project of an open file; 0 is none. @throws SyscallError */
export function projectOf(fd: number): number | undefined {
  const attributes = Buffer.alloc(FSXATTR_BYTES);
  if (ask('ioctl', fd, FS_IOC_FSGETXATTR, attributes) === undefined) return undefined;
  return attributes.readUInt32LE(PROJECT_AT);
}

/** Gives an open directory to a project, and with it all that will be made in it. @returns whether that can be here */
export function setProject(fd: number, project: number): boolean {
  const attributes = Buffer.alloc(FSXATTR_BYTES);
  if (ask('ioctl', fd, FS_IOC_FSGETXATTR, attributes) === undefined) return false;
  attributes.writeUInt32LE((attributes.readUInt32LE(0) | FS_XFLAG_PROJINHERIT) >>> 0, 0);
  attributes.writeUInt32LE(project, PROJECT_AT);
  return ask('ioctl', fd, FS_IOC_FSSETXATTR, attributes) !== undefined;
}

const command = (what: number): number => what * 0x100 + PRJQUOTA;

/** What a project of the file system below an open file has. @throws SyscallError */
export function projectQuota(fd: number, project: number): Quota | undefined {
  const block = Buffer.alloc(DQBLK_BYTES);
  const result = Number(rawSyscall('quotactl_fd', fd, command(Q_GETQUOTA), project, block));
  // XFS knows only of projects that have something.
  if (result === -ENOENT) return { usedBytes: 0, files: 0, limitBytes: 0 };
  if (result < 0) {
    if (HAS_NONE.has(-result)) return undefined;
    throw new SyscallError('quotactl_fd', -result);
  }
  return {
    usedBytes: Number(block.readBigUInt64LE(16)),
    files: Number(block.readBigUInt64LE(40)),
    limitBytes: Number(block.readBigUInt64LE(0)) * BLOCK_BYTES,
  };
}

/** Whether the file system below an open file counts by project. */
export function hasProjectQuota(fd: number): boolean {
  return projectOf(fd) !== undefined && projectQuota(fd, 0) !== undefined;
}

/** The most that a project may have, bytes; 0 is no limit. @returns whether that can be here @throws SyscallError */
export function setProjectLimit(fd: number, project: number, bytes: number): boolean {
  const block = Buffer.alloc(DQBLK_BYTES);
  const blocks = BigInt(Math.ceil(bytes / BLOCK_BYTES));
  block.writeBigUInt64LE(blocks, 0);
  block.writeBigUInt64LE(blocks, 8);
  block.writeUInt32LE(QIF_BLIMITS, 64);
  return ask('quotactl_fd', fd, command(Q_SETQUOTA), project, block) !== undefined;
}
