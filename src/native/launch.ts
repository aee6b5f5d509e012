// Starts a process that runs a launch program and ends in execve, and tells which step failed when one did.
//
//   this process                            the child
//   lays the program out in a memfd
//   launch() in trampoline.*.S ── clone3 ──▶ borrows our memory while we sleep in clone3:
//                                           clears close-on-exec of the descriptors that its program names
//   wakes up, back to the event loop ◀────── execveat(sealed memfd): from here on it has memory of its own,
//                                           maps its program, runs step after step
//   end of file on the report pipe ◀──────── execve of what was asked for: close-on-exec closes the pipe
//   reads from the memfd how far it came
import { closeSync, readSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { constants } from 'node:os';
import { completeProgram, descriptorsOf, firstFreeDescriptor, isExecve } from './builtin-steps.js';
import { namespacesOfClone, needsFork, type CompleteProgram } from './builtin-steps.js';
import { cloneChild } from './clone.js';
import { openPipe } from './descriptors.js';
import { MFD_CLOEXEC, P_PIDFD, WEXITED, WNOHANG, WNOWAIT } from './flags.js';
import { rawSyscall, syscall } from './kernel.js';
import { LaunchError } from './launch-error.js';
import { layOut, programAddress, progressBytes, readProgress, readResult, resultBytes } from './program.js';
import type { Program } from './program.js';
import type { SyscallName } from './syscalls.js';
import { onChildExit, waitpid, type ExitStatus } from './wait.js';

export interface LaunchOptions {
  /** New namespaces for the process (CLONE_NEW* of clone(2), or-ed), made before the first step. */
  readonly namespaces?: number;
  /** A cgroup2 directory that the process is born in (CLONE_INTO_CGROUP, clone(2)). */
  readonly cgroupFd?: number;
  /** Take the time after each step (about 0.1 µs a step) and fill in `steps`. */
  readonly timing?: boolean;
  /** Called as soon as the process exists, while it runs its first steps; a `read` step can wait for what is done here. */
  readonly afterClone?: (pid: number) => void;
  /** Descriptors that steps name only inside of text ('/proc/self/fd/7') or structs; those in arguments are found. */
  readonly keep?: readonly number[];
}

export interface LaunchedStep {
  readonly name: string;
  readonly call: SyscallName;
  /** What the kernel answered: a result, or below zero an errno that was tolerated. */
  readonly result: number;
  /** Microseconds from the beginning of the launch to the end of this step. */
  readonly atUs: number;
}

export interface Launched {
  readonly pid: number;
  /** Close-on-exec; the caller closes it. */
  readonly pidfd: number;
  /** With `timing`, every step before execve, those that every launch has among them. */
  readonly steps: readonly LaunchedStep[];
  /** Microseconds that this process slept in clone3. */
  readonly cloneUs: number;
  /** Microseconds from the beginning to the execve of the last step, as seen from here. */
  readonly execUs: number;
}

const microsecondsSince = (begun: bigint): number => Number(process.hrtime.bigint() - begun) / 1000;

/** The processes of one launch: the one that clone3 made and those that fork steps made, the last of which remains. */
class Family {
  readonly #pids: number[];
  #pidfd: number;

  constructor(first: { pid: number; pidfd: number }) {
    this.#pids = [first.pid];
    this.#pidfd = first.pidfd;
  }

  get pid(): number {
    return this.#pids.at(-1)!;
  }

  get pidfd(): number {
    return this.#pidfd;
  }

  /**
   * A fork step reported a new pid. What runs in a container's pid namespace may be in the hands of somebody hostile, so
   * it is not believed: waitid throws ECHILD for a process that is no child of ours.
   */
  add(pid: number): void {
    const pidfd = syscall('pidfd_open', pid, 0);
    try {
      syscall('waitid', P_PIDFD, pidfd, null, WEXITED | WNOHANG | WNOWAIT, null);
    } catch (error) {
      closeSync(pidfd);
      throw error;
    }
    closeSync(this.#pidfd);
    this.#pidfd = pidfd;
    this.#pids.push(pid);
  }

  kill(): void {
    rawSyscall('pidfd_send_signal', this.#pidfd, constants.signals.SIGKILL, null, 0);
  }

  /** Reaps those that only forked; they are past their last instruction. */
  reapIntermediates(): void {
    for (const pid of this.#pids.slice(0, -1)) {
      if (waitpid(pid, { nohang: true }) === undefined) onChildExit(pid, () => undefined);
    }
  }

  /** Waits for the end of the process that remains, reaps it, closes its pidfd. */
  async bury(): Promise<ExitStatus | undefined> {
    this.reapIntermediates();
    closeSync(this.#pidfd);
    return new Promise((resolve) => {
      onChildExit(this.pid, resolve);
    });
  }
}

/** Reads the pids that fork steps report, until end of file. libuv watches the pipe, so no thread waits for it. */
function readReports(pipeFd: number, onPid: (pid: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const pipe = new Socket({ fd: pipeFd, readable: true, writable: false });
    let pending = Buffer.alloc(0);
    pipe.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      try {
        for (; pending.length >= 8; pending = pending.subarray(8)) onPid(Number(pending.readBigInt64LE()));
      } catch (error) {
        pipe.destroy(error as Error);
      }
    });
    pipe.on('end', resolve);
    pipe.on('error', reject);
  });
}

/** Lays the program out, makes the child and closes what only the child needs. */
function begin(program: CompleteProgram, memoryFd: number, options: LaunchOptions) {
  const { namespaces = 0, timing = false, cgroupFd } = options;
  const { readFd, writeFd } = openPipe(firstFreeDescriptor(program.steps));
  try {
    const memory = layOut(program.steps, { address: programAddress, timing, reportFd: writeFd });
    writeSync(memoryFd, memory, 0, memory.length, 0);
    const keep = [...descriptorsOf(program.steps), ...(options.keep ?? []), writeFd, memoryFd];
    const asleep = process.hrtime.bigint();
    const child = cloneChild({ namespaces: namespacesOfClone(namespaces), cgroupFd, memoryFd, keep });
    return { family: new Family(child), reportFd: readFd, cloneUs: microsecondsSince(asleep) };
  } catch (error) {
    closeSync(readFd);
    throw error;
  } finally {
    closeSync(writeFd);
  }
}

/** Which step failed and why, from the program's memory; undefined when it came to its end. */
function failure({ steps }: CompleteProgram, memoryFd: number): { index: number; errno: number } | undefined {
  const memory = Buffer.alloc(resultBytes(steps.length));
  readSync(memoryFd, memory, 0, progressBytes, 0);
  const { index, errno } = readProgress(memory);
  const last = steps.length - 1;
  if (errno !== 0) return { index, errno };
  if (index <= last) return isExecve(steps[index]!) ? undefined : { index, errno };
  if (!isExecve(steps[last]!)) return undefined;
  // Every alternative of execve was tried, and tolerated its failure.
  readSync(memoryFd, memory, 0, memory.length, 0);
  return { index: last, errno: -Number(readResult(memory, last).result) };
}

function timings({ steps }: CompleteProgram, memoryFd: number, begun: bigint): LaunchedStep[] {
  const memory = Buffer.alloc(resultBytes(steps.length));
  readSync(memoryFd, memory, 0, memory.length, 0);
  const done: LaunchedStep[] = [];
  for (const [i, { name, call }] of steps.entries()) {
    const { result, doneAtNs } = readResult(memory, i);
    if (doneAtNs !== 0n) done.push({ name, call, result: Number(result), atUs: Number(doneAtNs - begun) / 1000 });
  }
  return done;
}

/**
 * Starts a process, runs the program in it and resolves when its execve has succeeded. Any number may be under way at once.
 * The caller reaps the process (onChildExit) and closes its pidfd. When it rejects, nothing is left behind.
 * @throws LaunchError for a step that failed, SyscallError when there is no process, RangeError for a program that cannot be
 */
export async function launch(program: Program, options: LaunchOptions = {}): Promise<Launched> {
  const begun = process.hrtime.bigint();
  const complete = completeProgram(program, options.namespaces);
  const memoryFd = syscall('memfd_create', 'program', MFD_CLOEXEC);
  try {
    const { family, reportFd, cloneUs } = begin(complete, memoryFd, options);
    const announce = options.afterClone;
    // With a fork of our own, the process that runs the program is the first that is reported.
    let announced = !needsFork(options.namespaces ?? 0);
    const reports = readReports(reportFd, (pid) => {
      family.add(pid);
      if (!announced) announce?.(pid);
      announced = true;
    });
    try {
      if (announced) announce?.(family.pid);
      await reports;
    } catch (error) {
      family.kill();
      await Promise.allSettled([reports, family.bury()]);
      throw error;
    }
    const execUs = microsecondsSince(begun);
    const failed = failure(complete, memoryFd);
    if (failed !== undefined) {
      const status = await family.bury();
      const step = complete.steps[failed.index]!;
      throw new LaunchError(
        step,
        complete.indices[failed.index]!,
        failed.errno,
        failed.errno === 0 ? status : undefined,
      );
    }
    family.reapIntermediates();
    const steps = options.timing === true ? timings(complete, memoryFd, begun) : [];
    return { pid: family.pid, pidfd: family.pidfd, steps, cloneUs, execUs };
  } finally {
    closeSync(memoryFd);
  }
}
