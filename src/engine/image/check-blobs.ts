// Whether all content is what its name says: every byte of it is read.
import { isTscontainError } from '../errors.js';
import type { CheckWishes, ImageFinding } from './answers.js';
import { digestOfFile } from './content/digest-of-file.js';
import { withStoreLock } from './content/locks.js';
import type { ContentParts } from './content/open.js';
import { blobsIn } from './content/reach.js';
import { errnoOf, fileError } from '../state/file-errors.js';
import type { Digest } from './oci.js';

export interface BlobCheck {
  readonly findings: readonly ImageFinding[];
  readonly damaged: ReadonlySet<Digest>;
  readonly verifiedBytes: number;
}

export async function damagedBlobs(
  content: ContentParts,
  { quick = false, repair = false, signal, onProgress }: CheckWishes,
): Promise<BlobCheck> {
  const findings: ImageFinding[] = [];
  const damaged = new Set<Digest>();
  let verifiedBytes = 0;
  if (quick) return { findings, damaged, verifiedBytes };
  const digests = blobsIn(content.images);
  const total = digests.reduce((sum, digest) => sum + (content.blobs.size(digest) ?? 0), 0);
  for (const digest of digests) {
    const is = await digestIfThere(content, digest, signal);
    verifiedBytes += content.blobs.size(digest) ?? 0;
    onProgress?.(verifiedBytes, total);
    if (is === digest || is === undefined) continue;
    damaged.add(digest);
    const what = `the content ${digest} is damaged: it is ${is} by now`;
    if (!repair) findings.push({ kind: 'damage', what });
    else {
      await withStoreLock(content.images, () => content.blobs.delete(digest));
      findings.push({ kind: 'damage', what, repaired: 'deleted, so that pulling or loading brings it again' });
    }
  }
  return { findings, damaged, verifiedBytes };
}

/** undefined when it was pruned meanwhile */
async function digestIfThere(content: ContentParts, digest: Digest, signal?: AbortSignal): Promise<Digest | undefined> {
  try {
    return await digestOfFile(content.blobs.path(digest), signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (errnoOf(error) === 'ENOENT' || isTscontainError(error)) return undefined;
    throw fileError(error, `read ${digest}`);
  }
}
