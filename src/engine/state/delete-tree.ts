// Deleting what a container has written: names of any bytes, directories nested without end, and much of it.
import { lstatSync, readdirSync, renameSync, rmdirSync, unlinkSync } from 'node:fs';
import { Turns } from '../turns.js';
import { errnoOf } from './file-errors.js';

/**
 * A path deeper than this is moved up before it is gone into: a container can nest directories until their path is longer than
 * the kernel takes (PATH_MAX), and then nothing that names them by path can delete them.
 */
const DEPTH_MAX = 8;

const SLASH = Buffer.from('/');

/**
 * Deletes `path` and all below it, following no link. Nothing happens when it is not there.
 * Synchronous calls in short slices: an unused container goes in about 1 ms, and a large one does not stop the dashboard.
 * @throws the error of node:fs that stopped it
 */
export async function deleteTree(path: string): Promise<void> {
  const top = Buffer.from(path);
  const turns = new Turns();
  let moved = 0;

  async function empty(directory: Buffer, depth: number): Promise<void> {
    const entries = unlessGone(() => readdirSync(directory, { withFileTypes: true, encoding: 'buffer' })) ?? [];
    for (const entry of entries) {
      const child = Buffer.concat([directory, SLASH, entry.name]);
      if (!entry.isDirectory()) unlessGone(() => unlinkSync(child));
      else if (depth < DEPTH_MAX) await remove(child, depth + 1);
      // It becomes an entry of the top directory, whose turn comes again.
      else
        unlessGone(() => renameSync(child, Buffer.concat([top, Buffer.from(`/.deep-${process.pid}-${(moved += 1)}`)])));
      if (turns.isDue) await turns.give();
    }
  }

  async function remove(directory: Buffer, depth: number): Promise<void> {
    await empty(directory, depth);
    unlessGone(() => rmdirSync(directory));
  }

  const stat = lstatSync(top, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isDirectory()) {
    unlessGone(() => unlinkSync(top));
    return;
  }
  let before: number;
  do {
    before = moved;
    await empty(top, 1);
  } while (moved > before);
  unlessGone(() => rmdirSync(top));
}

/** Two managers may be deleting the same: what the other has deleted is deleted. */
function unlessGone<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
