// Exit codes as docker's: 125 the engine could not do it, 126 the command could not be run, 127 it was not found.
import { BuildError, isTscontainError } from '../engine/index.js';

export const EXIT = {
  ok: 0,
  failed: 1,
  /** run, create, start, exec: the error is the engine's, not the command's */
  engine: 125,
  notExecutable: 126,
  notFound: 127,
} as const;

/**
 * The code for an error that ends a command.
 * @param error what was thrown
 * @param fallback EXIT.engine for commands that otherwise hand on a container's own exit code, EXIT.failed for the rest
 */
export function exitCodeFor(error: unknown, fallback: number): number {
  if (isTscontainError(error, 'COMMAND_NOT_FOUND')) return EXIT.notFound;
  if (isTscontainError(error, 'COMMAND_NOT_EXECUTABLE')) return EXIT.notExecutable;
  // That of the RUN that failed.
  if (error instanceof BuildError && error.exitCode !== undefined && error.exitCode > 0) return error.exitCode;
  return fallback;
}
