// image prune: images that nobody needs any more, and what was left of others.
import { statSync } from 'node:fs';
import { isTscontainError } from '../errors.js';
import { appendEvent } from '../events.js';
import { deleteTree } from '../state/delete-tree.js';
import { hasLabel } from '../labels.js';
import { fileError } from '../state/file-errors.js';
import type { PrunedImages, PruneImagesWishes } from './answers.js';
import { forEachLeft } from './content/left.js';
import { withStoreLock } from './content/locks.js';
import type { ContentParts } from './content/open.js';
import { reachOf, takeAway, unneededBy } from './content/reach.js';
import type { Entry } from './content/references.js';
import type { Digest, ImageConfiguration } from './oci.js';
import { readAhead } from './read-ahead.js';
import { familiarName } from './reference.js';
import { descriptorsOf, heldBy, keptBeside, idsBelow } from './remove.js';
import type { ImageParts, Users } from './store.js';
import { imagesBelow, preferredBelow, type StoredImage } from './stored.js';

/** What came of content whose download ended is kept so long for the next try, ms. */
const KEPT_FOR_NEXT_TRY_MS = 24 * 3600 * 1000;

/**
 * Never takes what a lease holds, what a container uses, what builds keep for one another, or what an image that stays has too.
 * @throws TscontainError STATE_CORRUPT when it is not known what an image needs
 */
export async function pruneImages(parts: ImageParts, wishes: PruneImagesWishes = {}): Promise<PrunedImages> {
  const { root, content } = parts;
  const dryRun = wishes.dryRun ?? false;
  await readAhead(content);
  const { images, untagged, unneeded, trash, deleted } = await withStoreLock(content.images, async () => {
    const users = await parts.usedBy();
    const entries = content.references.entries();
    const held = await heldBy(content, users);
    const going = entries.flatMap((entry) => {
      const image = candidate(parts, entry, { wishes, users, held });
      return image === undefined ? [] : [{ entry, image }];
    });
    const left = entries.filter((entry) => !going.some((each) => each.entry === entry));
    const unneeded = unneededBy(content, reachOf(content, descriptorsOf(left), await keptBeside(parts, users)));
    const staying = new Set(left.flatMap((entry) => idsBelow({ content }, entry)));
    const gone = new Set(going.flatMap(({ entry }) => idsBelow({ content }, entry)));
    const deleted = [...gone].filter((id) => !staying.has(id));
    const told = { images: going.map((each) => toldOf(content, each)), untagged: namesOf(going), unneeded, deleted };
    if (dryRun) return { ...told, trash: [] };
    if (going.length > 0) await content.references.replace(left);
    return { ...told, trash: takeAway(content, unneeded) };
  });
  let freedBytes = unneeded.bytes;
  if (!dryRun) {
    for (const path of trash) await deleteTree(path).catch(sayDeleting);
    freedBytes += await clearLeftovers(content.images);
    if (deleted.length > 0 || freedBytes > 0)
      appendEvent(root, { type: 'image', action: 'prune', id: '', attributes: { reclaimed: String(freedBytes) } });
  }
  return { images, untagged, deleted, freedBytes };
}

interface Going {
  readonly entry: Entry;
  readonly image: StoredImage;
}

function toldOf({ layers }: ContentParts, { entry: { name }, image }: Going): PrunedImages['images'][number] {
  const sizeBytes = image.chainIds.reduce((sum, chainId) => sum + (layers.get(chainId)?.sizeBytes ?? 0), 0);
  return { id: image.id, name: name === undefined ? image.id : familiarName(name), sizeBytes };
}

const namesOf = (going: readonly Going[]): string[] =>
  going.flatMap(({ entry: { name } }) => (name === undefined ? [] : [familiarName(name)]));

const sayDeleting = (error: unknown): never => {
  throw fileError(error, 'delete a layer');
};

interface Around {
  readonly wishes: PruneImagesWishes;
  readonly users: Users;
  readonly held: ReadonlySet<Digest>;
}

/** The image of a reference that may go. One that cannot be read is left to a check. */
function candidate({ content }: ImageParts, entry: Entry, { wishes, users, held }: Around): StoredImage | undefined {
  if (entry.name !== undefined && wishes.all !== true) return undefined;
  let images: StoredImage[];
  try {
    images = imagesBelow(content, entry.descriptor);
  } catch (error) {
    if (isTscontainError(error)) return undefined;
    throw error;
  }
  if (held.has(entry.descriptor.digest) || images.some(({ descriptor }) => held.has(descriptor.digest)))
    return undefined;
  if (images.some(({ id }) => users.has(id))) return undefined;
  const image = preferredBelow(content, entry.descriptor);
  return fits(image.configuration, wishes) ? image : undefined;
}

/** Pure. */
export function fits({ created, config }: ImageConfiguration, wishes: PruneImagesWishes): boolean {
  const { until, labels = [], withoutLabels = [] } = wishes;
  if (until !== undefined && Date.parse(created ?? '1970-01-01') >= until) return false;
  const has = (wanted: string): boolean => hasLabel(config.labels, wanted);
  return labels.every(has) && !withoutLabels.some(has);
}

/** @returns bytes of files; trees are not measured */
async function clearLeftovers(images: string): Promise<number> {
  let bytes = 0;
  await forEachLeft(images, ({ path, isContinued }) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (isContinued && Date.now() - (stat?.mtimeMs ?? 0) < KEPT_FOR_NEXT_TRY_MS) return 'keep';
    bytes += stat?.isFile() === true ? stat.size : 0;
    return 'delete';
  });
  return bytes;
}
