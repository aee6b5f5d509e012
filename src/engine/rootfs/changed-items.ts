// What a container has written, as the entries of a layer upon those of its image: read from its writable layer as overlay keeps
// it, or where there is no overlay found by comparing. Tests: test/container/engine/commit.test.ts.
import { closeSync, openSync } from 'node:fs';
import { O_CLOEXEC, O_DIRECTORY, O_RDONLY } from '../../native/index.js';
import { changesOf, tracesOfLaunch } from './diff.js';
import { nothing, type Entry, type Item } from './entry.js';
import { isCopy, type RootDirectories } from './overlay.js';
import { walkTree } from './walk.js';

/** Nothing at all when nothing was changed. @throws node:fs errors, SyscallError */
export async function* changedItems(directories: RootDirectories): AsyncGenerator<Item> {
  const fd = openSync(directories.upper, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  try {
    yield* behindTop(isCopy(directories) ? comparedItems(directories, fd) : writtenItems(directories, fd));
  } finally {
    closeSync(fd);
  }
}

/** The top directory is told of with what is in it, and not alone. */
async function* behindTop(items: AsyncIterable<Item>): AsyncGenerator<Item> {
  let top: Item | undefined;
  for await (const item of items) {
    if (item.entry.path === '' && item.entry.type === 'directory') {
      top = item;
      continue;
    }
    if (top !== undefined) yield top;
    top = undefined;
    yield item;
  }
}

/** Without what was made only for something to be mounted over it. */
async function* writtenItems(directories: RootDirectories, fd: number): AsyncGenerator<Item> {
  const traces = await tracesOfLaunch(directories);
  for await (const item of walkTree(fd, { isLayer: true })) if (!traces.has(`/${item.entry.path}`)) yield item;
}

async function* comparedItems(directories: RootDirectories, fd: number): AsyncGenerator<Item> {
  const changes = await changesOf(directories);
  const gone = changes.filter(({ kind }) => kind === 'D');
  const wanted = new Set(changes.filter(({ kind }) => kind !== 'D').map(({ path }) => path));
  // A name that is new may be one of a file that is not; then that comes along.
  for await (const { entry } of walkTree(fd))
    if (entry.type === 'hardlink' && wanted.has(`/${entry.path}`)) wanted.add(`/${entry.link}`);
  for (const path of [...wanted, ...gone.map((change) => change.path)])
    for (const parent of parentsOf(path)) wanted.add(parent);
  for await (const item of walkTree(fd)) if (item.entry.path === '' || wanted.has(`/${item.entry.path}`)) yield item;
  for (const { path } of gone) yield { entry: { ...NOTHING_THERE, path: path.slice(1) }, body: nothing() };
}

/** The directories that lead to a path, without the top. */
function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(1, -1);
  return parts.map((_, i) => `/${parts.slice(0, i + 1).join('/')}`);
}

const NOTHING_THERE: Omit<Entry, 'path'> = {
  type: 'whiteout',
  mode: 0o644,
  uid: 0,
  gid: 0,
  size: 0,
  modifiedNs: 0n,
  link: '',
  major: 0,
  minor: 0,
  xattrs: new Map(),
};
