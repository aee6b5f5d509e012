// image import: a root file system becomes an image of one layer.
import { appendEvent } from '../events.js';
import type { Image } from '../model.js';
import { fileError } from '../state/file-errors.js';
import { applyChanges } from './change.js';
import { importLayer, titleOf, type RootSource } from './import.js';
import { getImage } from './get.js';
import { keepImage } from './keep.js';
import { NO_DEFAULTS, type ImageDefaults, type Platform } from './oci.js';
import { hostPlatform } from './platform.js';
import { imageName } from './reference.js';
import type { ImageParts } from './store.js';

const IMPORTED: ImageDefaults = {
  ...NO_DEFAULTS,
  env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  workingDir: '/',
};

export interface ImportWishes {
  /** what the image is to be called; it has no name without one */
  readonly name?: string;
  readonly config?: Partial<ImageDefaults>;
  /** instructions of a Dockerfile, applied to that */
  readonly changes?: readonly string[];
  /** kept in its history; absent is where it came from */
  readonly message?: string;
  /** what it is for; absent is this machine's */
  readonly platform?: Platform;
}

/**
 * @param source a directory, a tar archive that may be compressed, or such an archive piped in
 * @throws TscontainError NO_SUCH_PATH, INVALID_VALUE for what is no name or no root file system, NOT_SUPPORTED, NO_SPACE
 */
export async function importImage(parts: ImageParts, source: RootSource, wishes: ImportWishes = {}): Promise<Image> {
  const { config = {}, changes = [], message, platform = hostPlatform() } = wishes;
  const name = wishes.name === undefined ? undefined : imageName(wishes.name);
  const defaults = applyChanges({ ...IMPORTED, ...config }, changes);
  const { root, content } = parts;
  const lease = await content.lease();
  try {
    const { layer, blob } = await importedLayer(parts, source);
    const created = new Date().toISOString();
    const from = typeof source === 'string' ? source : '-';
    const { id } = await keepImage(content, {
      configuration: {
        created,
        platform,
        config: defaults,
        diffIds: [layer.diffId],
        history: [{ created, comment: message ?? `imported from ${from}`, emptyLayer: false }],
      },
      layers: [blob],
      names: name === undefined ? [] : [name],
    });
    appendEvent(root, { type: 'image', action: 'import', id, attributes: { name: wishes.name ?? id } });
    return await getImage(parts, wishes.name ?? id);
  } catch (error) {
    throw fileError(error, `import ${titleOf(source)}`);
  } finally {
    await lease.close();
  }
}

async function importedLayer({ content }: ImageParts, source: RootSource) {
  const staged = await content.layers.stage();
  try {
    await importLayer(source, staged.tree);
    return await content.layers.adopt(staged);
  } finally {
    await staged.close();
  }
}
