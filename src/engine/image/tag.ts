// image tag: another name for what is there.
import { appendEvent } from '../events.js';
import { TscontainError } from '../errors.js';
import { findImage, readSteadily } from './find.js';
import { withoutOrigin } from './origin.js';
import { BASE, familiarName, imageName } from './reference.js';
import type { ImageParts } from './store.js';

/** Whatever had the name before keeps its content and loses it. @throws TscontainError INVALID_VALUE, NO_SUCH_IMAGE … */
export async function tagImage({ root, content, summaries }: ImageParts, source: string, text: string): Promise<void> {
  const name = imageName(text);
  if (name === BASE || name.includes('@'))
    throw new TscontainError('INVALID_VALUE', `"${text}" cannot be given to an image as its name`, {
      hint: name === BASE ? 'base is what is made of the programs of this host' : 'give a tag instead of a digest',
    });
  const { entry, image, byId } = await readSteadily(content, () => findImage(content, summaries, source));
  // By its id one of several images of an index is meant, without what the index said of it.
  const { mediaType, digest, size } = image.descriptor;
  await content.references.set(name, byId ? { mediaType, digest, size } : withoutOrigin(entry.descriptor));
  appendEvent(root, { type: 'image', action: 'tag', id: image.id, attributes: { name: familiarName(name) } });
}
