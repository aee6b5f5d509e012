// Whether every reference leads to an image with all its parts.
import { isTscontainError } from '../errors.js';
import type { ImageFinding } from './answers.js';
import { withStoreLock } from './content/locks.js';
import type { Entry } from './content/references.js';
import type { Digest } from './oci.js';
import { familiarName } from './reference.js';
import type { ImageParts } from './store.js';
import { imagesBelow, type StoredImage } from './stored.js';

interface Around {
  readonly damaged: ReadonlySet<Digest>;
  readonly repair: boolean;
}

export async function checkReferences(
  parts: ImageParts,
  entries: readonly Entry[],
  { damaged, repair }: Around,
): Promise<ImageFinding[]> {
  const findings: ImageFinding[] = [];
  for (const entry of entries) {
    const { content } = parts;
    if (!isStill(parts, entry)) continue;
    const name = entry.name === undefined ? `the image ${entry.descriptor.digest}` : `"${familiarName(entry.name)}"`;
    const broken = faultOf(parts, entry);
    // One that was removed while it was looked at has no fault.
    if (broken === undefined || !isStill(parts, entry)) continue;
    const what = `${name} cannot be used: ${broken}`;
    if (!repair) findings.push({ kind: 'damage', what });
    else {
      await withStoreLock(content.images, () =>
        content.references.replace(content.references.entries().filter((each) => !isSame(each, entry))),
      );
      findings.push({ kind: 'damage', what, repaired: 'the name is taken away' });
    }
  }
  for (const entry of entries)
    for (const image of imagesOf(parts, entry)) findings.push(...partsOf(parts, { entry, image, damaged }));
  return unique(findings);
}

const isSame = (a: Entry, b: Entry): boolean => a.name === b.name && a.descriptor.digest === b.descriptor.digest;

const isStill = ({ content }: ImageParts, entry: Entry): boolean =>
  content.references.entries().some((each) => isSame(each, entry));

/** Why nothing can be made of it. */
function faultOf({ content }: ImageParts, { descriptor }: Entry): string | undefined {
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

function imagesOf({ content }: ImageParts, { descriptor }: Entry): readonly StoredImage[] {
  try {
    return imagesBelow(content, descriptor);
  } catch (error) {
    if (isTscontainError(error)) return [];
    throw error;
  }
}

interface Image {
  readonly entry: Entry;
  readonly image: StoredImage;
  readonly damaged: ReadonlySet<Digest>;
}

/** It runs from its trees and is given away from its content: both should be there. */
function partsOf(parts: ImageParts, { entry, image, damaged }: Image): ImageFinding[] {
  const { blobs, layers } = parts.content;
  const findings: ImageFinding[] = [];
  const name = entry.name === undefined ? image.id.slice(0, 12) : familiarName(entry.name);
  for (const [i, { digest, size }] of image.manifest.layers.entries()) {
    const there = blobs.size(digest);
    const tree = layers.get(image.chainIds[i]!);
    const isWhole = there === size && !damaged.has(digest);
    if (!isStill(parts, entry)) return [];
    if (there !== undefined && there !== size)
      findings.push({ kind: 'damage', what: `layer ${i + 1} of ${name} has ${there} bytes instead of ${size}` });
    else if (there === undefined)
      findings.push({
        kind: 'damage',
        what: `layer ${i + 1} of ${name} is missing: ${tree === undefined ? 'it cannot be run' : 'it runs, and can be neither pushed nor saved'} until it is pulled or loaded again`,
      });
    if (tree === undefined && isWhole)
      findings.push({ kind: 'note', what: `layer ${i + 1} of ${name} is not unpacked; the next use unpacks it` });
  }
  return findings;
}

/** Names of the same image say the same of it. */
function unique(findings: readonly ImageFinding[]): ImageFinding[] {
  return findings.filter((finding, i) => findings.findIndex(({ what }) => what === finding.what) === i);
}
