// Shared by the mounts of RUN: a source as something that can be mounted.
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { cloneTree, O_CLOEXEC, O_DIRECTORY, O_RDONLY, SyscallError } from '../../native/index.js';
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import type { Mount } from '../model.js';
import { unpackInto } from '../rootfs/unpack.js';
import { itemsOf } from './gather.js';
import type { Tree } from './tree.js';

export const bindOf = (source: string, target: string, readOnly: boolean): Mount => ({
  type: 'bind',
  source,
  target,
  readOnly,
  propagation: 'rprivate',
});

/** Before Linux 6.15 a part of what is mounted nowhere cannot be mounted again. */
export function canCloneDetached(fd: number): boolean {
  try {
    closeSync(cloneTree(fd, ''));
    return true;
  } catch (error) {
    if (error instanceof SyscallError) return false;
    throw error;
  }
}

/** @returns the path of a copy, made below `directory` */
export async function copyOut(tree: Tree, source: string, directory: string): Promise<string> {
  const [found] = tree.find(source.slice(1).replace(/[*?[\\]/g, '\\$&'));
  if (found === undefined)
    throw new TscontainError('NO_SUCH_PATH', `there is no ${shown(source)} to mount`, {
      hint: 'name a path that is there',
    });
  const copy = join(directory, 'copy');
  mkdirSync(copy);
  const fd = openSync(copy, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  try {
    const named = renamed(itemsOf(tree, found));
    await unpackInto(fd, named, { replaceKinds: true, devices: 'skip' });
  } finally {
    closeSync(fd);
  }
  return join(copy, 'it');
}

async function* renamed(items: ReturnType<typeof itemsOf>): ReturnType<typeof itemsOf> {
  const at = (path: string) => (path === '' ? 'it' : `it/${path}`);
  for await (const { entry, body } of items) {
    const link = entry.type === 'hardlink' ? { link: at(entry.link) } : {};
    yield { entry: { ...entry, path: at(entry.path), ...link }, body };
  }
}
