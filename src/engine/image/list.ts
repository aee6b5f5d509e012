// image ls: every name with its image, and those that have lost their name.
import type { ListedImage } from './answers.js';
import { places } from './content/places.js';
import type { Digest } from './oci.js';
import { originOf } from './origin.js';
import { familiarName } from './reference.js';
import type { ImageParts, Users } from './store.js';
import { sizeOf, type Summarized } from './summaries.js';

/** By name. What cannot be read is left out; asking for it by name says why, and so does a check. */
export async function listImages({ content, summaries, usedBy }: ImageParts): Promise<ListedImage[]> {
  const listed = summaries.all();
  const users = await usedBy();
  const owners = ownersOf(listed);
  return listed
    .map((each) => toListed(each, { images: content.images, users, owners }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

interface Around {
  readonly images: string;
  readonly users: Users;
  readonly owners: ReadonlyMap<Digest, number>;
}

/** For each layer, how many images have it. */
export function ownersOf(listed: readonly Summarized[]): Map<Digest, number> {
  const owners = new Map<Digest, number>();
  const byId = new Map(listed.map(({ summary }) => [summary.id, summary]));
  for (const { layers } of byId.values())
    for (const { chainId } of layers) owners.set(chainId, (owners.get(chainId) ?? 0) + 1);
  return owners;
}

export function toListed({ entry, summary }: Summarized, { images, users, owners }: Around): ListedImage {
  const { id, created, platform, config, layers } = summary;
  const { name, descriptor } = entry;
  const shared = layers.filter(({ chainId }) => (owners.get(chainId) ?? 0) > 1);
  return {
    id,
    name: name === undefined ? id : familiarName(name),
    ...(name === undefined ? {} : { reference: name }),
    digest: originOf(descriptor),
    created,
    platform,
    sizeBytes: sizeOf(summary),
    sharedBytes: shared.reduce((sum, { bytes }) => sum + bytes, 0),
    layers: layers.map(({ chainId }) => places.tree(images, chainId)),
    layerBytes: layers.map(({ bytes }) => bytes),
    config,
    usedBy: users.get(id) ?? [],
  };
}
