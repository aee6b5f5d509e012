// The closed set of things that can go wrong, as a person and as a program see them.
import { inspect } from 'node:util';

export const ERROR_CODES = [
  /** a flag, unit, name, path or field that cannot be right */
  'INVALID_VALUE',
  'NO_SUCH_CONTAINER',
  /** an id prefix that fits several containers */
  'AMBIGUOUS_ID',
  'NAME_IN_USE',
  'NO_SUCH_IMAGE',
  'IMAGE_IN_USE',
  'NO_SUCH_VOLUME',
  /** a container has it, though it may not run, or may have been removed and be kept */
  'VOLUME_IN_USE',
  'NO_SUCH_NETWORK',
  /** somebody is on it */
  'NETWORK_IN_USE',
  /** an address is another's, all of them are, or a subnet overlaps what the host reaches already */
  'ADDRESS_IN_USE',
  /** of the host: somebody listens there */
  'PORT_IN_USE',
  /** content is not what its digest or its size says */
  'DIGEST_MISMATCH',
  /** it cannot be reached, there is none of that name, or its certificate is not trusted */
  'NO_SUCH_REGISTRY',
  /** a registry, or who gives out its tokens, does not let us */
  'UNAUTHORIZED',
  /** the move is not in the table of states.ts */
  'ILLEGAL_STATE',
  /** the program to run does not exist in the container: exit code 127 */
  'COMMAND_NOT_FOUND',
  /** the program is there and cannot be run (EACCES, a directory, a wrong format): exit code 126 */
  'COMMAND_NOT_EXECUTABLE',
  /** a step of the launch failed; the cause is the SyscallError that names it */
  'LAUNCH_FAILED',
  'CONTROLLER_MISSING',
  /** the kernel or this host cannot do it */
  'NOT_SUPPORTED',
  'NOT_ROOT',
  'PERMISSION_DENIED',
  'NO_SUCH_PATH',
  'NO_SPACE',
  'READ_ONLY',
  'STATE_CORRUPT',
  'SUPERVISOR_FAILED',
  /** a step of a build failed, or the build was stopped */
  'BUILD_FAILED',
  'TIMEOUT',
  'IO_ERROR',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** What is wrong with one field of a spec: "name", "limits.memory", "mounts[0].source", "env[2]". */
export interface Problem {
  readonly field: string;
  /** one sentence with the value and what would be right */
  readonly message: string;
}

/** A failure that a person can act on. `message` holds the value involved; `hint` is one sentence that says what to do. */
export class TscontainError extends Error {
  override readonly name = 'TscontainError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  /** Of INVALID_VALUE for a spec: each fault beside its field, for forms. */
  readonly problems: readonly Problem[];

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; hint?: string; problems?: readonly Problem[] } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.problems = options.problems ?? [];
  }

  /** The form in which it crosses a supervisor's socket. */
  toJSON(): { code: ErrorCode; message: string; hint?: string; cause?: string } {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.cause === undefined
        ? {}
        : { cause: this.cause instanceof Error ? this.cause.message : inspect(this.cause) }),
    };
  }
}

export function isTscontainError(error: unknown, code?: ErrorCode): error is TscontainError {
  return error instanceof TscontainError && (code === undefined || error.code === code);
}
