// load: brings saved images into the store, from what Docker, podman, skopeo, umoci and we ourselves write. Nothing of an image
// is seen before all of it is there; what was on its way when it ended is cleared away, or taken over by the next try.
// Tests: test/container/image/archive-load.test.ts, archive-hostile.test.ts, archive-peers.test.ts.
import { TscontainError } from '../../errors.js';
import type { Item } from '../../rootfs/entry.js';
import { TarError } from '../../rootfs/tar-header.js';
import { readTar } from '../../rootfs/tar-read.js';
import { fileError } from '../../state/file-errors.js';
import type { ContentStore, Lease } from '../content/model.js';
import { chainIdOf, hexOf } from '../digest.js';
import { keepImage } from '../keep.js';
import { DamagedError } from '../layer/decompress.js';
import type { Descriptor, Digest, Platform } from '../oci.js';
import type { OnTransfer } from '../transfer.js';
import { bringLayer, unpackStored, type BroughtLayer, type Carrier, type LayerUnderWay } from './bring-layer.js';
import { CollectedParts } from './collected-parts.js';
import { layerTypeOf } from '../packing.js';
import { openSaved, titleOf, type SavedSource } from './open-saved.js';
import { INDEX_JSON, partName } from './part-name.js';
import { planImages, requireLayers, type PlannedImage, type PlannedLayer } from './plan.js';
import type { SavedParts } from './saved-parts.js';

export interface LoadWishes {
  /** Of an image for several; absent is this machine's. */
  readonly platform?: Platform;
  readonly signal?: AbortSignal;
  readonly onTransfer?: OnTransfer;
}

export interface LoadedImage {
  /** 64 hexadecimal digits */
  readonly id: string;
  /** full names; none when the archive has none for it */
  readonly names: readonly string[];
}

/**
 * @param discard takes away what was brought and is not needed, after a failure that no other try would mend
 * @throws TscontainError NO_SUCH_PATH, INVALID_VALUE, DIGEST_MISMATCH, NOT_SUPPORTED, NO_SPACE; the reason of the signal
 */
export async function loadImages(
  store: ContentStore,
  source: SavedSource,
  wishes: LoadWishes = {},
  discard: (digests: ReadonlySet<Digest>) => Promise<void> = () => Promise.resolve(),
): Promise<LoadedImage[]> {
  const ended = new AbortController();
  const signal = AbortSignal.any([ended.signal, ...(wishes.signal === undefined ? [] : [wishes.signal])]);
  const carrier: Carrier = { store, signal, onTransfer: wishes.onTransfer ?? (() => undefined) };
  const lease = await store.lease();
  const loading = new Loading(carrier, lease, wishes);
  try {
    const opened = await openSaved(source);
    const loaded = await (opened.kind === 'parts' ? loading.fromParts(opened.parts) : loading.fromStream(opened.bytes));
    await lease.close();
    return loaded;
  } catch (error) {
    // What is still being unpacked is of no use any more.
    ended.abort(error);
    await loading.settled();
    await lease.close();
    if (wishes.signal?.aborted === true) throw error;
    await discard(loading.touched);
    throw explained(error, titleOf(source));
  }
}

function explained(error: unknown, title: string): TscontainError {
  if (!(error instanceof TarError) && !(error instanceof DamagedError)) return fileError(error, `load ${title}`);
  return new TscontainError('INVALID_VALUE', `${title} cannot be loaded: ${error.message}`, {
    cause: error,
    hint: 'give an archive of "image save", "docker save" or "skopeo copy", whole',
  });
}

/** One load. */
class Loading {
  /** All that it has brought, or found and relied on. */
  readonly touched = new Set<Digest>();
  readonly #underWay = new Map<string, LayerUnderWay>();

  constructor(
    private readonly carrier: Carrier,
    private readonly lease: Lease,
    private readonly wishes: LoadWishes,
  ) {}

  async fromParts(parts: SavedParts): Promise<LoadedImage[]> {
    try {
      const images = await planImages(parts, this.wishes);
      requireLayers(parts, images);
      const loaded: LoadedImage[] = [];
      for (const image of images) loaded.push(await this.#load(image, parts));
      return loaded;
    } finally {
      await parts.close();
    }
  }

  /** Layers that come behind the documents that tell of them, as we write them, are unpacked as they come. */
  async fromStream(bytes: AsyncIterable<Buffer>): Promise<LoadedImage[]> {
    const parts = new CollectedParts(this.carrier.store, this.lease, this.carrier.signal);
    try {
      let expected: ReadonlyMap<string, Expected> | undefined;
      for await (const item of readTar(bytes)) {
        this.carrier.signal.throwIfAborted();
        const name = partName(item.entry.path);
        if (item.entry.type !== 'file' || parts.isSmall(name, item.entry.size)) {
          await parts.add(item);
          continue;
        }
        expected ??= await this.#expected(parts);
        if (expected === undefined) await parts.add(item);
        else await this.#take(name, item, expected.get(name), parts);
      }
      return await this.fromParts(parts);
    } finally {
      await parts.close();
    }
  }

  /** A large part when it is known what there is: what belongs to no image is passed over. */
  async #take(name: string, { entry, body }: Item, layer: Expected | undefined, parts: CollectedParts): Promise<void> {
    parts.pass(name, entry.size);
    if (layer === undefined || layer.planned.size !== entry.size || this.#underWay.has(layer.chainId)) return;
    await this.#hold(layer.planned.digest, layer.chainId);
    this.#underWay.set(layer.chainId, await bringLayer(this.carrier, layer.planned, layer.parent, body));
  }

  /** The layers that are to come, by the names of their parts; undefined when too little has come to know. */
  async #expected(parts: SavedParts): Promise<ReadonlyMap<string, Expected> | undefined> {
    if (parts.find(INDEX_JSON) === undefined) return undefined;
    let images: PlannedImage[];
    try {
      images = await planImages(parts, this.wishes);
    } catch {
      // Whether something is wrong or has only not come yet is seen at the end.
      return undefined;
    }
    const expected = new Map<string, Expected>();
    for (const { layers } of images) {
      let parent: Digest | undefined;
      for (const planned of layers) {
        if (planned.digest === undefined || planned.diffId === undefined) break;
        const chainId = chainIdOf(parent, planned.diffId);
        if (!expected.has(planned.part)) expected.set(planned.part, { planned, parent, chainId });
        parent = chainId;
      }
    }
    return expected;
  }

  /** Resolves when nothing is on its way any more, however it ended. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#underWay.values()].map(({ brought }) => brought));
  }

  async #hold(...digests: readonly (Digest | undefined)[]): Promise<void> {
    const wanted = digests.filter((digest) => digest !== undefined);
    for (const digest of wanted) this.touched.add(digest);
    await this.lease.add(...wanted);
  }

  async #load(image: PlannedImage, parts: SavedParts): Promise<LoadedImage> {
    const underWay: LayerUnderWay[] = [];
    let parent: Digest | undefined;
    for (const planned of image.layers) {
      const layer = await this.#bring(planned, parent, parts);
      underWay.push(layer);
      // The chain goes on over what the layer is as plain tar; where nobody has said so, it must have been read.
      const diffId = planned.diffId ?? (await layer.brought).unpacked.diffId;
      parent = chainIdOf(parent, diffId);
    }
    const layers = await Promise.all(underWay.map(({ brought }) => brought));
    return this.#name(image, layers);
  }

  async #bring(planned: PlannedLayer, parent: Digest | undefined, parts: SavedParts): Promise<LayerUnderWay> {
    const { diffId } = planned;
    const chainId = diffId === undefined ? undefined : chainIdOf(parent, diffId);
    const before = chainId === undefined ? undefined : this.#underWay.get(chainId);
    if (before !== undefined) return before;
    this.carrier.signal.throwIfAborted();
    await this.#hold(planned.digest, chainId);
    const digest = await parts.stored?.(planned.part);
    const layer =
      digest === undefined
        ? await bringLayer(this.carrier, planned, parent, parts.bytes(planned.part))
        : unpackStored(this.carrier, { descriptor: await this.#stored(planned, digest), diffId, parent });
    this.#underWay.set(chainId ?? planned.part, layer);
    // Of one that does not say by its name what it is, it is known then.
    layer.brought.then(
      ({ descriptor, unpacked }) => this.touched.add(descriptor.digest).add(unpacked.chainId),
      () => undefined,
    );
    return layer;
  }

  async #stored({ mediaType, part }: PlannedLayer, digest: Digest): Promise<Descriptor> {
    await this.#hold(digest);
    const { blobs } = this.carrier.store;
    const size = blobs.size(digest);
    if (size === undefined)
      throw new TscontainError('NO_SUCH_PATH', `${part} of the archive has just been removed from the image store`, {
        hint: 'load it again',
      });
    return { mediaType: mediaType ?? (await layerTypeOf(blobs.path(digest))), digest, size };
  }

  async #name(image: PlannedImage, layers: readonly BroughtLayer[]): Promise<LoadedImage> {
    const { store, signal } = this.carrier;
    const configuration = image.configuration(layers.map(({ unpacked }) => unpacked.diffId));
    signal.throwIfAborted();
    if (image.manifest === undefined) {
      const descriptors = layers.map(({ descriptor }) => descriptor);
      const { id } = await keepImage(store, { configuration, layers: descriptors, names: image.names });
      return { id, names: image.names };
    }
    const { bytes, mediaType } = image.manifest;
    const id = await store.blobs.put(configuration);
    const descriptor = { mediaType, digest: await store.blobs.put(bytes), size: bytes.length };
    for (const name of image.names) await store.references.set(name, descriptor);
    if (image.names.length === 0) await store.references.add(descriptor);
    return { id: hexOf(id), names: image.names };
  }
}

interface Expected {
  readonly planned: PlannedLayer;
  readonly parent: Digest | undefined;
  readonly chainId: Digest;
}
