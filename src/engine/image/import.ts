// Brings a root file system into the store: from a tar archive, plain or compressed, or from a directory.
import { closeSync, createReadStream, existsSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type * as Zlib from 'node:zlib';
import { pipeline, type Transform } from 'node:stream';
import { O_CLOEXEC, O_DIRECTORY, O_RDONLY } from '../../native/index.js';
import { TscontainError } from '../errors.js';
import type { Item } from '../rootfs/entry.js';
import { TarError } from '../rootfs/tar-header.js';
import { readTar } from '../rootfs/tar-read.js';
import { unpackInto } from '../rootfs/unpack.js';
import { walkTree } from '../rootfs/walk.js';

/**
 * Fills an empty directory.
 * @param source a directory, or a tar archive that may be compressed with gzip, or with zstd where this Node knows it
 * @throws TscontainError NO_SUCH_PATH, INVALID_VALUE for what is no root file system, NOT_SUPPORTED, NO_SPACE
 */
export async function importLayer(source: string, directory: string): Promise<void> {
  const stat = statSync(source, { throwIfNoEntry: false });
  if (stat === undefined)
    throw new TscontainError('NO_SUCH_PATH', `there is no "${source}"`, { hint: 'give a tar archive or a directory' });
  const targetFd = openSync(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  try {
    const items = stat.isDirectory() ? fromDirectory(source) : readTar(decompressed(source));
    const { entries } = await unpackInto(targetFd, items, {
      applyToTop: true,
      replaceKinds: true,
      devices: 'make',
    });
    if (entries === 0)
      throw new TscontainError('INVALID_VALUE', `"${source}" is empty`, {
        hint: 'give a tar archive or a directory with a root file system',
      });
    requireRoot(source, directory);
  } catch (error) {
    if (!(error instanceof TarError) && !isDamaged(error)) throw error;
    throw new TscontainError('INVALID_VALUE', `"${source}" cannot be imported: ${error.message}`, {
      cause: error,
      hint: 'give a tar archive (plain or gzip) of a root file system, such as "docker export" writes',
    });
  } finally {
    closeSync(targetFd);
  }
}

/** `docker save` writes an archive of archives; unpacked, it would be an image in which nothing can be found. */
function requireRoot(source: string, directory: string): void {
  const has = (name: string): boolean => existsSync(join(directory, name));
  if (!has('manifest.json') && !has('oci-layout')) return;
  if (has('bin') || has('usr') || has('etc')) return;
  throw new TscontainError('INVALID_VALUE', `"${source}" is a saved image, not a root file system`, {
    hint: 'make one with "docker export" of a container, or unpack its layers',
  });
}

async function* fromDirectory(path: string): AsyncGenerator<Item> {
  const fd = openSync(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  try {
    yield* walkTree(fd);
  } finally {
    closeSync(fd);
  }
}

const isDamaged = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');

const GZIP = Buffer.from([0x1f, 0x8b]);
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const BEGINNINGS: readonly (readonly [name: string, bytes: Buffer])[] = [
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a])],
  ['bzip2', Buffer.from('BZh')],
];

/** Node knows zstd from 22.15 on. */
type Decompression = typeof Zlib & { createZstdDecompress?: () => Transform };

async function* decompressed(path: string): AsyncGenerator<Buffer> {
  const { createGunzip, createZstdDecompress }: Decompression = await import('node:zlib');
  const raw = createReadStream(path, { highWaterMark: 256 * 1024 });
  const chunks = raw[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await chunks.next();
  if (first.done === true) return;
  const head = first.value;
  const begins = (bytes: Buffer): boolean => head.subarray(0, bytes.length).equals(bytes);
  const isZstd = begins(ZSTD);
  const unknown =
    BEGINNINGS.find(([, bytes]) => begins(bytes))?.[0] ??
    (isZstd && createZstdDecompress === undefined ? 'zstd' : undefined);
  if (unknown !== undefined) {
    raw.destroy();
    throw new TscontainError('NOT_SUPPORTED', `"${path}" is compressed with ${unknown}, which this Node cannot read`, {
      hint: `decompress it first: ${unknown} -d ${path}`,
    });
  }
  const whole = rejoined(head, chunks);
  if (begins(GZIP)) yield* decompress(whole, createGunzip({ chunkSize: 256 * 1024 }));
  else if (isZstd) yield* decompress(whole, createZstdDecompress!());
  else yield* whole;
}

async function* rejoined(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield head;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

async function* decompress(source: AsyncIterable<Buffer>, filter: Transform): AsyncGenerator<Buffer> {
  // Errors of either end reach the reader below through the filter, which pipeline destroys.
  pipeline(source, filter, () => undefined);
  for await (const chunk of filter) yield chunk as Buffer;
}
