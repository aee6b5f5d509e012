// What a stage is, as far as it has come: its layers, and what an image of it would say. Each step gives the next one. Pure.
import { NO_DEFAULTS, type HistoryEntry, type ImageDefaults, type Platform } from '../image/oci.js';
import type { BaseImage } from './bases.js';
import type { CachedStep, LayerRecord } from './cache.js';
import type { Step } from './step.js';

export interface StageResult {
  readonly layers: readonly LayerRecord[];
  /** of the layers, lowest first */
  readonly trees: readonly string[];
  readonly config: ImageDefaults;
  readonly platform: Platform;
  /** those without a time get that of the image */
  readonly history: readonly HistoryEntry[];
  readonly author?: string;
}

export function emptyStage(platform: Platform): StageResult {
  return { layers: [], trees: [], config: NO_DEFAULTS, platform, history: [] };
}

export function stageOf({ layers, trees, config, platform, history, author }: BaseImage): StageResult {
  return { layers, trees, config, platform, history, ...(author === undefined ? {} : { author }) };
}

/** @param made what came of it; absent for what only changes what the image says */
export function afterStep(
  before: StageResult,
  step: Step,
  made?: CachedStep & { readonly tree?: string },
): StageResult {
  const layer = made?.layer;
  const entry: HistoryEntry = {
    ...(layer === undefined ? {} : { created: made!.created }),
    createdBy: step.createdBy,
    emptyLayer: layer === undefined,
  };
  return {
    ...before,
    layers: layer === undefined ? before.layers : [...before.layers, layer],
    trees: layer === undefined ? before.trees : [...before.trees, made!.tree!],
    config: step.config,
    history: [...before.history, entry],
    ...(step.author === undefined ? {} : { author: step.author }),
  };
}

export const chainOf = ({ layers }: StageResult) => layers.at(-1)?.chainId;
