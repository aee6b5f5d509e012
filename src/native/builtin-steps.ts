// The steps that every launch has around those it was asked for, and which descriptors a program needs. Pure.
import {
  AT_EMPTY_PATH,
  CLONE_NEWPID,
  CLONE_NEWTIME,
  CLONE_NEWUSER,
  CLONE_PARENT,
  CLOSE_RANGE_CLOEXEC,
  F_SETFD,
  FSCONFIG_SET_FD,
  PR_SET_DUMPABLE,
  SIG_SETMASK,
} from './flags.js';
import type { Program, Step } from './program.js';
import { argumentKinds } from './signatures.js';

/** struct clone_args of clone3(2). */
export interface CloneArgs {
  readonly flags: number | bigint;
  /** What the parent gets when the child ends; must be 0 with CLONE_PARENT, which takes over the caller's own. */
  readonly exitSignal: number;
  /** Where the kernel writes the descriptor that CLONE_PIDFD asks for. */
  readonly pidfdAddress?: bigint;
  /** The cgroup2 directory for CLONE_INTO_CGROUP. */
  readonly cgroupFd?: number;
}

export const cloneArgsBytes = 88;

export function cloneArgs({ flags, exitSignal, pidfdAddress = 0n, cgroupFd = 0 }: CloneArgs): Uint8Array {
  const bytes = Buffer.alloc(cloneArgsBytes);
  bytes.writeBigUInt64LE(BigInt(flags), 0);
  bytes.writeBigUInt64LE(pidfdAddress, 8);
  bytes.writeBigUInt64LE(BigInt(exitSignal), 32);
  bytes.writeBigUInt64LE(BigInt(cgroupFd), 80);
  return bytes;
}

/**
 * A step that forks: the child, which has this process as its parent too, goes on with the steps that follow, in the new
 * namespaces that `namespaces` (CLONE_NEW*) names and in those that setns and unshare chose for children before it.
 */
export function forkStep(name: string, namespaces = 0): Step {
  const args = cloneArgs({ flags: (CLONE_PARENT | namespaces) >>> 0, exitSignal: 0 });
  return { name, call: 'clone3', args: [args, cloneArgsBytes], fork: true };
}

/** Whether a new namespace of this kind needs a fork of its own, after the child has its own memory. */
export function needsFork(namespaces: number): boolean {
  // A user namespace takes away all rights at the next execve, that of the little program; a time namespace is only ever
  // entered by children.
  return (namespaces & (CLONE_NEWUSER | CLONE_NEWTIME)) !== 0;
}

/** The namespaces that clone3 itself makes: only what cannot be had later, for this process sleeps while it does. */
export function namespacesOfClone(namespaces: number): number {
  return needsFork(namespaces) ? 0 : namespaces & CLONE_NEWPID;
}

export const isExecve = (step: Step): boolean => step.call === 'execve' || step.call === 'execveat';

function namespaceSteps(namespaces: number): Program {
  if (needsFork(namespaces)) return [forkStep('make the namespaces', namespaces)];
  const rest = namespaces & ~CLONE_NEWPID;
  return rest === 0 ? [] : [{ name: 'make the namespaces', call: 'unshare', args: [rest] }];
}

/** A program with the steps that every launch begins with, and signals let in again just before execve. */
export interface CompleteProgram {
  readonly steps: Program;
  /** For each of the steps, its index in the program that was asked for; -1 for one of ours. */
  readonly indices: readonly number[];
}

/**
 * Throws RangeError for a program that closes descriptors outright: the pipe that tells of success is among them, and
 * all of them are close-on-exec already.
 */
export function completeProgram(program: Program, namespaces = 0): CompleteProgram {
  const closing = program.find((step) => step.call === 'close_range' && step.args[2] !== CLOSE_RANGE_CLOEXEC);
  if (closing !== undefined)
    throw new RangeError(`step "${closing.name}" must mark with CLOSE_RANGE_CLOEXEC, not close`);
  const before: Program = [
    { name: 'be closed to inspection', call: 'prctl', args: [PR_SET_DUMPABLE, 0, 0, 0, 0] },
    { name: 'leave no descriptor open', call: 'close_range', args: [3, 0xffffffff, CLOSE_RANGE_CLOEXEC] },
    ...namespaceSteps(namespaces),
  ];
  const signals: Step = {
    name: 'let signals in',
    call: 'rt_sigprocmask',
    args: [SIG_SETMASK, new Uint8Array(8), 0, 8],
  };
  const found = program.findIndex(isExecve);
  const end = found < 0 ? program.length : found;
  return {
    steps: [...before, ...program.slice(0, end), signals, ...program.slice(end)],
    indices: [
      ...before.map(() => -1),
      ...Array.from({ length: end }, (_, i) => i),
      -1,
      ...program.slice(end).map((_, i) => end + i),
    ],
  };
}

/** The descriptors that a program names in its arguments, in ascending order, each once; 0, 1 and 2 are always there. */
export function descriptorsOf(program: Program): number[] {
  const found = new Set([0, 1, 2]);
  for (const step of program) {
    const kinds = argumentKinds(step.call);
    for (let i = 0; i < step.args.length; i += 1) {
      const arg = step.args[i];
      if ((kinds[i] === 'fd' || kinds[i] === 'at') && typeof arg === 'number' && arg >= 0) found.add(arg);
      // fsconfig(2): with FSCONFIG_SET_FD the last argument is a descriptor.
      if (step.call === 'fsconfig' && step.args[1] === FSCONFIG_SET_FD && i === 4 && typeof arg === 'number')
        found.add(arg);
    }
  }
  return [...found].sort((a, b) => a - b);
}

/** One more than the highest number that a program duplicates a descriptor to: from there on numbers are free. */
export function firstFreeDescriptor(program: Program): number {
  const targets = program.map((step) => (step.call === 'dup3' && typeof step.args[1] === 'number' ? step.args[1] : 2));
  return Math.max(2, ...targets) + 1;
}

/** What the child does while it borrows our memory: let the descriptors of its program survive, become the little program. */
export function entrySteps(programFd: number, memoryFd: number, keep: readonly number[]): Program {
  return [
    ...keep.map((fd): Step => {
      const args = [fd, F_SETFD, 0];
      return { name: `keep descriptor ${fd}`, call: 'fcntl', args, ...(fd <= 2 && { tolerate: ['EBADF'] }) };
    }),
    {
      name: 'become the launcher',
      call: 'execveat',
      args: [programFd, '', ['tscontain-init', String(memoryFd)], [], AT_EMPTY_PATH],
    },
  ];
}
