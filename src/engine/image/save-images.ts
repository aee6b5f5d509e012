// image save: finds what is to be saved by what people write, and hands it out as an archive or a directory.
import type { Readable } from 'node:stream';
import { appendEvent } from '../events.js';
import { writeDirectory } from './archive/save-directory.js';
import { saveArchive, saveParts, type SaveWishes, type Wanted } from './archive/save.js';
import { hexOf } from './digest.js';
import { findImage } from './find.js';
import { BASE, isIdPrefix, parseReference } from './reference.js';
import type { ImageParts } from './store.js';
import { shown } from '../grammar/wrong.js';

export type { SaveWishes };

/**
 * As one tar archive; errors of reading end the stream.
 * @throws TscontainError NO_SUCH_IMAGE, INVALID_VALUE, AMBIGUOUS_ID, STATE_CORRUPT
 */
export function saveImages(parts: ImageParts, refs: readonly string[], wishes: SaveWishes = {}): Readable {
  const wanted = refs.flatMap((ref) => findWanted(parts, ref));
  tellSaved(parts, wanted);
  return saveArchive(parts.content, wanted, wishes);
}

/** As an OCI image layout in a directory that is not there yet, or empty. @throws TscontainError the same, and NO_SPACE … */
export async function saveImagesTo(
  parts: ImageParts,
  directory: string,
  refs: readonly string[],
  wishes: Omit<SaveWishes, 'format'> = {},
): Promise<void> {
  const wanted = refs.flatMap((ref) => findWanted(parts, ref));
  await writeDirectory(directory, saveParts(parts.content, wanted, { ...wishes, format: 'oci-dir' }));
  tellSaved(parts, wanted);
}

function findWanted(parts: ImageParts, text: string): Wanted[] {
  const tagged = repositoryOf(text);
  const all = parts.content.references
    .list()
    .filter(({ name }) => tagged !== undefined && name.startsWith(`${tagged}:`));
  // A name without a tag is all that there is of it, as with docker save.
  if (all.length > 0) return all.map(({ name, descriptor }) => ({ descriptor, names: [name], title: shown(text) }));
  const { image, entry, byId } = findImage(parts.content, parts.summaries, text);
  const isNamed = !byId && !text.includes('@') && entry.name !== undefined;
  return [
    {
      descriptor: byId ? image.descriptor : entry.descriptor,
      names: isNamed ? [entry.name] : [],
      title: shown(text),
    },
  ];
}

/** "docker.io/library/debian" of "debian"; undefined for what has a tag or a digest, or is the beginning of an id as well. */
function repositoryOf(text: string): string | undefined {
  if (text === BASE || isIdPrefix(text)) return undefined;
  try {
    const { registry, repository, tag, digest } = parseReference(text);
    return tag === undefined && digest === undefined ? `${registry}/${repository}` : undefined;
  } catch {
    // What is wrong with it is said by who looks for the image.
    return undefined;
  }
}

function tellSaved({ root }: ImageParts, wanted: readonly Wanted[]): void {
  for (const { descriptor, names } of wanted)
    appendEvent(root, {
      type: 'image',
      action: 'save',
      id: hexOf(descriptor.digest),
      attributes: { name: names[0] ?? '' },
    });
}
