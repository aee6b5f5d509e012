// Whether every reference leads to an image with all its parts.
import { isTscontainError } from '../errors.js';
import type { ImageFinding } from './answers.js';
import { withStoreLock } from './content/locks.js';
import type { ContentParts } from './content/open.js';
import type { Entry } from './content/references.js';
import type { Digest } from './oci.js';
import { familiarName } from './reference.js';
import type { ImageParts } from './store.js';
import { imagesBelow, type StoredImage } from './stored.js';

interface Around {
  readonly damaged: ReadonlySet<Digest>;
  readonly repair: boolean;
}

/** Each is looked at while nothing comes or goes: what is being removed or made anew looks damaged. */
export async function checkReferences(
  { content }: ImageParts,
  entries: readonly Entry[],
  { damaged, repair }: Around,
): Promise<ImageFinding[]> {
  const findings: ImageFinding[] = [];
  for (const entry of entries) {
    const found = await withStoreLock(content.images, async () => {
      const now = content.references.entries();
      if (!now.some((each) => isSame(each, entry))) return [];
      const fault = faultOf(content, entry);
      if (fault === undefined)
        return imagesBelow(content, entry.descriptor).flatMap((image) => partsOf(content, { entry, image, damaged }));
      if (repair) await content.references.replace(now.filter((each) => !isSame(each, entry)));
      const name = entry.name === undefined ? `the image ${entry.descriptor.digest}` : `"${familiarName(entry.name)}"`;
      const what = `${name} cannot be used: ${fault}`;
      return [
        { kind: 'damage', what, ...(repair ? { repaired: 'its name is taken away' } : {}) } satisfies ImageFinding,
      ];
    });
    findings.push(...found);
  }
  return unique(findings);
}

const isSame = (a: Entry, b: Entry): boolean => a.name === b.name && a.descriptor.digest === b.descriptor.digest;

/** Why nothing can be made of it. */
function faultOf(content: ContentParts, { descriptor }: Entry): string | undefined {
  const size = content.blobs.size(descriptor.digest);
  if (size !== undefined && size !== descriptor.size)
    return `its manifest has ${size} bytes instead of ${descriptor.size}`;
  try {
    imagesBelow(content, descriptor);
    return undefined;
  } catch (error) {
    if (isTscontainError(error)) return error.message;
    throw error;
  }
}

interface Image {
  readonly entry: Entry;
  readonly image: StoredImage;
  readonly damaged: ReadonlySet<Digest>;
}

/** It runs from its trees and is given away from its content: both should be there. */
function partsOf({ blobs, layers }: ContentParts, { entry, image, damaged }: Image): ImageFinding[] {
  const name = entry.name === undefined ? image.id.slice(0, 12) : familiarName(entry.name);
  return image.manifest.layers.flatMap(({ digest, size }, i): ImageFinding[] => {
    const there = blobs.size(digest);
    const isUnpacked = layers.get(image.chainIds[i]!) !== undefined;
    const layer = `layer ${i + 1} of ${name}`;
    if (there === undefined)
      return [
        {
          kind: 'damage',
          what: `${layer} is missing: it ${isUnpacked ? 'runs, and can be neither pushed nor saved' : 'cannot be run'} until it is pulled or loaded again`,
        },
      ];
    if (there !== size) return [{ kind: 'damage', what: `${layer} has ${there} bytes instead of ${size}` }];
    return isUnpacked || damaged.has(digest)
      ? []
      : [{ kind: 'note', what: `${layer} is not unpacked; the next use unpacks it` }];
  });
}

/** Names of the same image say the same of it. */
function unique(findings: readonly ImageFinding[]): ImageFinding[] {
  return findings.filter((finding, i) => findings.findIndex(({ what }) => what === finding.what) === i);
}
