// What a failed file operation in the state directory means to a person.
import { TscontainError, type ErrorCode } from '../errors.js';

const MEANINGS: Readonly<Record<string, { code: ErrorCode; hint: string }>> = {
  ENOSPC: { code: 'NO_SPACE', hint: 'free some space on that file system and try again' },
  EDQUOT: { code: 'NO_SPACE', hint: 'the quota of that file system is used up: raise it or free some space' },
  EROFS: { code: 'READ_ONLY', hint: 'choose a writable directory with --root, or mount it read-write' },
  EACCES: { code: 'PERMISSION_DENIED', hint: 'run it as root, or choose a directory of yours with --root' },
  EPERM: { code: 'PERMISSION_DENIED', hint: 'run it as root, or choose a directory of yours with --root' },
  ENOTDIR: { code: 'INVALID_VALUE', hint: 'choose a directory with --root' },
  ENAMETOOLONG: { code: 'INVALID_VALUE', hint: 'choose a shorter path with --root' },
  EMFILE: { code: 'IO_ERROR', hint: 'raise the limit of open files (ulimit -n)' },
};

export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/**
 * The error to throw when `doing` ("write the state of container web") failed. Our own errors pass unchanged.
 * The path is taken from the error, because it knows which of several files it was.
 */
export function fileError(error: unknown, doing: string): TscontainError {
  if (error instanceof TscontainError) return error;
  const errno = errnoOf(error);
  const meaning = errno === undefined ? undefined : MEANINGS[errno];
  const path = error instanceof Error && 'path' in error && typeof error.path === 'string' ? ` (${error.path})` : '';
  const said = errno ?? (error instanceof Error ? error.message : String(error));
  return new TscontainError(meaning?.code ?? 'IO_ERROR', `cannot ${doing}: ${said}${path}`, {
    cause: error,
    ...(meaning === undefined ? {} : { hint: meaning.hint }),
  });
}
