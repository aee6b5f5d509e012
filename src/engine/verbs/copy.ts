// diff, cp and stat: the files of a container, running or not.
import type { Change } from '../model.js';
import { archiveFromContainer, statInContainer, unpackIntoContainer, type FileFacts } from '../rootfs/archive.js';
import { changesOf } from '../rootfs/diff.js';
import type { ContainerFiles } from '../rootfs/tree.js';
import { requireMove } from '../states.js';
import { fileError } from '../state/file-errors.js';
import { layout } from '../state/layout.js';
import { isAlive, tell, type Parts } from './parts.js';

/** @throws TscontainError NO_SUCH_CONTAINER, NO_SUCH_IMAGE, ILLEGAL_STATE */
async function filesOf({ root, store, images }: Parts, id: string): Promise<ContainerFiles> {
  const container = store.load(id);
  const { config, state } = container;
  requireMove('copy', { name: config.name, status: state.status });
  return { root, container, image: await images.get(config.image.id) };
}

/** What it has changed in the files of its image. */
export async function diff(parts: Parts, ref: string): Promise<Change[]> {
  const { root, store } = parts;
  const id = store.resolve(ref);
  const { image } = await filesOf(parts, id);
  try {
    return await changesOf({ layers: image.layers, upper: layout.upper(root, id), work: layout.work(root, id) });
  } catch (error) {
    throw fileError(error, `look for changes in container ${id.slice(0, 12)}`);
  }
}

/** @throws TscontainError NO_SUCH_PATH, INVALID_VALUE; errors of reading end the stream */
export async function copyFrom(
  parts: Parts,
  ref: string,
  path: string,
): Promise<{ stream: NodeJS.ReadableStream; isDirectory: boolean; name: string }> {
  const { store } = parts;
  const id = store.resolve(ref);
  const files = await filesOf(parts, id);
  const doing = `copy from container ${files.container.config.name}`;
  try {
    // Locked while it is opened, so that it is opened as what it is, running or not. Not while it is read: a reader that takes
    // its time keeps nobody from starting it, and what only reads disturbs no other mount of the same layers.
    const archive = await store.withLock(id, async () => archiveFromContainer(await filesOf(parts, id), path));
    tell(parts, files.container, 'copy', { path });
    return archive;
  } catch (error) {
    throw fileError(error, doing);
  }
}

/** @throws TscontainError NO_SUCH_PATH, INVALID_VALUE, READ_ONLY, NO_SPACE */
export async function copyTo(parts: Parts, ref: string, path: string, tar: NodeJS.ReadableStream): Promise<void> {
  const { store } = parts;
  const id = store.resolve(ref);
  const files = await filesOf(parts, id);
  const unpack = async () => unpackIntoContainer(await filesOf(parts, id), path, bytesOf(tar));
  try {
    // Of one that does not run, the layers are mounted for this: a start would mount them again and clear away what the
    // first mount is about to write. So a start waits.
    if (isAlive(files.container.state.status)) await unpack();
    else await store.withLock(id, unpack);
  } catch (error) {
    throw fileError(error, `copy to container ${files.container.config.name}`);
  }
  tell(parts, files.container, 'copy', { path });
}

async function* bytesOf(stream: NodeJS.ReadableStream): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

/** What is there, links followed inside the container only; undefined when nothing is. */
export async function stat(parts: Parts, ref: string, path: string): Promise<FileFacts | undefined> {
  const { store } = parts;
  const id = store.resolve(ref);
  try {
    return await store.withLock(id, async () => statInContainer(await filesOf(parts, id), path));
  } catch (error) {
    throw fileError(error, `look at ${path} in container ${id.slice(0, 12)}`);
  }
}
