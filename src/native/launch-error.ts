// The error of a launch: which step, why, and what a person can do.
import { errnoMeaning, errnoName, SyscallError } from './errno.js';
import { printable } from './printable.js';
import type { Step } from './program.js';
import type { ExitStatus } from './wait.js';

/** A step of a launch program failed, or the process was killed in it (errno 0, code 'KILLED', `status` says how). */
export class LaunchError extends SyscallError {
  readonly step: Step;
  /** Where the step stands in the program that was asked for; -1 for one of those that every launch has. */
  readonly index: number;
  override readonly code: string;
  declare readonly status?: ExitStatus;

  constructor(step: Step, index: number, errno: number, status?: ExitStatus) {
    const path = step.args.find((arg): arg is string => typeof arg === 'string' && arg !== '');
    const call = path === undefined ? step.call : `${step.call} ${printable(path)}`;
    const why =
      errno === 0 ? `the process ended in it (${describe(status)})` : `${errnoName(errno)}, ${errnoMeaning(errno)}`;
    super(step.call, errno, path, `${step.name}: ${call}: ${why}${step.hint === undefined ? '' : `. ${step.hint}`}`);
    this.name = 'LaunchError';
    this.step = step;
    this.index = index;
    this.code = errno === 0 ? 'KILLED' : errnoName(errno);
    if (status !== undefined) this.status = status;
  }
}

function describe(status: ExitStatus | undefined): string {
  if (status === undefined) return 'how is not known';
  return 'signal' in status ? status.signal : `exit code ${status.code}`;
}
