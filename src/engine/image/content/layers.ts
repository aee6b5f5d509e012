// Layers unpacked, each once, by chain id. One appears by one rename when its tree is whole; before a reference leads to it, all of
// it is on the disk.
import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import type { Lock } from '../../../native/index.js';
import { TscontainError } from '../../errors.js';
import { bootId } from '../../state/boot.js';
import { deleteTree } from '../../state/delete-tree.js';
import { errnoOf, fileError } from '../../state/file-errors.js';
import { chainIdOf, digestOf } from '../digest.js';
import { wholeFile, type LayerFacts, type LayerWanted } from '../layer/model.js';
import { packLayer } from '../layer/pack-layer.js';
import { settleImplied } from '../layer/settle-implied.js';
import { MEDIA, type Descriptor, type Digest } from '../oci.js';
import type { BlobStore } from './blobs.js';
import { flushAround } from './durable.js';
import { LayerRecords, type LayerRecord } from './layer-record.js';
import type { Leases } from './leases.js';
import { clearLeft } from './left.js';
import { lockPassing, makeParent, releaseAndForget, withStoreLock } from './locks.js';
import type { Layers, LayerSource, StagedTree, UnpackedLayer, UnpackWishes } from './model.js';
import { places } from './places.js';
import { Staged } from './staged.js';
import { surveyOf, type Survey } from './survey.js';

export type UnpackLayer = (
  wanted: LayerWanted,
) => Promise<Pick<LayerFacts, 'diffId' | 'digest' | 'sizeBytes' | 'implied'>>;

export interface LayerParts {
  readonly images: string;
  readonly blobs: BlobStore;
  readonly leases: Leases;
  readonly unpackLayer: UnpackLayer;
}

export class LayerStore implements Layers {
  readonly records: LayerRecords;
  /** Those that this process has seen, and of which it is not known that they are on the disk. */
  readonly #unsettled = new Set<Digest>();
  /** How those look that nothing will change any more; taken while others are still on their way. */
  readonly #surveys = new Map<Digest, Promise<Survey | undefined>>();

  constructor(private readonly parts: LayerParts) {
    this.records = new LayerRecords(parts.images);
  }

  get(chainId: Digest): UnpackedLayer | undefined {
    const record = this.records.trusted(chainId);
    if (record === undefined) return undefined;
    if (!this.records.isDurable(chainId)) this.#unsettled.add(chainId);
    const { diffId, digest, sizeBytes } = record;
    return { chainId, diffId, digest, sizeBytes, tree: places.tree(this.parts.images, chainId) };
  }

  /** The chain ids of all, those that are not to be trusted too. */
  ids(): Digest[] {
    try {
      return readdirSync(places.layers(this.parts.images))
        .filter((name) => /^[0-9a-f]{64}$/.test(name))
        .map((name): Digest => `sha256:${name}`);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return [];
      throw fileError(error, 'list the layers of the image store');
    }
  }

  async unpack(source: LayerSource, wishes: UnpackWishes = {}): Promise<UnpackedLayer> {
    const { images, leases } = this.parts;
    const { diffId, parent, descriptor } = source;
    const known = diffId === undefined ? undefined : chainIdOf(parent, diffId);
    if (known !== undefined) {
      await leases.hold(known);
      const there = this.get(known);
      if (there !== undefined) return there;
    }
    const path = places.layerLock(images, known ?? digestOf(`${parent ?? ''} ${descriptor.digest}`));
    const lock = await this.#lock(path, wishes.signal);
    try {
      // Who was at it before us may have finished it.
      const there = known === undefined ? undefined : this.get(known);
      return there ?? (await this.#unpackNew(source, wishes));
    } finally {
      releaseAndForget(lock, path);
    }
  }

  async #lock(path: string, signal: AbortSignal | undefined): Promise<Lock> {
    try {
      makeParent(places.layers(this.parts.images));
    } catch (error) {
      throw fileError(error, 'unpack a layer');
    }
    return lockPassing(path, signal);
  }

  async #unpackNew(source: LayerSource, { signal, onProgress }: UnpackWishes): Promise<UnpackedLayer> {
    const { digest, size, mediaType } = source.descriptor;
    const staged = await this.stage();
    try {
      const facts = await this.parts.unpackLayer({
        file: source.file ?? wholeFile(this.parts.blobs.path(digest)),
        digest,
        size,
        mediaType,
        tree: staged.tree,
        ...(source.diffId === undefined ? {} : { diffId: source.diffId }),
        ...(signal === undefined ? {} : { signal }),
        ...(onProgress === undefined ? {} : { onProgress }),
      });
      const layer = await this.#publish(staged, { ...facts, ...parentOf(source.parent) });
      // It may be gone before it was looked at; then nobody asks.
      if (facts.implied.length === 0)
        this.#surveys.set(
          layer.chainId,
          surveyOf(layer.tree).catch(() => undefined),
        );
      return layer;
    } catch (error) {
      signal?.throwIfAborted();
      throw fileError(error, `unpack layer ${digest}`);
    } finally {
      await staged.close();
    }
  }

  async stage(): Promise<Staged> {
    try {
      await clearLeft(this.parts.images, 'layers');
      return await Staged.open(this.parts.images);
    } catch (error) {
      throw fileError(error, 'make a layer in the image store');
    }
  }

  async adopt(
    staged: StagedTree,
    parent?: Digest,
  ): Promise<{ readonly layer: UnpackedLayer; readonly blob: Descriptor }> {
    if (!(staged instanceof Staged)) throw new TypeError('only a tree that was made here can be taken');
    const { digest, size } = await this.#pack(staged.tree);
    const survey = await surveyOf(staged.tree);
    const made = { digest, diffId: digest, sizeBytes: survey.sizeBytes, implied: [], ...parentOf(parent) };
    const layer = await this.#publish(staged, made).catch((error: unknown) => {
      throw fileError(error, 'keep a layer in the image store');
    });
    // Still staged, it was not needed: somebody was faster with the same one.
    if (!existsSync(staged.directory)) this.#surveys.set(layer.chainId, Promise.resolve(survey));
    return { layer, blob: { mediaType: MEDIA.layer, digest, size } };
  }

  async #pack(tree: string): Promise<{ readonly digest: Digest; readonly size: number }> {
    const blob = await this.parts.blobs.create();
    try {
      for await (const chunk of packLayer(tree)) await blob.write(chunk as Buffer);
      return await blob.commit();
    } finally {
      await blob.close();
    }
  }

  /** Gives a tree its place; of two that made the same one the first counts. */
  async #publish(
    staged: Staged,
    made: Pick<LayerRecord, 'diffId' | 'digest' | 'parent' | 'sizeBytes' | 'implied'>,
  ): Promise<UnpackedLayer> {
    const { images, leases } = this.parts;
    const { diffId, digest, parent, sizeBytes, implied } = made;
    const chainId = chainIdOf(parent, diffId);
    const record: LayerRecord = {
      schema: 1,
      chainId,
      diffId,
      digest,
      ...parentOf(parent),
      sizeBytes,
      implied,
      boot: bootId(),
    };
    writeFileSync(`${staged.directory}/layer.json`, JSON.stringify(record), { mode: 0o600 });
    await leases.hold(chainId);
    const trash = await withStoreLock(images, () => {
      if (this.get(chainId) !== undefined) return undefined;
      const target = places.layer(images, chainId);
      // One that a power cut may have damaged, or whose description cannot be read.
      const before = existsSync(target) ? this.trash(chainId) : undefined;
      renameSync(staged.directory, target);
      return before;
    });
    if (trash !== undefined) await deleteTree(trash);
    const layer = this.get(chainId);
    if (layer !== undefined) return layer;
    throw new TscontainError('STATE_CORRUPT', `layer ${chainId} is gone as soon as it was made`, {
      hint: 'does something else delete files below the state directory?',
    });
  }

  /** Takes one out of sight. The caller holds the store's lock, and deletes what is at the path that this returns. */
  trash(chainId: Digest): string {
    const trash = places.trash(this.parts.images);
    renameSync(places.layer(this.parts.images, chainId), trash);
    this.records.forget(chainId);
    this.#unsettled.delete(chainId);
    this.#surveys.delete(chainId);
    return trash;
  }

  /**
   * Finishes what was unpacked: directories that a layer only implies get their looks from the layers below, all is brought to
   * the disk at once, and how it looks is written down.
   */
  async settle(): Promise<void> {
    const { images } = this.parts;
    const ready = [...this.#unsettled].flatMap((chainId) => {
      // Another process may have been here.
      const stack = this.records.isDurable(chainId) ? undefined : this.#stackOf(chainId);
      return stack === undefined ? [] : [stack];
    });
    if (ready.length === 0) return;
    try {
      const surveys = new Map<Digest, Survey>();
      // The lower ones first: those above look at them.
      for (const stack of ready.sort((a, b) => a.length - b.length)) {
        const { chainId, implied } = stack.at(-1)!;
        const trees = stack.map((record) => places.tree(images, record.chainId));
        const tree = trees.pop()!;
        settleImplied(tree, implied, trees);
        surveys.set(chainId, (await this.#surveys.get(chainId)) ?? (await surveyOf(tree)));
      }
      await flushAround(places.layers(images));
      for (const [chainId, survey] of surveys) {
        this.records.mark(chainId, survey);
        this.#unsettled.delete(chainId);
        this.#surveys.delete(chainId);
      }
    } catch (error) {
      throw fileError(error, 'bring layers of the image store to the disk');
    }
  }

  /** It and all below it, lowest first; undefined as long as one of them is missing. */
  #stackOf(chainId: Digest): LayerRecord[] | undefined {
    const stack: LayerRecord[] = [];
    for (let next: Digest | undefined = chainId; next !== undefined; next = stack[0]!.parent) {
      const record = this.records.trusted(next);
      if (record === undefined) return undefined;
      stack.unshift(record);
    }
    return stack;
  }
}

const parentOf = (parent: Digest | undefined): { parent?: Digest } => (parent === undefined ? {} : { parent });
