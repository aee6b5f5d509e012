// Finding an image by what people write: a name, a name with a digest, an id, the beginning of an id.
import { existsSync } from 'node:fs';
import { isTscontainError, TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import type { ContentParts } from './content/open.js';
import type { Entry } from './content/references.js';
import type { Descriptor, Digest } from './oci.js';
import { originOf } from './origin.js';
import { BASE, familiarName, fullName, imageName, isId, isIdPrefix, parseReference } from './reference.js';
import { imagesBelow, manifestsBelow, preferredBelow, type StoredImage } from './stored.js';
import type { Summaries } from './summaries.js';

export interface Found {
  readonly image: StoredImage;
  /** what it was found by: a reference, or one of several that lead to the id */
  readonly entry: Entry;
  /** It was asked for by its id, and not by a name. */
  readonly byId: boolean;
}

/** @throws TscontainError INVALID_VALUE for what can be neither name nor id, NO_SUCH_IMAGE, AMBIGUOUS_ID, STATE_CORRUPT */
export function findImage(content: ContentParts, summaries: Summaries, text: string): Found {
  const entry = entryByName(content, text);
  if (entry !== undefined) return { image: preferredBelow(content, entry.descriptor), entry, byId: false };
  const found = isIdPrefix(text) ? foundById(content, summaries, text) : undefined;
  if (found === undefined) throw noSuchImage(content, text);
  return found;
}

/** The reference that a name means; one that has lost its name is found by its digest. @throws INVALID_VALUE */
export function entryByName(content: ContentParts, text: string): Entry | undefined {
  if (isId(text.replace(/^sha256:/, ''))) return undefined;
  const name = imageName(text);
  const entry = content.references.entries().find((each) => each.name === name);
  return entry ?? (name === BASE ? undefined : entryByDigest(content, text));
}

function entryByDigest(content: ContentParts, text: string): Entry | undefined {
  const { registry, repository, digest } = parseReference(text);
  if (digest === undefined) return undefined;
  const place = fullName({ registry, repository });
  const candidates = content.references
    .entries()
    .filter(({ name }) => name === undefined || name.startsWith(`${place}:`) || name.startsWith(`${place}@`));
  return (
    candidates.find(({ descriptor }) => [descriptor.digest, originOf(descriptor)].includes(digest)) ??
    candidates.find(({ descriptor }) => hasManifest(content, descriptor, digest))
  );
}

function hasManifest(content: ContentParts, top: Descriptor, digest: Digest): boolean {
  return readable(() => manifestsBelow(content, top)).some(({ descriptor }) => descriptor.digest === digest);
}

/** Of the whole id too. @throws TscontainError AMBIGUOUS_ID */
function foundById(content: ContentParts, summaries: Summaries, text: string): Found | undefined {
  const prefix = text.replace(/^sha256:/, '');
  const listed = summaries.all().filter(({ summary }) => summary.id.startsWith(prefix));
  // Below an index there may be images for other machines too, which no list shows.
  const entries = listed.length > 0 ? listed.map(({ entry }) => entry) : content.references.entries();
  const found = entries.flatMap((entry) =>
    readable(() => imagesBelow(content, entry.descriptor))
      .filter(({ id }) => id.startsWith(prefix))
      .map((image): Found => ({ image, entry, byId: true })),
  );
  if (new Set(found.map(({ image }) => image.id)).size > 1)
    throw new TscontainError('AMBIGUOUS_ID', `${shown(text)} is the beginning of several image ids`, {
      hint: 'give more digits',
    });
  return found.find(({ entry }) => entry.name !== undefined) ?? found[0];
}

/** What is read while another process removes it looks damaged: then the names have changed, and it is looked for again. */
export async function readSteadily<T>(content: ContentParts, read: () => T | Promise<T>): Promise<T> {
  for (;;) {
    const before = content.references.entries();
    try {
      return await read();
    } catch (error) {
      if (!isTscontainError(error, 'STATE_CORRUPT') || content.references.entries() === before) throw error;
    }
  }
}

/** What one image suffers from does not hide the others. */
function readable<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read();
  } catch (error) {
    if (isTscontainError(error)) return [];
    throw error;
  }
}

export function noSuchImage(content: ContentParts, text: string): TscontainError {
  const before = placeOfOld(content.images, text);
  if (before !== undefined)
    return new TscontainError(
      'NO_SUCH_IMAGE',
      `the image ${shown(text)} was made before images came in layers, and cannot be used`,
      {
        hint: `import or pull it again; what there is of it is kept in ${before}`,
      },
    );
  return new TscontainError('NO_SUCH_IMAGE', `there is no image ${shown(text)}`, {
    hint: 'see "tscontain image ls"; "base" is always there, others come by "tscontain pull NAME"',
  });
}

/** Where an earlier version kept an image of this name or id. */
function placeOfOld(images: string, text: string): string | undefined {
  const id = text.replace(/^sha256:/, '');
  if (isId(id)) return existsSync(`${images}/${id}/image.json`) ? `${images}/${id}` : undefined;
  try {
    const name = `${images}/names/${encodeURIComponent(familiarName(imageName(text)))}`;
    return existsSync(name) ? name : undefined;
  } catch {
    return undefined;
  }
}
