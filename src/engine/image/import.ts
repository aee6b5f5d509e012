// Brings a root file system into the store: from a tar archive, plain or compressed, or from a directory.
import { closeSync, createReadStream, existsSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { O_CLOEXEC, O_DIRECTORY, O_RDONLY } from '../../native/index.js';
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import type { Item } from '../rootfs/entry.js';
import { TarError } from '../rootfs/tar-header.js';
import { readTar } from '../rootfs/tar-read.js';
import { unpackInto } from '../rootfs/unpack.js';
import { walkTree } from '../rootfs/walk.js';
import { DamagedError } from './layer/decompress.js';
import { buffersOf, plainBytes } from './packing.js';

/** A path, or an archive that is piped in. */
export type RootSource = string | AsyncIterable<Uint8Array>;

export const titleOf = (source: RootSource): string =>
  typeof source === 'string' ? shown(source) : 'what was piped in';

const CHUNK_BYTES = 256 * 1024;

/**
 * Fills an empty directory.
 * @param source a directory, or a tar archive that may be compressed with gzip or zstd
 * @throws TscontainError NO_SUCH_PATH, INVALID_VALUE for what is no root file system, NOT_SUPPORTED, NO_SPACE
 */
export async function importLayer(source: RootSource, directory: string): Promise<void> {
  const stat = typeof source === 'string' ? statSync(source, { throwIfNoEntry: false }) : undefined;
  const title = titleOf(source);
  if (typeof source === 'string' && stat === undefined)
    throw new TscontainError('NO_SUCH_PATH', `there is no ${title}`, { hint: 'give a tar archive or a directory' });
  const targetFd = openSync(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  try {
    const items = typeof source === 'string' && stat?.isDirectory() ? fromDirectory(source) : fromArchive(source);
    const { entries } = await unpackInto(targetFd, items, {
      applyToTop: true,
      replaceKinds: true,
      devices: 'make',
    });
    if (entries === 0)
      throw new TscontainError('INVALID_VALUE', `${title} is empty`, {
        hint: 'give a tar archive or a directory with a root file system',
      });
    requireRoot(title, directory);
  } catch (error) {
    if (!(error instanceof TarError) && !(error instanceof DamagedError)) throw error;
    throw new TscontainError('INVALID_VALUE', `${title} cannot be imported: ${error.message}`, {
      cause: error,
      hint: 'give a tar archive of a root file system, such as "tscontain export" or "docker export" writes',
    });
  } finally {
    closeSync(targetFd);
  }
}

/** `docker save` writes an archive of archives; unpacked, it would be an image in which nothing can be found. */
function requireRoot(title: string, directory: string): void {
  const has = (name: string): boolean => existsSync(join(directory, name));
  if (!has('manifest.json') && !has('oci-layout')) return;
  if (has('bin') || has('usr') || has('etc')) return;
  throw new TscontainError('INVALID_VALUE', `${title} is a saved image, not a root file system`, {
    hint: 'bring it in with "tscontain load"',
  });
}

async function* fromArchive(source: RootSource): AsyncGenerator<Item> {
  const bytes = typeof source === 'string' ? createReadStream(source, { highWaterMark: CHUNK_BYTES }) : source;
  yield* readTar(await plainBytes(buffersOf(bytes), titleOf(source)));
}

async function* fromDirectory(path: string): AsyncGenerator<Item> {
  const fd = openSync(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  try {
    yield* walkTree(fd);
  } finally {
    closeSync(fd);
  }
}
