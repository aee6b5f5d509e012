// Whether every unpacked layer stands as it was when it was made.
import { statSync } from 'node:fs';
import { deleteTree } from '../state/delete-tree.js';
import { errnoOf } from '../state/file-errors.js';
import type { ImageFinding } from './answers.js';
import { withStoreLock } from './content/locks.js';
import type { ContentParts } from './content/open.js';
import { places } from './content/places.js';
import { surveyOf } from './content/survey.js';
import type { Digest } from './oci.js';

export async function damagedLayers(
  content: ContentParts,
  repair: boolean,
): Promise<{ readonly findings: readonly ImageFinding[] }> {
  const findings: ImageFinding[] = [];
  for (const chainId of content.layers.ids()) {
    if ((await faultOf(content, chainId)) === undefined) continue;
    // Looked at again while nothing comes or goes: it may have been removed meanwhile, or made anew.
    const { fault, trash } = await withStoreLock(content.images, async () => {
      const isThere = statSync(places.layer(content.images, chainId), { throwIfNoEntry: false }) !== undefined;
      const fault = isThere ? await faultOf(content, chainId) : undefined;
      return { fault, trash: repair && fault !== undefined ? content.layers.trash(chainId) : undefined };
    });
    if (trash !== undefined) await deleteTree(trash);
    if (fault === undefined) continue;
    findings.push({
      kind: 'damage',
      what: `the unpacked layer ${chainId} ${fault}`,
      ...(repair ? { repaired: 'deleted, so that it is unpacked again when it is needed' } : {}),
    });
  }
  return { findings };
}

/** As a clause. */
async function faultOf({ images, layers }: ContentParts, chainId: Digest): Promise<string | undefined> {
  const record = layers.records.read(chainId);
  if (record === undefined) return 'has no description that can be read';
  if (record.chainId !== chainId) return `says that it is ${record.chainId}`;
  // Cut short by the end of an earlier boot it is as if it were not there, and made again by who needs it.
  if (layers.get(chainId) === undefined) return undefined;
  const before = layers.records.survey(chainId);
  const now = await surveyOf(places.tree(images, chainId)).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
    throw error;
  });
  if (now === undefined) return 'has lost its tree';
  // Just unpacked, and not settled yet.
  if (before === undefined) return undefined;
  if (now.entries !== before.entries) return `has ${now.entries} files and directories, and had ${before.entries}`;
  if (now.sizeBytes !== before.sizeBytes) return `has ${now.sizeBytes} bytes of files, and had ${before.sizeBytes}`;
  return now.digest === before.digest ? undefined : 'was changed: owners, modes, times or sizes are not what they were';
}
