// The image that a container is made of or started with: its trees and its defaults. `base` is made when it is first wanted.
import { isTscontainError } from '../errors.js';
import type { Image } from '../model.js';
import { makeBaseImage } from './base-image.js';
import type { UnpackedLayer } from './content/model.js';
import { chainIdsOf } from './digest.js';
import { findImage, readSteadily, type Found } from './find.js';
import { NEVER, type ImageConfiguration } from './oci.js';
import { BASE, familiarName, isId } from './reference.js';
import type { ImageParts } from './store.js';
import type { Summaries } from './summaries.js';
import { unpackedLayers } from './unpacked.js';

/** @throws TscontainError NO_SUCH_IMAGE, INVALID_VALUE, AMBIGUOUS_ID, STATE_CORRUPT, NO_SPACE … */
export async function getImage(parts: ImageParts, text: string): Promise<Image> {
  const known = isId(text) ? byConfiguration(parts, text) : undefined;
  return known ?? (await readSteadily(parts.content, () => unpacked(parts, text)));
}

async function unpacked(parts: ImageParts, text: string): Promise<Image> {
  const { image, entry } = await findOrMake(parts, text);
  const layers = await unpackedLayers(parts.content, image);
  return toImage({ id: image.id, configuration: image.configuration, name: entry.name, layers });
}

async function findOrMake({ content, summaries }: ImageParts, text: string): Promise<Found> {
  try {
    return findImage(content, summaries, text);
  } catch (error) {
    if (text !== BASE || !isTscontainError(error, 'NO_SUCH_IMAGE')) throw error;
    await makeBaseImage(content);
    return findImage(content, summaries, text);
  }
}

/** Every start of a container asks for its image by id: its configuration alone says where its trees are. */
function byConfiguration({ content, summaries }: ImageParts, id: string): Image | undefined {
  let configuration: ImageConfiguration | undefined;
  try {
    configuration = content.documents.configuration(`sha256:${id}`);
  } catch (error) {
    // Some other content has this digest, or it is damaged: the long way says what there is to say.
    if (isTscontainError(error)) return undefined;
    throw error;
  }
  if (configuration === undefined) return undefined;
  const layers = chainIdsOf(configuration.diffIds).map((chainId) => content.layers.get(chainId));
  if (!layers.every((layer) => layer !== undefined)) return undefined;
  return toImage({ id, configuration, name: nameOfId(summaries, id), layers });
}

function nameOfId(summaries: Summaries, id: string): string | undefined {
  return summaries.all().find(({ entry, summary }) => summary.id === id && entry.name !== undefined)?.entry.name;
}

function toImage(of: {
  readonly id: string;
  readonly configuration: ImageConfiguration;
  readonly name: string | undefined;
  readonly layers: readonly UnpackedLayer[];
}): Image {
  return {
    id: of.id,
    name: of.name === undefined ? of.id : familiarName(of.name),
    created: of.configuration.created ?? NEVER,
    sizeBytes: of.layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    layers: of.layers.map(({ tree }) => tree),
    config: of.configuration.config,
  };
}
