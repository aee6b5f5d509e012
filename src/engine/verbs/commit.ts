// commit: what a container has written becomes a layer, and with those of its image another image. It stands still meanwhile.
import { isTscontainError } from '../errors.js';
import { commitImage, type ImageCommitWishes } from '../image/commit-image.js';
import type { Container, Image } from '../model.js';
import { changedItems } from '../rootfs/changed-items.js';
import type { Items } from '../rootfs/entry.js';
import type { RootDirectories } from '../rootfs/overlay.js';
import { packTar } from '../rootfs/tar-write.js';
import { fileError } from '../state/file-errors.js';
import { layout } from '../state/layout.js';
import { requireMove } from '../states.js';
import { hold, release } from './hold.js';
import { tell, type Parts } from './parts.js';

export interface CommitOptions extends ImageCommitWishes {
  /** Whether it stands still while its files are read. Default true. */
  readonly pause?: boolean;
}

/** @throws TscontainError NO_SUCH_CONTAINER, NO_SUCH_IMAGE, ILLEGAL_STATE, INVALID_VALUE, NO_SPACE */
export async function commit(parts: Parts, ref: string, options: CommitOptions = {}): Promise<Image> {
  const { root, store, images, content } = parts;
  const container = store.load(store.resolve(ref));
  const { id, config, state } = container;
  requireMove('commit', { name: config.name, status: state.status });
  const { layers } = await images.get(config.image.id);
  const directories = { layers, upper: layout.upper(root, id), work: layout.work(root, id) };
  try {
    const made = await commitImage(content, await images.inspect(config.image.id), config, options, (write) =>
      standingStill(parts, container, options.pause ?? true, () => pack(directories, write)),
    );
    tell(parts, container, 'commit', {
      imageID: `sha256:${made.id}`,
      ...(made.name === undefined ? {} : { imageRef: made.name }),
      ...(options.message === undefined ? {} : { comment: options.message }),
    });
    return await images.get(made.id);
  } catch (error) {
    throw fileError(error, `make an image of container ${config.name}`);
  }
}

const REASON = 'its files are read for an image';

/** Held, so that whoever is killed in the middle leaves a container that the next one lets go on. */
async function standingStill<T>(
  parts: Parts,
  container: Container,
  isWanted: boolean,
  action: () => Promise<T>,
): Promise<T> {
  if (!isWanted || container.state.status !== 'running') return action();
  let held: string | undefined;
  try {
    held = (await hold(parts, container.id, { pause: true }, REASON)).id;
  } catch (error) {
    // It has ended, or was paused, since it was looked at: it stands still either way.
    if (!isTscontainError(error, 'ILLEGAL_STATE')) throw error;
  }
  try {
    return await action();
  } finally {
    if (held !== undefined) await release(parts, held, REASON);
  }
}

/** @returns whether there was anything */
async function pack(directories: RootDirectories, write: (chunk: Buffer) => Promise<void>): Promise<boolean> {
  const items = changedItems(directories)[Symbol.asyncIterator]();
  const first = await items.next();
  if (first.done === true) return false;
  async function* all(): Items & AsyncGenerator {
    if (first.done !== true) yield first.value;
    for (let next = await items.next(); next.done !== true; next = await items.next()) yield next.value;
  }
  try {
    for await (const chunk of packTar(all(), { isLayer: true })) await write(chunk as Buffer);
  } finally {
    await items.return(undefined);
  }
  return true;
}
