// What the failure of a launch means to a person: the command is not there, cannot be run, or a step of setting up failed.
import { closeSync, fstatSync } from 'node:fs';
import { LaunchError, O_PATH } from '../../native/index.js';
import { TscontainError } from '../errors.js';
import { openIfThere } from '../rootfs/places.js';
import { fileError } from '../state/file-errors.js';
import { candidates } from './command.js';

export interface Command {
  readonly argv: readonly string[];
  readonly env: readonly string[];
  /** where it was looked for: the container's root, which outlives the failed process */
  readonly rootFd: number;
}

const NOT_THERE = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG']);

type Found = 'nothing' | 'a directory' | 'a file without the right to run' | 'a program';

function look(rootFd: number, path: string): Found {
  let fd: number | undefined;
  try {
    fd = openIfThere(rootFd, path.startsWith('./') ? path.slice(1) : path, O_PATH);
  } catch {
    // Links without end: the kernel's own answer says it.
  }
  if (fd === undefined) return 'nothing';
  try {
    const stat = fstatSync(fd);
    if (stat.isDirectory()) return 'a directory';
    return (stat.mode & 0o111) === 0 ? 'a file without the right to run' : 'a program';
  } finally {
    closeSync(fd);
  }
}

function commandError(error: LaunchError, { argv, env, rootFd }: Command): TscontainError {
  const program = argv[0] ?? '';
  const found = new Set(candidates(program, env).map((path) => look(rootFd, path)));
  const cause = { cause: error };
  if (NOT_THERE.has(error.code) && found.has('a program')) {
    return new TscontainError(
      'COMMAND_NOT_FOUND',
      `"${program}" needs another program to run it, which is not in the container`,
      {
        ...cause,
        hint: 'look at its first line (#!) or, of a binary, at its loader and libraries',
      },
    );
  }
  const stands = [...found].find((what) => what !== 'nothing' && what !== 'a program');
  if (NOT_THERE.has(error.code) && stands === undefined) {
    return new TscontainError('COMMAND_NOT_FOUND', `there is no command "${program}" in the container`, {
      ...cause,
      hint: program.includes('/')
        ? 'look whether the path is right'
        : 'look whether its PATH has it, or give the whole path',
    });
  }
  const reason = stands === undefined ? error.code : `it is ${stands}`;
  return new TscontainError('COMMAND_NOT_EXECUTABLE', `"${program}" cannot be run in the container: ${reason}`, {
    ...cause,
    hint:
      error.code === 'ENOEXEC'
        ? 'it may be for another architecture, or a script without a #! line'
        : 'it must be a program that its user may run',
  });
}

export function explainFailure(error: unknown, doing: string, command: Command): TscontainError {
  if (!(error instanceof LaunchError)) return fileError(error, doing);
  if (error.step.call === 'execve' || error.step.call === 'execveat') return commandError(error, command);
  return new TscontainError('LAUNCH_FAILED', `cannot ${doing}: ${error.message}`, { cause: error });
}

/** Docker's exit codes for a program that never ran: 127 not found, 126 cannot be run, 128 anything else. */
export function exitCodeOfFailure(error: TscontainError): number {
  if (error.code === 'COMMAND_NOT_FOUND') return 127;
  return error.code === 'COMMAND_NOT_EXECUTABLE' ? 126 : 128;
}
