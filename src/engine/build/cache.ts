// What steps have made, kept for the next build: one small file a step, below build/steps/. A layer that has gone from the store
// meanwhile is one that was never made. Tests: test/container/build/cache.test.ts.
import { mkdirSync, readdirSync, readFileSync, utimesSync } from 'node:fs';
import { dirname } from 'node:path';
import { atomicWrite } from '../../native/index.js';
import type { ContentStore } from '../image/content/model.js';
import type { Descriptor, Digest } from '../image/oci.js';
import { errnoOf, fileError } from '../state/file-errors.js';
import { layout } from '../state/layout.js';
import type { StepKey } from './key.js';

/** A layer as an image has it. */
export interface LayerRecord {
  readonly chainId: Digest;
  readonly diffId: Digest;
  readonly blob: Descriptor;
}

export interface CachedStep {
  /** ISO 8601 */
  readonly created: string;
  /** absent where nothing came of it: the directory was there already */
  readonly layer?: LayerRecord;
}

export class StepCache {
  constructor(
    private readonly root: string,
    private readonly content: ContentStore,
  ) {}

  /** @returns undefined also for what cannot be read: it is made anew */
  get(key: StepKey): CachedStep | undefined {
    const path = layout.buildStep(this.root, key);
    const found = readStep(path);
    if (found === undefined) return undefined;
    const { layer } = found;
    if (layer !== undefined) {
      const isThere = this.content.layers.get(layer.chainId) !== undefined && this.content.blobs.has(layer.blob.digest);
      if (!isThere) return undefined;
    }
    touch(path);
    return found;
  }

  async put(key: StepKey, step: CachedStep): Promise<void> {
    const path = layout.buildStep(this.root, key);
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      await atomicWrite(path, JSON.stringify({ schema: 1, ...step }));
    } catch (error) {
      throw fileError(error, 'keep a step of the build');
    }
  }
}

/** What all of them lead to: the layers, by chain id, and their blobs. */
export function keptBySteps(root: string): Digest[] {
  const directory = layout.buildSteps(root);
  let names: string[];
  try {
    names = readdirSync(directory).filter((name) => name.endsWith('.json'));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw fileError(error, 'list what builds keep');
  }
  return names.flatMap((name) => {
    const layer = readStep(`${directory}/${name}`)?.layer;
    return layer === undefined ? [] : [layer.chainId, layer.blob.digest];
  });
}

/** When it was of use last, for who clears away what is of none any more. */
function touch(path: string): void {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
  }
}

function readStep(path: string): CachedStep | undefined {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as Partial<Record<keyof CachedStep | 'schema', unknown>>;
    if (value.schema !== 1 || typeof value.created !== 'string') return undefined;
    if (value.layer === undefined) return { created: value.created };
    const { chainId, diffId, blob } = value.layer as LayerRecord;
    const isWhole = [chainId, diffId, blob.digest].every((digest) => /^sha256:[0-9a-f]{64}$/.test(digest));
    return isWhole ? { created: value.created, layer: { chainId, diffId, blob } } : undefined;
  } catch {
    return undefined;
  }
}
