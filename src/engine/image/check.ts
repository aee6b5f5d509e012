// image check: whether every name leads to an image that can be run and given away, and what lies in the store for nothing.
// Nothing is changed unless it is asked to repair. What others are at meanwhile is told from what was left by its lock.
import { existsSync, readdirSync, renameSync } from 'node:fs';
import { isTscontainError } from '../errors.js';
import { deleteTree } from '../state/delete-tree.js';
import type { CheckWishes, ImageCheck, ImageFinding } from './answers.js';
import { damagedBlobs } from './check-blobs.js';
import { damagedLayers } from './check-layers.js';
import { checkReferences } from './check-references.js';
import { forEachLeft } from './content/left.js';
import { withStoreLock } from './content/locks.js';
import { places } from './content/places.js';
import { blobsIn, reachOf, takeAway, unneededBy } from './content/reach.js';
import type { Entry } from './content/references.js';
import { isId } from './reference.js';
import { descriptorsOf, keptBeside } from './remove.js';
import type { ImageParts } from './store.js';

/** @throws TscontainError of the file system; what is wrong with the content is among the findings */
export async function checkImages(parts: ImageParts, wishes: CheckWishes = {}): Promise<ImageCheck> {
  const { content } = parts;
  const { repair = false } = wishes;
  const findings: ImageFinding[] = [];
  if (!existsSync(content.images)) return { ...NOTHING, isSound: true };
  await checkIndex(parts, findings, repair);
  const blobs = await damagedBlobs(content, wishes);
  const layers = await damagedLayers(content, repair);
  findings.push(...blobs.findings, ...layers.findings);
  const entries = entriesOf(parts);
  findings.push(...(await checkReferences(parts, entries, { damaged: blobs.damaged, repair })));
  findings.push(...(await checkUnneeded(parts, repair)));
  const underWay = await checkLeft(parts, findings, repair);
  findings.push(...oldImages(content.images));
  return {
    images: entries.length,
    blobs: blobsIn(content.images).length,
    layers: content.layers.ids().length,
    verifiedBytes: blobs.verifiedBytes,
    underWay,
    findings,
    isSound: findings.every(({ kind, repaired }) => kind !== 'damage' || repaired !== undefined),
  };
}

const NOTHING: Omit<ImageCheck, 'isSound'> = {
  images: 0,
  blobs: 0,
  layers: 0,
  verifiedBytes: 0,
  underWay: 0,
  findings: [],
};

function entriesOf({ content }: ImageParts): readonly Entry[] {
  try {
    return content.references.entries();
  } catch (error) {
    if (isTscontainError(error, 'STATE_CORRUPT')) return [];
    throw error;
  }
}

/** Names that cannot be read are set aside; every manifest that is still there is kept without one. */
async function checkIndex({ content }: ImageParts, findings: ImageFinding[], repair: boolean): Promise<void> {
  try {
    content.references.entries();
    return;
  } catch (error) {
    if (!isTscontainError(error, 'STATE_CORRUPT')) throw error;
  }
  const what = 'the names of the images (index.json) cannot be read';
  if (!repair) {
    findings.push({ kind: 'damage', what });
    return;
  }
  const path = places.index(content.images);
  const kept = `${path}.damaged-${new Date().toISOString().replaceAll(':', '-')}`;
  await withStoreLock(content.images, async () => {
    renameSync(path, kept);
    await content.references.replace(manifestsOf(content));
  });
  findings.push({
    kind: 'damage',
    what,
    repaired: `it is set aside as ${kept}, and the images are kept without names`,
  });
}

function manifestsOf({ images, blobs, documents }: ImageParts['content']): Entry[] {
  return blobsIn(images).flatMap((digest) => {
    try {
      const document = documents.manifest(digest);
      const size = blobs.size(digest);
      if (document?.kind !== 'manifest' || size === undefined) return [];
      return [{ descriptor: { mediaType: document.mediaType, digest, size } }];
    } catch (error) {
      if (isTscontainError(error)) return [];
      throw error;
    }
  });
}

/** What no reference, no build and no lease leads to. While a reference is damaged it is not known what it needs. */
async function checkUnneeded(parts: ImageParts, repair: boolean): Promise<ImageFinding[]> {
  const { content } = parts;
  try {
    const { unneeded, trash } = await withStoreLock(content.images, async () => {
      const kept = await keptBeside(parts, await parts.usedBy());
      const reach = reachOf(content, descriptorsOf(content.references.entries()), kept);
      const unneeded = unneededBy(content, reach);
      return { unneeded, trash: repair ? takeAway(content, unneeded) : [] };
    });
    for (const path of trash) await deleteTree(path);
    const done = repair ? { repaired: 'deleted' } : {};
    return [
      ...unneeded.blobs.map(({ digest, bytes }): ImageFinding => ({
        kind: 'leftover',
        what: `no image needs the content ${digest} (${bytes} bytes)`,
        ...done,
      })),
      ...unneeded.layers.map(({ chainId, bytes }): ImageFinding => ({
        kind: 'leftover',
        what: `no image needs the unpacked layer ${chainId} (${bytes} bytes)`,
        ...done,
      })),
    ];
  } catch (error) {
    if (isTscontainError(error, 'STATE_CORRUPT')) return [];
    throw error;
  }
}

/** @returns how much is under way */
function checkLeft({ content }: ImageParts, findings: ImageFinding[], repair: boolean): Promise<number> {
  return forEachLeft(content.images, ({ path, what, isContinued }) => {
    findings.push({
      kind: isContinued && !repair ? 'note' : 'leftover',
      what: `${what} was left at ${path}${isContinued ? ', and the next try goes on with it' : ''}`,
      ...(repair ? { repaired: 'deleted' } : {}),
    });
    return repair ? 'delete' : 'keep';
  });
}

/** What an earlier version kept in a form of its own: told, and never touched. */
function oldImages(images: string): ImageFinding[] {
  const old = readdirSync(images).filter((name) => isId(name) && existsSync(`${images}/${name}/image.json`));
  return old.map((id) => ({
    kind: 'note',
    what: `${images}/${id} is an image of an earlier version, which nothing uses any more: delete it by hand when it is not missed`,
  }));
}
