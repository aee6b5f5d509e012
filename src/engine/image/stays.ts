// A container comes to be while somebody else may be removing its image: either sees the other.
import { TscontainError } from '../errors.js';
import { withStoreLock } from './content/locks.js';
import type { ContentParts } from './content/open.js';
import { chainIdsOf } from './digest.js';

/**
 * Makes what uses an image visible while nobody can remove one: whoever comes after sees that it is used.
 * @throws TscontainError NO_SUCH_IMAGE when it has been removed since it was looked up
 */
export function whileImageStays<T>(content: ContentParts, id: string, appear: () => T): Promise<T> {
  return withStoreLock(content.images, () => {
    const configuration = content.documents.configuration(`sha256:${id}`);
    const isWhole = chainIdsOf(configuration?.diffIds ?? []).every(
      (chainId) => content.layers.get(chainId) !== undefined,
    );
    if (configuration === undefined || !isWhole)
      throw new TscontainError('NO_SUCH_IMAGE', `the image ${id.slice(0, 12)} has just been removed`, {
        hint: 'pull, load or build it again',
      });
    return appear();
  });
}
