// Processes by descriptors, which unlike numbers never come to mean another process (pidfd_open(2)).
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { SyscallError } from './errno.js';
import { PR_SET_CHILD_SUBREAPER } from './flags.js';
import { rawSyscall, syscall } from './kernel.js';
import { decodeWaitStatus, type ExitStatus } from './wait.js';

/** A descriptor of a process, close-on-exec. Throws SyscallError ESRCH when there is none. */
export function pidfdOpen(pid: number): number {
  return syscall('pidfd_open', pid, 0);
}

/**
 * Sends a signal, by number. Tells whether the process was still there to get it.
 * Throws SyscallError for anything else, EPERM for one.
 */
export function pidfdSendSignal(pidfd: number, signal: number): boolean {
  const result = Number(rawSyscall('pidfd_send_signal', pidfd, signal, null, 0));
  if (result === 0) return true;
  if (result === -constants.errno.ESRCH) return false;
  throw new SyscallError('pidfd_send_signal', -result);
}

const POLLIN = 1;

/** Whether the process has ended, be it reaped or not. Never blocks. */
export function pidfdHasExited(pidfd: number): boolean {
  const pollfd = Buffer.alloc(8);
  pollfd.writeInt32LE(pidfd, 0);
  pollfd.writeInt16LE(POLLIN, 4);
  const noTime = Buffer.alloc(16);
  for (;;) {
    const found = Number(rawSyscall('ppoll', pollfd, 1, noTime, null, 8));
    if (found >= 0) return found === 1 && (pollfd.readInt16LE(6) & POLLIN) !== 0;
    // Though it does not wait, a signal that comes just then, of a child that ends, interrupts it.
    if (found !== -constants.errno.EINTR) throw new SyscallError('ppoll', -found);
  }
}

/** The fields of /proc/PID/stat from the third on (proc_pid_stat(5)); undefined when there is no such process. */
function statFields(pid: number): string[] | undefined {
  let text;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The second field is the program's name in parentheses, which may hold anything, ") " included.
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

const field = (fields: readonly string[], number: number): number => Number(fields[number - 3]);

/**
 * When a process began, in clock ticks since boot. With the pid it says which process is meant, also after this program
 * has been started again; undefined when there is none.
 */
export function startTimeOf(pid: number): number | undefined {
  const fields = statFields(pid);
  return fields === undefined ? undefined : field(fields, 22);
}

/** The pid of its parent; undefined when there is no such process. */
export function parentOf(pid: number): number | undefined {
  const fields = statFields(pid);
  return fields === undefined ? undefined : field(fields, 4);
}

/**
 * Whether exactly this process, by its pid and its start time, still runs. One that was killed and not reaped yet does not,
 * although it still has both.
 */
export function processRuns(pid: number, startTime: number): boolean {
  const fields = statFields(pid);
  return fields !== undefined && field(fields, 22) === startTime && !['Z', 'X', 'x'].includes(fields[0]!);
}

// struct pidfd_info and its ioctl (include/uapi/linux/pidfd.h)
const PIDFD_GET_INFO = 0xc040ff0b;
const PIDFD_INFO_EXIT = 8n;
const info = { bytes: 64, mask: 0, exitCode: 60 };

/** Asks a pidfd for an exit status: undefined while the process runs. Throws SyscallError ENOTTY before Linux 6.15. */
export function pidfdExitStatus(pidfd: number): ExitStatus | undefined {
  const answer = Buffer.alloc(info.bytes);
  answer.writeBigUInt64LE(PIDFD_INFO_EXIT, info.mask);
  syscall('ioctl', pidfd, PIDFD_GET_INFO, answer);
  const known = (answer.readBigUInt64LE(info.mask) & PIDFD_INFO_EXIT) !== 0n;
  return known ? decodeWaitStatus(answer.readInt32LE(info.exitCode)) : undefined;
}

/** The same, and undefined where the kernel keeps none. */
function keptStatus(pidfd: number): ExitStatus | undefined {
  try {
    return pidfdExitStatus(pidfd);
  } catch (error) {
    // A kernel that does not know the request, or knows it and keeps no exit status.
    if (error instanceof SyscallError && ['ENOTTY', 'EINVAL', 'ESRCH'].includes(error.code)) return undefined;
    throw error;
  }
}

/**
 * How a process that is not our child ended, where the kernel tells: while nobody has reaped it, from /proc; afterwards,
 * since Linux 6.15, from a pidfd that was opened before. undefined while it runs and where neither answers.
 */
export function exitStatusOf(pid: number, pidfd?: number): ExitStatus | undefined {
  if (pidfd !== undefined) {
    if (!pidfdHasExited(pidfd)) return undefined;
    const kept = keptStatus(pidfd);
    if (kept !== undefined) return kept;
  }
  const fields = statFields(pid);
  return fields?.[0] === 'Z' ? decodeWaitStatus(field(fields, 52)) : undefined;
}

/** Makes this process the parent of all its descendants whose own parent dies (PR_SET_CHILD_SUBREAPER, prctl(2)). */
export function setChildSubreaper(on = true): void {
  syscall('prctl', PR_SET_CHILD_SUBREAPER, on ? 1 : 0, 0, 0, 0);
}
