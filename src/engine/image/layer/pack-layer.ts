// The tar of a layer, made from a tree: the writable directory of an overlay, whose marks become names again (".wh.…"), or the whole of
// a root file system. The same tree makes the same bytes: names in order, times in nanoseconds, ids as numbers, nothing of when
// or where it was packed. Tests: test/container/layer/pack-layer.test.ts.
import { closeSync, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { O_CLOEXEC, O_DIRECTORY, O_RDONLY } from '../../../native/index.js';
import type { Entry, Item } from '../../rootfs/entry.js';
import { packTar } from '../../rootfs/tar-write.js';
import { walkTree } from '../../rootfs/walk.js';

export interface PackOptions {
  /** What is left out, a directory with all that is in it. Default nothing. */
  readonly omit?: (entry: Entry) => boolean;
}

/** Errors of reading end the stream. @throws node:fs errors for a directory that cannot be opened */
export function packLayer(directory: string, options: PackOptions = {}): Readable {
  const fd = openSync(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return packTar(itemsOf(fd, options), { isLayer: true });
}

async function* itemsOf(fd: number, { omit = () => false }: PackOptions): AsyncGenerator<Item> {
  try {
    let omitted: string | undefined;
    for await (const item of walkTree(fd, { isLayer: true })) {
      const { path } = item.entry;
      if (omitted !== undefined && (path === omitted || path.startsWith(`${omitted}/`))) continue;
      omitted = omit(item.entry) ? path : undefined;
      if (omitted === undefined) yield item;
    }
  } finally {
    closeSync(fd);
  }
}
