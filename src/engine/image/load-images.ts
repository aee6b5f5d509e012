// image load: what was saved somewhere becomes images of this store, told with their names as people write them.
import { appendEvent } from '../events.js';
import { loadImages, type LoadedImage, type LoadWishes } from './archive/load.js';
import type { SavedSource } from './archive/open-saved.js';
import { discardUnneeded } from './discard.js';
import { familiarName } from './reference.js';
import type { ImageParts } from './store.js';

export type { LoadedImage, LoadWishes, SavedSource };

/** @throws TscontainError NO_SUCH_PATH, INVALID_VALUE, DIGEST_MISMATCH, NOT_SUPPORTED, NO_SPACE; the reason of the signal */
export async function loadInto(
  parts: ImageParts,
  source: SavedSource,
  wishes: LoadWishes = {},
): Promise<LoadedImage[]> {
  const { root, content } = parts;
  const found = await loadImages(content, source, wishes, (digests) => discardUnneeded(parts, digests));
  const loaded = found.map(({ id, names }) => ({ id, names: names.map(familiarName) }));
  for (const { id, names } of loaded)
    appendEvent(root, { type: 'image', action: 'load', id, attributes: { name: names[0] ?? id } });
  return loaded;
}
