// Directories and files of a mounted cgroup tree: making, reading, writing, emptying, removing. The kernel's edge of this folder.
// cgroupfs answers in microseconds, so reads and small writes are synchronous; what must wait for processes is not.
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmdirSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { TscontainError, type ErrorCode } from '../errors.js';

/** The content, or undefined where the file does not exist. */
export function readFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENODEV', 'EOPNOTSUPP')) return undefined;
    throw fileError(error, path);
  }
}

/** Whether there is a cgroup at this path. */
export function isMade(path: string): boolean {
  return existsSync(join(path, 'cgroup.procs'));
}

/** Writes each value with a write(2) of its own, as these files want it. @throws TscontainError */
export function writeFile(path: string, ...values: readonly string[]): void {
  let value: string | undefined;
  try {
    const fd = openSync(path, 'r+');
    try {
      for (value of values) writeSync(fd, value);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw fileError(error, path, value);
  }
}

/** The same for one value, off the event loop: a memory limit takes as long as the kernel needs to free memory. */
export async function writeFileSlowly(path: string, value: string): Promise<void> {
  try {
    const file = await open(path, 'r+');
    try {
      await file.write(value);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError(error, path, value);
  }
}

/** Makes one directory; the ones above it must be there. @returns false where it was there already */
export function makeDirectory(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    if (isErrno(error, 'ENOENT')) throw error;
    throw fileError(error, path);
  }
}

/** Removes a cgroup in which there is nothing. @returns whether it is gone */
export function removeIfEmpty(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return true;
    if (isErrno(error, 'EBUSY', 'ENOTEMPTY')) return false;
    throw fileError(error, path);
  }
}

/** Removes a container's cgroup, with those that the container made inside. @returns whether it is gone */
export function removeDirectory(path: string): boolean {
  if (removeIfEmpty(path)) return true;
  const children = childrenOf(path);
  // Without children it is processes that keep it.
  return children.length > 0 && children.every(removeDirectory) && removeIfEmpty(path);
}

/** Absolute paths of the cgroups directly inside. */
export function childrenOf(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(path, entry.name));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw fileError(error, path);
  }
}

/** Pids of the processes in a cgroup and in all below it. */
export function processesIn(path: string): number[] {
  const pids = (readFile(join(path, 'cgroup.procs')) ?? '').split('\n').filter((line) => line !== '');
  return [...pids.map(Number), ...childrenOf(path).flatMap(processesIn)];
}

/** Signals pids; those that are gone meanwhile do not matter. */
export function signalProcesses(pids: readonly number[], signal: NodeJS.Signals | number): void {
  for (const pid of pids) {
    // cgroup.procs shows a process of a pid namespace outside of ours as 0, and kill(0) would be our own group.
    if (pid <= 0) continue;
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (!isErrno(error, 'ESRCH')) throw error;
    }
  }
}

export function isErrno(error: unknown, ...codes: readonly string[]): error is NodeJS.ErrnoException {
  return error instanceof Error && codes.includes((error as NodeJS.ErrnoException).code ?? '');
}

/** Whether the kernel's answer behind one of our errors was one of these. */
export function kernelAnswered(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof TscontainError && isErrno(error.cause, ...codes);
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  EINVAL: 'INVALID_VALUE',
  ERANGE: 'INVALID_VALUE',
  EOVERFLOW: 'INVALID_VALUE',
  EACCES: 'PERMISSION_DENIED',
  EPERM: 'PERMISSION_DENIED',
  EROFS: 'READ_ONLY',
  ENOENT: 'NOT_SUPPORTED',
  ENODEV: 'NOT_SUPPORTED',
  EOPNOTSUPP: 'NOT_SUPPORTED',
  EAGAIN: 'NO_SPACE',
  ENOSPC: 'NO_SPACE',
  ENOMEM: 'NO_SPACE',
};

/** What the kernel answered about a cgroup file, with the file, the value and what can be done. */
export function fileError(error: unknown, path: string, value?: string): TscontainError {
  if (error instanceof TscontainError) return error;
  const errno = (error as NodeJS.ErrnoException).code ?? String(error);
  const what = value === undefined ? path : `"${value.trim()}" to ${join(basename(dirname(path)), basename(path))}`;
  const isGone = errno === 'ENOENT' && !existsSync(dirname(path));
  return new TscontainError(
    isGone ? 'NO_SUCH_PATH' : (CODES[errno] ?? 'IO_ERROR'),
    `the kernel answered ${errno} for ${what}`,
    {
      cause: error,
      hint: HINTS[errno] ?? `See ${path} and the kernel's documentation of ${basename(path)}.`,
    },
  );
}

const HINTS: Readonly<Record<string, string>> = {
  EACCES: 'Run it as root, where the cgroup tree is mounted writable.',
  EPERM: 'Run it as root, where the cgroup tree is mounted writable.',
  EROFS: 'The cgroup tree is mounted read-only: mount it writable.',
  // What cgroup_mkdir() answers above cgroup.max.descendants.
  EAGAIN: 'The kernel takes no more cgroups here (cgroup.max.descendants): remove some containers.',
  ENOSPC:
    'The kernel takes no more cgroups here (cgroup.max.descendants), or the disk of it is full: remove containers.',
};
