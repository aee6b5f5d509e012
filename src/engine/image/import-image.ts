// image import: a root file system becomes an image of one layer.
import { appendEvent } from '../events.js';
import type { Image } from '../model.js';
import { fileError } from '../state/file-errors.js';
import { importLayer } from './import.js';
import { getImage } from './get.js';
import { keepImage } from './keep.js';
import { NO_DEFAULTS, type ImageDefaults } from './oci.js';
import { hostPlatform } from './platform.js';
import { imageName } from './reference.js';
import type { ImageParts } from './store.js';

const IMPORTED: ImageDefaults = {
  ...NO_DEFAULTS,
  env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  workingDir: '/',
};

/**
 * @param source a directory, or a tar archive that may be compressed
 * @throws TscontainError NO_SUCH_PATH, INVALID_VALUE for what is no name or no root file system, NOT_SUPPORTED, NO_SPACE
 */
export async function importImage(
  parts: ImageParts,
  source: string,
  text: string,
  config: Partial<ImageDefaults> = {},
): Promise<Image> {
  const name = imageName(text);
  const { root, content } = parts;
  const lease = await content.lease();
  try {
    const { layer, blob } = await importedLayer(parts, source);
    const created = new Date().toISOString();
    const { id } = await keepImage(content, {
      configuration: {
        created,
        platform: hostPlatform(),
        config: { ...IMPORTED, ...config },
        diffIds: [layer.diffId],
        history: [{ created, comment: `imported from ${source}`, emptyLayer: false }],
      },
      layers: [blob],
      names: [name],
    });
    appendEvent(root, { type: 'image', action: 'import', id, attributes: { name: text } });
    return await getImage(parts, text);
  } catch (error) {
    throw fileError(error, `import ${source}`);
  } finally {
    await lease.close();
  }
}

async function importedLayer({ content }: ImageParts, source: string) {
  const staged = await content.layers.stage();
  try {
    await importLayer(source, staged.tree);
    return await content.layers.adopt(staged);
  } finally {
    await staged.close();
  }
}
