// The images that stages begin with and files are copied from: found in the store, or fetched into it.
import { isTscontainError } from '../errors.js';
import { makeBaseImage } from '../image/base-image.js';
import type { ContentParts } from '../image/content/open.js';
import type { Lease } from '../image/content/model.js';
import { findImage } from '../image/find.js';
import type { HistoryEntry, ImageDefaults, Platform } from '../image/oci.js';
import { canRunOn, noSuchPlatform, parsePlatform } from '../image/platform.js';
import { BASE } from '../image/reference.js';
import type { StoredImage } from '../image/stored.js';
import type { Summaries } from '../image/summaries.js';
import type { TransferEvent } from '../image/transfer.js';
import { unpackedLayers } from '../image/unpacked.js';
import type { LayerRecord } from './cache.js';

export interface BaseImage {
  readonly config: ImageDefaults;
  readonly platform: Platform;
  readonly history: readonly HistoryEntry[];
  readonly author?: string;
  readonly layers: readonly LayerRecord[];
  /** of the layers, lowest first */
  readonly trees: readonly string[];
}

export interface PullWishes {
  readonly platform: Platform;
  readonly signal: AbortSignal;
  readonly onTransfer: (event: TransferEvent) => void;
}

export interface BasesParts {
  readonly content: ContentParts;
  readonly summaries: Summaries;
  readonly lease: Lease;
  readonly pull: (name: string, wishes: PullWishes) => Promise<void>;
}

export interface BaseWishes {
  readonly platform: Platform;
  /** of its own FROM --platform */
  readonly ownPlatform?: string;
  /** although it is there */
  readonly isFresh: boolean;
  readonly signal: AbortSignal;
  readonly onTransfer: (event: TransferEvent) => void;
}

/** @throws TscontainError NO_SUCH_IMAGE, NOT_SUPPORTED for one of another platform, what pulling throws */
export async function baseImage(parts: BasesParts, name: string, wishes: BaseWishes): Promise<BaseImage> {
  const platform = wishes.ownPlatform === undefined ? wishes.platform : parsePlatform(wishes.ownPlatform);
  const { signal, onTransfer } = wishes;
  const pull = () => parts.pull(name, { platform, signal, onTransfer });
  const fits = (image: StoredImage) => canRunOn(image.configuration.platform, platform);
  let found = name === BASE ? await theBase(parts) : lookFor(parts, name);
  if (name !== BASE && (wishes.isFresh || found === undefined || !fits(found))) {
    await pull();
    found = findImage(parts.content, parts.summaries, name).image;
  }
  if (!fits(found!)) throw noSuchPlatform(name, platform, [found!.configuration.platform]);
  return toBase(parts, found!);
}

async function theBase({ content, summaries }: BasesParts): Promise<StoredImage> {
  try {
    return findImage(content, summaries, BASE).image;
  } catch (error) {
    if (!isTscontainError(error, 'NO_SUCH_IMAGE')) throw error;
    await makeBaseImage(content);
    return findImage(content, summaries, BASE).image;
  }
}

function lookFor({ content, summaries }: BasesParts, name: string): StoredImage | undefined {
  try {
    return findImage(content, summaries, name).image;
  } catch (error) {
    if (isTscontainError(error, 'NO_SUCH_IMAGE')) return undefined;
    throw error;
  }
}

async function toBase({ content, lease }: BasesParts, image: StoredImage): Promise<BaseImage> {
  const { configuration, manifest, chainIds, descriptor } = image;
  await lease.add(
    descriptor.digest,
    manifest.config.digest,
    ...manifest.layers.map(({ digest }) => digest),
    ...chainIds,
  );
  const unpacked = await unpackedLayers(content, image);
  const { config, platform, history, author, diffIds } = configuration;
  return {
    config,
    platform,
    history,
    ...(author === undefined ? {} : { author }),
    layers: chainIds.map((chainId, index) => ({ chainId, diffId: diffIds[index]!, blob: manifest.layers[index]! })),
    trees: unpacked.map(({ tree }) => tree),
  };
}
