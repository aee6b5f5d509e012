// What a container has changed in its files: read from its writable layer, compared with the layers of the image below.
// Tests: test/container/rootfs-files.test.ts.
import { closeSync, fstatSync, openSync, type Stats } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { nameOfBytes, O_CLOEXEC, O_DIRECTORY, O_PATH, O_RDONLY } from '../../native/index.js';
import { ETC_FILES } from '../launch/etc-files.js';
import type { Change } from '../model.js';
import { isCopy, visibleLayers, type RootDirectories } from './overlay.js';
import { Turns } from '../turns.js';
import { openEntry } from './walk.js';
import { isOpaque, isWhiteout } from './whiteouts.js';

/** Directories that the launch makes when the image has none, and files that it makes to mount its own over. */
const MADE_BY_LAUNCH = new Set(['/proc', '/sys', '/dev', ...ETC_FILES.map((file) => `/etc/${file}`)]);

/** The directories of the layers that are at one path, the uppermost first; a layer that has none there is left out. */
type Lower = readonly number[];

/** Every change, parents before children. @throws node:fs errors, SyscallError */
export async function changesOf(directories: RootDirectories): Promise<Change[]> {
  const lower = openLayers(directories.layers);
  try {
    const upper = openSync(directories.upper, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    try {
      const search = new Search();
      if (isCopy(directories)) await search.compare(upper, lower, '');
      else await search.readLayer(upper, lower, '');
      return await search.turns.sort(search.changes, (a, b) => (a.path < b.path ? -1 : 1));
    } finally {
      closeSync(upper);
    }
  } finally {
    for (const fd of lower) closeSync(fd);
  }
}

/** The uppermost first, and those left out that cannot be seen. */
const openLayers = (layers: readonly string[]): Lower =>
  [...visibleLayers(layers)].reverse().map((path) => openSync(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));

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
async function withLower<T>(lower: Lower, name: string, action: (lower: Lower) => Promise<T>): Promise<T> {
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
    return await action(opened);
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

async function withDirectory(directoryFd: number, name: string, action: (fd: number) => Promise<void>): Promise<void> {
  const fd = openEntry(directoryFd, name, O_RDONLY | O_DIRECTORY);
  if (fd === undefined) return;
  try {
    await action(fd);
  } finally {
    closeSync(fd);
  }
}

/** A file made only to be mounted over is no change of the container's. */
const isMountPoint = (path: string, stat: Stats): boolean =>
  MADE_BY_LAUNCH.has(path) && (stat.isDirectory() || stat.size === 0);

const sameOwner = (a: Stats, b: Stats): boolean => a.mode === b.mode && a.uid === b.uid && a.gid === b.gid;

/**
 * What stands in a writable layer only because something is mounted over it while the container runs: paths that begin with "/".
 * @throws node:fs errors, SyscallError
 */
export async function tracesOfLaunch({ layers, upper }: RootDirectories): Promise<ReadonlySet<string>> {
  const lower = [...layers].reverse().map((path) => openSync(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const upperFd = openSync(upper, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  try {
    const search = new Search();
    for (const name of ['proc', 'sys', 'dev', 'etc']) await search.changesAt(upperFd, lower, name, `/${name}`);
    const changed = new Set(search.changes.map(({ path }) => path));
    return new Set([...MADE_BY_LAUNCH, '/etc'].filter((path) => !changed.has(path)));
  } finally {
    for (const fd of [upperFd, ...lower]) closeSync(fd);
  }
}

/** So many names of a directory are asked for at once. */
const NAMES_AT_ONCE = 256;

/** One search; however much there is to be gone through, the event loop has its turn. */
class Search {
  readonly changes: Change[] = [];
  readonly turns = new Turns();

  /** The upper directory of an overlay holds what was changed and nothing else. */
  async readLayer(upper: number, lower: Lower, path: string): Promise<void> {
    for (const name of await this.#namesIn(upper)) {
      if (this.turns.isDue) await this.turns.give();
      await this.changesAt(upper, lower, name, `${path}/${name}`);
    }
  }

  /** A whole copy is compared with what it was made from: by kind, owner, mode, size and time. */
  async compare(copy: number, lower: Lower, path: string): Promise<void> {
    const names = new Set(await this.#namesIn(copy));
    for (const fd of lower) for (const name of await this.#namesIn(fd)) names.add(name);
    for (const name of names) {
      if (this.turns.isDue) await this.turns.give();
      await this.#comparedAt(copy, lower, name, `${path}/${name}`);
    }
  }

  async #namesIn(directoryFd: number): Promise<string[]> {
    const names: string[] = [];
    // Typed as if names were always strings.
    const options = { encoding: 'buffer', bufferSize: NAMES_AT_ONCE } as unknown as { bufferSize: number };
    for await (const { name } of await opendir(`/proc/self/fd/${directoryFd}`, options))
      names.push(nameOfBytes(name as unknown as Buffer));
    return names;
  }

  async changesAt(upper: number, lower: Lower, name: string, path: string): Promise<void> {
    const stat = statOf(upper, name);
    if (stat === undefined) return;
    const before = below(lower, name);
    if (isWhiteout(stat)) {
      if (before !== undefined) this.changes.push({ kind: 'D', path });
      return;
    }
    if (before === undefined && isMountPoint(path, stat)) return;
    const count = this.changes.push({ kind: before === undefined ? 'A' : 'C', path });
    if (!stat.isDirectory()) return;
    await withDirectory(upper, name, async (fd) => {
      if (before?.isDirectory() !== true) return this.readLayer(fd, [], path);
      return withLower(lower, name, async (lowerFds) => {
        if (isOpaque(fd)) await this.#hidden(fd, lowerFds, path);
        await this.readLayer(fd, lowerFds, path);
      });
    });
    // It was copied up for the sake of a mount point in it.
    const isUntouched = before !== undefined && this.changes.length === count && sameOwner(stat, before);
    if (isUntouched && path === '/etc') this.changes.pop();
  }

  /** An opaque directory hides all that is below it: what it does not have itself was deleted. */
  async #hidden(upper: number, lower: Lower, path: string): Promise<void> {
    const kept = new Set(await this.#namesIn(upper));
    const names = new Set<string>();
    for (const fd of lower) for (const name of await this.#namesIn(fd)) names.add(name);
    for (const name of names)
      if (!kept.has(name) && below(lower, name) !== undefined)
        this.changes.push({ kind: 'D', path: `${path}/${name}` });
  }

  async #comparedAt(copy: number, lower: Lower, name: string, path: string): Promise<void> {
    const now = statOf(copy, name);
    const before = below(lower, name);
    if (now === undefined) {
      if (before !== undefined) this.changes.push({ kind: 'D', path });
      return;
    }
    if (before === undefined && isMountPoint(path, now)) return;
    const count = this.changes.length;
    if (now.isDirectory())
      await withDirectory(copy, name, (fd) => withLower(lower, name, (lowerFds) => this.compare(fd, lowerFds, path)));
    const isSame =
      before !== undefined &&
      sameOwner(now, before) &&
      (now.isDirectory() ? this.changes.length === count : now.size === before.size && now.mtimeMs === before.mtimeMs);
    if (!isSame) this.changes.push({ kind: before === undefined ? 'A' : 'C', path });
  }
}
