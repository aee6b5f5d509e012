// All files of an image as they are together, read and not changed: as one tar stream, or put into a directory.
import { closeSync, mkdirSync, mkdtempSync, openSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { createOverlay, O_CLOEXEC, O_DIRECTORY, O_RDONLY, openInRoot } from '../../native/index.js';
import type { Items } from '../rootfs/entry.js';
import { OVERLAY_OPTIONS, visibleLayers } from '../rootfs/overlay.js';
import { packTar } from '../rootfs/tar-write.js';
import { unpackInto } from '../rootfs/unpack.js';
import { walkTree } from '../rootfs/walk.js';
import { fileError } from '../state/file-errors.js';
import { getImage } from './get.js';
import type { ImageParts } from './store.js';

/** @throws TscontainError NO_SUCH_IMAGE … Errors of reading end the stream. */
export async function imageFiles(parts: ImageParts, name: string): Promise<Readable> {
  const { layers } = await getImage(parts, name);
  try {
    return packTar(filesOf(openTogether(parts.root, layers)));
  } catch (error) {
    throw fileError(error, `read the files of ${name}`);
  }
}

/**
 * Into a directory, which is made if it is not there; what is in it stays, but for files of the same names.
 * @throws TscontainError NO_SUCH_IMAGE, NO_SPACE, INVALID_VALUE where a file would take the place of a directory or the other way round
 */
export async function imageFilesTo(parts: ImageParts, name: string, directory: string): Promise<void> {
  const { layers } = await getImage(parts, name);
  try {
    mkdirSync(directory, { recursive: true });
    const target = openSync(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    try {
      await unpackInto(target, filesOf(openTogether(parts.root, layers)), { devices: 'make' });
    } finally {
      closeSync(target);
    }
  } catch (error) {
    throw fileError(error, `write the files of ${name} into ${directory}`);
  }
}

interface Together {
  /** the top directory */
  readonly fd: number;
  readonly close: () => void;
}

/** Below the layers lies an empty directory, which has to stay until then: an overlay that is only read has two at least. */
function openTogether(root: string, layers: readonly string[]): Together {
  const empty = mkdtempSync(join(root, '.empty-'));
  try {
    const fd = openOver(empty, layers);
    const close = (): void => {
      closeSync(fd);
      rmdirSync(empty);
    };
    return { fd, close };
  } catch (error) {
    rmdirSync(empty);
    throw error;
  }
}

function openOver(empty: string, layers: readonly string[]): number {
  if (layers.length === 0) return openSync(empty, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const lower = [...[...visibleLayers(layers)].reverse(), empty];
  const mount = createOverlay({ lower, options: OVERLAY_OPTIONS });
  try {
    return openInRoot(mount, '/', O_RDONLY | O_DIRECTORY);
  } finally {
    closeSync(mount);
  }
}

async function* filesOf({ fd, close }: Together): Items & AsyncGenerator {
  try {
    yield* walkTree(fd);
  } finally {
    close();
  }
}
