// commit, the image's side: what a container has written comes as a layer upon those of its image.
import type { ContainerConfig } from '../model.js';
import { committedConfiguration, type CommitWishes } from './committed.js';
import { keepImage } from './keep.js';
import { MEDIA, type Descriptor } from './oci.js';
import { imageName } from './reference.js';
import type { ContentStore } from './content/model.js';
import type { ImageDetails } from './answers.js';
import { chainIdsOf } from './digest.js';

export interface ImageCommitWishes extends CommitWishes {
  /** what the image is to be called; it has no name without one */
  readonly name?: string;
}

/**
 * @param pack gives the plain tar of what was written; undefined when that is nothing
 * @returns the id of the new image @throws TscontainError INVALID_VALUE, NO_SPACE, and what `pack` throws
 */
export async function commitImage(
  content: ContentStore,
  { manifest, layers, configuration }: ImageDetails,
  container: ContainerConfig,
  wishes: ImageCommitWishes,
  pack: (write: (chunk: Buffer) => Promise<void>) => Promise<boolean>,
): Promise<{ readonly id: string; readonly name?: string }> {
  const name = wishes.name === undefined ? undefined : imageName(wishes.name);
  const chainIds = chainIdsOf(configuration.diffIds);
  const created = new Date().toISOString();
  // What cannot be is said before anything is packed.
  committedConfiguration(configuration, container, wishes, { created });
  const lease = await content.lease();
  try {
    await lease.add(manifest.digest, ...layers.map(({ digest }) => digest), ...chainIds);
    const layer = await packLayer(content, pack);
    const parent = chainIds.at(-1);
    if (layer !== undefined)
      await content.layers.unpack({
        descriptor: layer,
        diffId: layer.digest,
        ...(parent === undefined ? {} : { parent }),
      });
    const { id } = await keepImage(content, {
      configuration: committedConfiguration(configuration, container, wishes, {
        created,
        ...(layer === undefined ? {} : { layer: layer.digest }),
      }),
      layers: [...layers, ...(layer === undefined ? [] : [layer])],
      names: name === undefined ? [] : [name],
    });
    return { id, ...(name === undefined ? {} : { name }) };
  } finally {
    await lease.close();
  }
}

async function packLayer(
  { blobs }: ContentStore,
  pack: (write: (chunk: Buffer) => Promise<void>) => Promise<boolean>,
): Promise<Descriptor | undefined> {
  const blob = await blobs.create();
  try {
    if (!(await pack((chunk) => blob.write(chunk)))) return undefined;
    return { mediaType: MEDIA.layer, ...(await blob.commit()) };
  } finally {
    await blob.close();
  }
}
