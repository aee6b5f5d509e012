// RUN --mount=type=cache: directories that are kept between builds, and who may use one at the same time.
import { chmodSync, chownSync, mkdirSync, openSync, statSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { lockFile, O_CLOEXEC, O_DIRECTORY, O_PATH } from '../../native/index.js';
import type { Held } from '../launch/held.js';
import type { Mount } from '../model.js';
import { digestOf, hexOf } from '../image/digest.js';
import { fileError } from '../state/file-errors.js';
import { layout } from '../state/layout.js';
import { bindOf, copyOut } from './mount-source.js';
import type { MountGround } from './run-mounts.js';
import type { ExpandedMount } from './step.js';
import { byDescriptor, Tree } from './tree.js';

/** One directory an id, kept between builds. */
export async function cacheMount(mount: ExpandedMount, ground: MountGround, held: Held): Promise<Mount> {
  const { id: name = mount.target!, from = '', source = '', uid, gid, mode = '' } = mount;
  const id = hexOf(digestOf(JSON.stringify([name, from, source, uid, gid, mode])));
  const caches = layout.buildCaches(ground.root);
  await mkdir(caches, { recursive: true, mode: 0o700 });
  const place = await cachePlace(caches, id, mount.sharing, held, ground.signal);
  const data = join(place, 'data');
  if (!isThere(data)) await fillCache(mount, ground, place, data);
  const fd = held.fd(openSync(data, O_PATH | O_DIRECTORY | O_CLOEXEC));
  return bindOf(byDescriptor(fd), mount.target!, mount.readOnly);
}

/** shared: all at once; locked: one after another; private: one each, and the next that is free is used again. */
async function cachePlace(
  caches: string,
  id: string,
  sharing: ExpandedMount['sharing'],
  held: Held,
  signal: AbortSignal | undefined,
): Promise<string> {
  if (sharing === 'shared') return join(caches, id);
  for (let number = 0; ; number++) {
    const place = join(caches, sharing === 'private' && number > 0 ? `${id}-${number}` : id);
    const lock = await lockFile(`${place}.lock`, { wait: false });
    if (lock !== undefined) {
      held.also(() => lock.release());
      return place;
    }
    if (sharing === 'private') continue;
    signal?.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;

/** It appears by one rename. Of two that make it at once the first counts. */
async function fillCache(mount: ExpandedMount, ground: MountGround, place: string, data: string): Promise<void> {
  const fresh = join(ground.directory, 'cache');
  mkdirSync(fresh);
  const origin = ground.originOf(mount);
  const isEmpty = mount.from === undefined || ('layers' in origin && origin.layers.length === 0);
  if (isEmpty) {
    const empty = join(fresh, 'it');
    mkdirSync(empty);
    await putInPlace(empty, mount, place, data);
    return;
  }
  const tree = 'tree' in origin ? origin.tree : Tree.ofLayers(origin.layers);
  try {
    await putInPlace(await copyOut(tree, posix.resolve('/', mount.source ?? '.'), fresh), mount, place, data);
  } finally {
    if ('layers' in origin) tree.close();
  }
}

async function putInPlace(
  from: string,
  { uid, gid, mode = 0o755 }: ExpandedMount,
  place: string,
  data: string,
): Promise<void> {
  chmodSync(from, mode);
  chownSync(from, uid, gid);
  mkdirSync(place, { recursive: true, mode: 0o700 });
  await rename(from, data).catch((error: unknown) => {
    if (!isThere(data)) throw fileError(error, 'make a cache of the build');
  });
}
