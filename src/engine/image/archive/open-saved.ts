// What is to be loaded, as it was given: a directory, a tar file that can be read anywhere, or bytes that come once.
import { closeSync, createReadStream, fstatSync, openSync, read, statSync, type Stats } from 'node:fs';
import { promisify } from 'node:util';
import { O_CLOEXEC, O_NONBLOCK, O_RDONLY } from '../../../native/index.js';
import { TscontainError } from '../../errors.js';
import { shown } from '../../grammar/wrong.js';
import { errnoOf, fileError } from '../../state/file-errors.js';
import { buffersOf, packingOf, plainBytes, withHead } from '../packing.js';
import { DirectoryParts, TarParts, type SavedParts } from './saved-parts.js';
import { indexTar } from './tar-index.js';

/** A path, or what is piped in. */
export type SavedSource = string | AsyncIterable<Uint8Array>;

export type OpenedSource =
  | { readonly kind: 'parts'; readonly parts: SavedParts }
  /** a tar archive, plain by now */
  | { readonly kind: 'stream'; readonly bytes: AsyncIterable<Buffer> };

export const titleOf = (source: SavedSource): string =>
  typeof source === 'string' ? shown(source) : 'what was piped in';

const CHUNK_BYTES = 1024 * 1024;
const readAsync = promisify(read);

/** @throws TscontainError NO_SUCH_PATH, NOT_SUPPORTED, INVALID_VALUE; TarError */
export async function openSaved(source: SavedSource): Promise<OpenedSource> {
  if (typeof source !== 'string') return streamOf(buffersOf(source), source);
  const kind = kindOf(source);
  if (kind.isDirectory()) return { kind: 'parts', parts: new DirectoryParts(source) };
  // Opened once, as it is read, by a thread that may wait for who writes into it: who has a pipe opened and closed under him is ended.
  if (!kind.isFile()) return streamOf(createReadStream(source, { highWaterMark: CHUNK_BYTES }), source);
  const { fd, stat } = openFile(source);
  const head = Buffer.alloc(8);
  const { bytesRead } = await readAsync(fd, head, 0, head.length, 0);
  if (packingOf(head.subarray(0, bytesRead)) !== 'plain')
    return streamOf(createReadStream(source, { fd, start: 0, highWaterMark: CHUNK_BYTES }), source);
  try {
    if (stat.size === 0) throw nothingThere(source);
    return { kind: 'parts', parts: new TarParts(fd, await indexTar(fd, stat.size)) };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function kindOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw notOpened(path, error);
  }
}

function openFile(path: string): { fd: number; stat: Stats } {
  try {
    const fd = openSync(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    return { fd, stat: fstatSync(fd) };
  } catch (error) {
    throw notOpened(path, error);
  }
}

function notOpened(path: string, error: unknown): TscontainError {
  if (errnoOf(error) !== 'ENOENT') return fileError(error, `open ${shown(path)}`);
  return new TscontainError('NO_SUCH_PATH', `there is no ${shown(path)}`, {
    hint: 'give an archive of "image save", "docker save" or "skopeo copy", or an OCI image layout',
  });
}

async function streamOf(bytes: AsyncIterable<Buffer>, source: SavedSource): Promise<OpenedSource> {
  const { head, whole, close } = await withHead(bytes);
  if (head.length > 0) return { kind: 'stream', bytes: await plainBytes(whole, titleOf(source)) };
  await close();
  throw nothingThere(source);
}

const nothingThere = (source: SavedSource): TscontainError =>
  new TscontainError('INVALID_VALUE', `${titleOf(source)} is empty`, {
    hint: 'give an archive of "image save", "docker save" or "skopeo copy"',
  });
