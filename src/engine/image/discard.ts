// Takes away what somebody has brought in vain: of these digests those that no image, no container, no build and no lease leads to.
import { deleteTree } from '../state/delete-tree.js';
import { isTscontainError } from '../errors.js';
import { withStoreLock } from './content/locks.js';
import { reachOf, takeAway, unneededBy } from './content/reach.js';
import type { Digest } from './oci.js';
import { descriptorsOf, keptBeside } from './remove.js';
import type { ImageParts } from './store.js';

/** Does nothing where it is not known what is needed: a prune says why. */
export async function discardUnneeded(parts: ImageParts, digests: ReadonlySet<Digest>): Promise<void> {
  const { content } = parts;
  try {
    const trash = await withStoreLock(content.images, async () => {
      const kept = await keptBeside(parts, await parts.usedBy());
      const needed = reachOf(content, descriptorsOf(content.references.entries()), kept);
      return takeAway(content, unneededBy(content, needed, { blobs: digests, chainIds: digests }));
    });
    for (const path of trash) await deleteTree(path);
  } catch (error) {
    if (!isTscontainError(error)) throw error;
  }
}
