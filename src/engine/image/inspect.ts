// image inspect: everything about an image.
import type { ImageDetails } from './answers.js';
import { findImage, readSteadily } from './find.js';
import { ownersOf, toListed } from './list.js';
import { NEVER, type Digest } from './oci.js';
import { originOf } from './origin.js';
import { BASE, familiarName, fullName, parseReference } from './reference.js';
import type { ImageParts } from './store.js';
import type { Summary } from './summaries.js';

/** @throws TscontainError NO_SUCH_IMAGE, INVALID_VALUE, AMBIGUOUS_ID, STATE_CORRUPT */
export function inspectImage(parts: ImageParts, text: string): Promise<ImageDetails> {
  return readSteadily(parts.content, () => details(parts, text));
}

async function details({ content, summaries, usedBy }: ImageParts, text: string): Promise<ImageDetails> {
  const { image, entry } = findImage(content, summaries, text);
  const listed = summaries.all();
  const { configuration, chainIds, manifest } = image;
  // As it was found: one for another machine is not the one that a list shows.
  const summary: Summary = {
    id: image.id,
    created: configuration.created ?? NEVER,
    platform: configuration.platform,
    config: configuration.config,
    layers: chainIds.map((chainId, i) => ({
      chainId,
      bytes: content.layers.get(chainId)?.sizeBytes ?? manifest.layers[i]!.size,
    })),
  };
  const same = listed.filter((each) => each.summary.id === image.id).map((each) => each.entry);
  const entries = same.length === 0 ? [entry] : same;
  const around = { images: content.images, users: await usedBy(), owners: ownersOf(listed) };
  return {
    image: toListed({ entry, summary }, around),
    names: entries.flatMap(({ name }) => (name === undefined || name.includes('@') ? [] : [familiarName(name)])),
    digests: [
      ...new Set(
        entries.flatMap(({ name, descriptor }) => (name === undefined ? [] : byDigest(name, originOf(descriptor)))),
      ),
    ],
    manifest: image.descriptor,
    layers: manifest.layers,
    configuration,
  };
}

/** "debian@sha256:…"; what was made here has been in no registry under this digest. */
function byDigest(name: string, digest: Digest): string[] {
  if (name === BASE) return [];
  const { registry, repository } = parseReference(name);
  return [`${familiarName(fullName({ registry, repository }))}@${digest}`];
}
