// clone3 and what the child does while it still borrows this process's memory.
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { cloneArgs, cloneArgsBytes, entrySteps } from './builtin-steps.js';
import { SyscallError } from './errno.js';
import { CLONE_INTO_CGROUP, CLONE_PIDFD, CLONE_VFORK, CLONE_VM } from './flags.js';
import { koffi } from './kernel.js';
import { LaunchError } from './launch-error.js';
import { layOut, readProgress } from './program.js';
import { trampoline } from './trampoline.js';
import { waitpid } from './wait.js';

/** What lies where in the memory that the child borrows: struct clone_args, the pidfd, the entry steps. */
const at = { cloneArgs: 0, pidfd: 128, steps: 192, end: 65536 };

let borrowed: { readonly bytes: Buffer; readonly address: bigint } | undefined;

/** One piece for all launches: it is in use only while this process sleeps in clone3. */
function borrowedMemory(): { readonly bytes: Buffer; readonly address: bigint } {
  if (borrowed === undefined) {
    const bytes = Buffer.allocUnsafeSlow(at.end);
    borrowed = { bytes, address: koffi().address(bytes) };
  }
  return borrowed;
}

export interface CloneRequest {
  /** The namespaces that clone3 itself makes. */
  readonly namespaces: number;
  readonly cgroupFd: number | undefined;
  /** The memfd of the program. */
  readonly memoryFd: number;
  /** The descriptors that the child needs. */
  readonly keep: readonly number[];
}

/**
 * Makes the child; returns when it has memory of its own and runs its program.
 * Throws SyscallError of clone3, LaunchError of an entry step, RangeError for more descriptors than there is room for.
 */
export function cloneChild(request: CloneRequest): { pid: number; pidfd: number } {
  const { bytes, address } = borrowedMemory();
  const { programFd, launch } = trampoline();
  const steps = entrySteps(programFd, request.memoryFd, request.keep);
  const table = layOut(steps, { address: address + BigInt(at.steps) });
  if (table.length > at.end - at.steps)
    throw new RangeError(`a program cannot name ${request.keep.length} descriptors`);
  table.copy(bytes, at.steps);
  const flags = BigInt((CLONE_VM | CLONE_VFORK | CLONE_PIDFD | request.namespaces) >>> 0);
  const args = cloneArgs({
    flags: request.cgroupFd === undefined ? flags : flags | CLONE_INTO_CGROUP,
    exitSignal: constants.signals.SIGCHLD,
    pidfdAddress: address + BigInt(at.pidfd),
    cgroupFd: request.cgroupFd ?? 0,
  });
  bytes.set(args, at.cloneArgs);
  const pid = launch(bytes, cloneArgsBytes, bytes.subarray(at.steps));
  if (pid < 0) throw new SyscallError('clone3', -pid);
  const pidfd = bytes.readInt32LE(at.pidfd);
  const { index, errno } = readProgress(bytes.subarray(at.steps));
  if (errno === 0) return { pid, pidfd };
  closeSync(pidfd);
  waitpid(pid);
  throw new LaunchError(steps[index]!, -1, errno);
}
