// image rm: a name is taken away; with the last one goes the image, and with it what no other image has.
import { isTscontainError, TscontainError } from '../errors.js';
import { appendEvent } from '../events.js';
import { shown } from '../grammar/wrong.js';
import { deleteTree } from '../state/delete-tree.js';
import { fileError } from '../state/file-errors.js';
import type { RemovedImage, RemoveImageWishes } from './answers.js';
import { withStoreLock } from './content/locks.js';
import { needsOf, reachOf, takeAway, unneededBy, type Unneeded } from './content/reach.js';
import { withoutName, type Entry } from './content/references.js';
import { entryByName, findImage } from './find.js';
import type { Digest } from './oci.js';
import { readAhead } from './read-ahead.js';
import { familiarName } from './reference.js';
import type { ImageParts, Users } from './store.js';
import { imagesBelow } from './stored.js';

/**
 * @param text a name takes that name away; an id the image with its name, with `force` all its names
 * @throws TscontainError NO_SUCH_IMAGE, IMAGE_IN_USE, INVALID_VALUE, AMBIGUOUS_ID
 */
export async function removeImage(
  parts: ImageParts,
  text: string,
  { force = false, dryRun = false }: RemoveImageWishes = {},
): Promise<RemovedImage> {
  const { root, content } = parts;
  await readAhead(content);
  const { removal, unneeded, trash } = await withStoreLock(content.images, async () => {
    const users = await parts.usedBy();
    const removal = planRemoval(parts, { text, users, force });
    const unneeded = await freedBy(parts, removal, users);
    if (dryRun) return { removal, unneeded, trash: [] };
    await content.references.replace(removal.left);
    return { removal, unneeded, trash: takeAway(content, unneeded) };
  });
  const { untagged, deleted } = removal;
  if (!dryRun) {
    for (const path of trash) await deleteTree(path).catch(sayDeleting);
    for (const name of untagged)
      appendEvent(root, { type: 'image', action: 'untag', id: removal.id, attributes: { name } });
    for (const id of deleted) appendEvent(root, { type: 'image', action: 'delete', id, attributes: { name: text } });
  }
  return { untagged, deleted, freedBytes: unneeded.bytes };
}

const sayDeleting = (error: unknown): never => {
  throw fileError(error, 'delete a layer');
};

interface Removal {
  /** of the image, for events */
  readonly id: string;
  readonly untagged: readonly string[];
  readonly deleted: readonly string[];
  /** all of index.json after it */
  readonly left: readonly Entry[];
  readonly gone: readonly Entry[];
}

interface Asked {
  readonly text: string;
  readonly users: Users;
  readonly force: boolean;
}

function planRemoval(parts: ImageParts, asked: Asked): Removal {
  const entry = entryByName(parts.content, asked.text);
  return entry?.name === undefined ? byId(parts, asked) : byName(parts, asked, { ...entry, name: entry.name });
}

function byName({ content }: ImageParts, { text, users, force }: Asked, entry: Entry & { name: string }): Removal {
  const ids = idsBelow({ content }, entry);
  const others = content.references.entries().filter(({ name }) => name !== entry.name);
  const untagged = [familiarName(entry.name)];
  const elsewhere = new Set(others.flatMap((each) => idsBelow({ content }, each)));
  const last = ids.filter((id) => !elsewhere.has(id));
  const inUse = last.flatMap((id) => users.get(id) ?? []);
  if (inUse.length > 0 && !force) throw isUsed(text, inUse);
  const id = ids[0] ?? '';
  // What a container needs stays, without its name.
  if (inUse.length > 0)
    return { id, untagged, deleted: [], left: withoutName(content.references.entries(), entry.name), gone: [] };
  return { id, untagged, deleted: last, left: others, gone: [entry] };
}

function byId({ content, summaries }: ImageParts, { text, users, force }: Asked): Removal {
  const { image } = findImage(content, summaries, text);
  const entries = content.references.entries();
  const gone = entries.filter((entry) => idsBelow({ content }, entry).includes(image.id));
  const left = entries.filter((entry) => !gone.includes(entry));
  const names = gone.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const untagged = names.map(familiarName);
  if (names.length > 1 && !force)
    throw new TscontainError('IMAGE_IN_USE', `image ${shown(text)} has several names: ${untagged.join(', ')}`, {
      hint: 'remove the one that is to go by its name, or all of them with --force',
    });
  const ids = [...new Set(gone.flatMap((entry) => idsBelow({ content }, entry)))];
  const inUse = ids.flatMap((id) => users.get(id) ?? []);
  if (inUse.length > 0 && (!force || names.length === 0)) throw isUsed(text, inUse);
  if (inUse.length > 0) {
    const kept = gone.map(({ descriptor }): Entry => ({ descriptor }));
    const unique = kept.filter(
      (entry, i) => kept.findIndex((other) => other.descriptor.digest === entry.descriptor.digest) === i,
    );
    return { id: image.id, untagged, deleted: [], left: [...left, ...unique], gone: [] };
  }
  return { id: image.id, untagged, deleted: ids, left, gone };
}

const SHOWN_USERS = 5;

function isUsed(text: string, users: readonly string[]): TscontainError {
  const more = users.length > SHOWN_USERS ? ` and ${users.length - SHOWN_USERS} others` : '';
  const names = users.slice(0, SHOWN_USERS).join(', ');
  return new TscontainError('IMAGE_IN_USE', `image ${shown(text)} is used by ${names}${more}`, {
    hint: 'remove these containers first: tscontain rm, and tscontain prune --removed for what is kept',
  });
}

/** Of all images of a reference, for other machines too; none of one that cannot be read. */
export function idsBelow({ content }: Pick<ImageParts, 'content'>, { descriptor }: Entry): string[] {
  try {
    return imagesBelow(content, descriptor).map(({ id }) => id);
  } catch (error) {
    if (isTscontainError(error)) return [];
    throw error;
  }
}

/** What only the removed ones lead to. */
async function freedBy(parts: ImageParts, { left, gone }: Removal, users: Users): Promise<Unneeded> {
  const { content } = parts;
  const nothing: Unneeded = { blobs: [], layers: [], bytes: 0 };
  if (gone.length === 0) return nothing;
  try {
    const needed = reachOf(content, descriptorsOf(left), await keptBeside(parts, users));
    return unneededBy(content, needed, reachOf(content, descriptorsOf(gone)));
  } catch (error) {
    // Something is damaged, so that it is not known what is needed: the name goes, and a prune finds the rest.
    if (isTscontainError(error, 'STATE_CORRUPT')) return nothing;
    throw error;
  }
}

export const descriptorsOf = (entries: readonly Entry[]) => entries.map(({ descriptor }) => descriptor);

/** What leases hold and what containers need. The caller holds the store's lock. */
export async function heldBy(content: ImageParts['content'], users: Users): Promise<Set<Digest>> {
  const held = await content.leases.held();
  const ids = [...users.keys()].map((id): Digest => `sha256:${id}`);
  for (const digest of needsOf(content, ids)) held.add(digest);
  return held;
}

/** The same, and what builds keep for one another: an image that is removed is built again from it. The caller holds the store's lock. */
export async function keptBeside({ content, keptByBuilds }: ImageParts, users: Users): Promise<Set<Digest>> {
  return new Set([...(await heldBy(content, users)), ...keptByBuilds()]);
}
