// export: all files of a container as one tar stream, running or not, without what is mounted into it.
import { closeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { openMerged } from '../rootfs/merged.js';
import { packTar } from '../rootfs/tar-write.js';
import { walkTree } from '../rootfs/walk.js';
import type { Items } from '../rootfs/entry.js';
import { fileError } from '../state/file-errors.js';
import { layout } from '../state/layout.js';
import { requireMove } from '../states.js';
import { tell, type Parts } from './parts.js';

/** @throws TscontainError NO_SUCH_CONTAINER, NO_SUCH_IMAGE, ILLEGAL_STATE. Errors of reading end the stream. */
export async function exportContainer(parts: Parts, ref: string): Promise<Readable> {
  const { root, store, images } = parts;
  const container = store.load(store.resolve(ref));
  const { id, config, state } = container;
  requireMove('export', { name: config.name, status: state.status });
  const { layers } = await images.get(config.image.id);
  try {
    const fd = openMerged({ layers, upper: layout.upper(root, id), work: layout.work(root, id) });
    tell(parts, container, 'export');
    return packTar(closing(walkTree(fd), fd));
  } catch (error) {
    throw fileError(error, `export container ${config.name}`);
  }
}

async function* closing(items: Items, fd: number): Items & AsyncGenerator {
  try {
    yield* items;
  } finally {
    closeSync(fd);
  }
}
