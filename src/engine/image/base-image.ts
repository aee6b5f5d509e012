// The image `base` in the store: one layer, made once from the host's own programs.
import { lockFile } from '../../native/index.js';
import { fileError } from '../state/file-errors.js';
import { makeBase } from './base.js';
import { makeParent } from './content/locks.js';
import type { ContentParts } from './content/open.js';
import { places } from './content/places.js';
import { keepImage } from './keep.js';
import { hostPlatform } from './platform.js';
import { BASE } from './reference.js';

/** Two managers that want it at once make it once. @throws TscontainError NOT_SUPPORTED, NO_SPACE … */
export async function makeBaseImage(content: ContentParts): Promise<void> {
  try {
    makeParent(content.images);
    const lock = await lockFile(places.baseLock(content.images));
    try {
      if (content.references.get(BASE) === undefined) await make(content);
    } finally {
      lock.release();
    }
  } catch (error) {
    throw fileError(error, 'make the image base from the programs of this host');
  }
}

async function make(content: ContentParts): Promise<void> {
  const lease = await content.lease();
  const staged = await content.layers.stage();
  try {
    const config = await makeBase(staged.tree);
    const { layer, blob } = await content.layers.adopt(staged);
    const created = new Date().toISOString();
    await keepImage(content, {
      configuration: {
        created,
        platform: hostPlatform(),
        config,
        diffIds: [layer.diffId],
        history: [{ created, createdBy: 'tscontain: the programs of this host', emptyLayer: false }],
      },
      layers: [blob],
      names: [BASE],
    });
  } finally {
    await staged.close();
    await lease.close();
  }
}
