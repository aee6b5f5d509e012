// What a container has changed in its files: read from its writable layer, compared with the layers of the image below.
// Tests: test/container/rootfs-diff.test.ts.
import { closeSync, fstatSync, openSync, type Stats } from 'node:fs';
import { O_CLOEXEC, O_DIRECTORY, O_PATH, O_RDONLY } from '../../native/index.js';
import { ETC_FILES } from '../launch/etc-files.js';
import type { Change } from '../model.js';
import { isCopy, visibleLayers, type RootDirectories } from './overlay.js';
import { namesIn, openEntry } from './walk.js';
import { isOpaque, isWhiteout } from './whiteouts.js';

/** Directories that the launch makes when the image has none, and files that it makes to mount its own over. */
const MADE_BY_LAUNCH = new Set(['/proc', '/sys', '/dev', ...ETC_FILES.map((file) => `/etc/${file}`)]);

/** The directories of the layers that are at one path, the uppermost first; a layer that has none there is left out. */
type Lower = readonly number[];

/** Every change, parents before children. @throws node:fs errors, SyscallError */
export function changesOf(directories: RootDirectories): Change[] {
  const lower = [...visibleLayers(directories.layers)]
    .reverse()
    .map((path) => openSync(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  try {
    const upper = openSync(directories.upper, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    try {
      const changes = isCopy(directories) ? compare(upper, lower, '') : readLayer(upper, lower, '');
      return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
    } finally {
      closeSync(upper);
    }
  } finally {
    for (const fd of lower) closeSync(fd);
  }
}

function statOf(directoryFd: number, name: string): Stats | undefined {
  const fd = openEntry(directoryFd, name, O_PATH);
  if (fd === undefined) return undefined;
  try {
    return fstatSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** What a name is in the layers together. */
function below(lower: Lower, name: string): Stats | undefined {
  for (const fd of lower) {
    const stat = statOf(fd, name);
    if (stat !== undefined) return isWhiteout(stat) ? undefined : stat;
  }
  return undefined;
}

/** Opens a directory in every layer that has it, down to the one that hides those below it. */
function withLower<T>(lower: Lower, name: string, action: (lower: Lower) => T): T {
  const opened: number[] = [];
  try {
    for (const fd of lower) {
      const stat = statOf(fd, name);
      if (stat === undefined) continue;
      if (!stat.isDirectory()) break;
      const child = openEntry(fd, name, O_RDONLY | O_DIRECTORY);
      if (child === undefined) break;
      opened.push(child);
      if (isOpaque(child)) break;
    }
    return action(opened);
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

function withDirectory<T>(directoryFd: number, name: string, action: (fd: number) => T): T | undefined {
  const fd = openEntry(directoryFd, name, O_RDONLY | O_DIRECTORY);
  if (fd === undefined) return undefined;
  try {
    return action(fd);
  } finally {
    closeSync(fd);
  }
}

/** A file made only to be mounted over is no change of the container's. */
const isMountPoint = (path: string, stat: Stats): boolean =>
  MADE_BY_LAUNCH.has(path) && (stat.isDirectory() || stat.size === 0);

const sameOwner = (a: Stats, b: Stats): boolean => a.mode === b.mode && a.uid === b.uid && a.gid === b.gid;

/** The upper directory of an overlay holds what was changed and nothing else. */
function readLayer(upper: number, lower: Lower, path: string): Change[] {
  return namesIn(upper).flatMap((name) => changesAt(upper, lower, name, `${path}/${name}`));
}

function changesAt(upper: number, lower: Lower, name: string, path: string): Change[] {
  const stat = statOf(upper, name);
  const before = below(lower, name);
  if (stat === undefined) return [];
  if (isWhiteout(stat)) return before === undefined ? [] : [{ kind: 'D', path }];
  if (before === undefined && isMountPoint(path, stat)) return [];
  const own: Change = { kind: before === undefined ? 'A' : 'C', path };
  if (!stat.isDirectory()) return [own];
  const inside = withDirectory(upper, name, (fd) => {
    if (before?.isDirectory() !== true) return readLayer(fd, [], path);
    return withLower(lower, name, (lowerFds) => [
      ...(isOpaque(fd) ? hidden(fd, lowerFds, path) : []),
      ...readLayer(fd, lowerFds, path),
    ]);
  });
  // It was copied up for the sake of a mount point in it.
  const isUntouched = before !== undefined && inside?.length === 0 && sameOwner(stat, before) && path === '/etc';
  return isUntouched ? [] : [own, ...(inside ?? [])];
}

/** An opaque directory hides all that is below it: what it does not have itself was deleted. */
function hidden(upper: number, lower: Lower, path: string): Change[] {
  const kept = new Set(namesIn(upper));
  const names = new Set(lower.flatMap((fd) => namesIn(fd)));
  return [...names]
    .filter((name) => !kept.has(name) && below(lower, name) !== undefined)
    .map((name) => ({ kind: 'D', path: `${path}/${name}` }));
}

/** A whole copy is compared with what it was made from: by kind, owner, mode, size and time. */
function compare(copy: number, lower: Lower, path: string): Change[] {
  const names = new Set([...namesIn(copy), ...lower.flatMap((fd) => namesIn(fd))]);
  return [...names].flatMap((name) => {
    const child = `${path}/${name}`;
    const now = statOf(copy, name);
    const before = below(lower, name);
    if (now === undefined) return before === undefined ? [] : [{ kind: 'D' as const, path: child }];
    if (before === undefined && isMountPoint(child, now)) return [];
    const inside = now.isDirectory()
      ? (withDirectory(copy, name, (fd) => withLower(lower, name, (lowerFds) => compare(fd, lowerFds, child))) ?? [])
      : [];
    const isSame =
      before !== undefined &&
      sameOwner(now, before) &&
      (now.isDirectory() ? inside.length === 0 : now.size === before.size && now.mtimeMs === before.mtimeMs);
    if (isSame) return inside;
    return [{ kind: before === undefined ? ('A' as const) : ('C' as const), path: child }, ...inside];
  });
}
