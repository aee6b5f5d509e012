// An image store of a test's own: the verbs and the content below them, and images made of a few words.
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { openContent, type ContentParts } from '../../src/engine/image/content/open.js';
import { keepImage } from '../../src/engine/image/keep.js';
import {
  NO_DEFAULTS,
  type Descriptor,
  type Digest,
  type ImageDefaults,
  type Platform,
} from '../../src/engine/image/oci.js';
import { imageName } from '../../src/engine/image/reference.js';
import { createImages, type Users } from '../../src/engine/image/store.js';
import type { Images } from '../../src/engine/index.js';
import { layout } from '../../src/engine/state/layout.js';
import { stateDirectory } from './state-directory.js';

export interface StoreHouse {
  readonly root: string;
  readonly directory: string;
  readonly content: ContentParts;
  readonly images: Images;
  /** image id → the containers that use it; a test puts them in */
  readonly users: Map<string, readonly string[]>;
}

export function storeHouse(t: Pick<TestContext, 'after'>, root = stateDirectory(t)): StoreHouse {
  const directory = layout.images(root);
  const content = openContent(directory);
  const users = new Map<string, readonly string[]>();
  const usedBy = (): Users => users;
  return { root, directory, content, images: createImages(root, { content, usedBy }), users };
}

/** Path below the root → content. */
export type Tree = Readonly<Record<string, string>>;

export interface MadeImage {
  readonly id: string;
  readonly descriptor: Descriptor;
  readonly layers: readonly { readonly chainId: Digest; readonly blob: Digest }[];
}

export interface Making {
  readonly config?: Partial<ImageDefaults>;
  readonly platform?: Platform;
  readonly created?: string;
}

/** An image of one layer a tree, lowest first, made as a build makes one. */
export async function makeImage(
  content: ContentParts,
  names: readonly string[],
  trees: readonly Tree[],
  { config = {}, platform = { os: 'linux', architecture: 'amd64' }, created = '2026-01-02T03:04:05Z' }: Making = {},
): Promise<MadeImage> {
  const lease = await content.lease();
  try {
    const made: { chainId: Digest; diffId: Digest; blob: Descriptor }[] = [];
    for (const tree of trees) {
      const staged = await content.layers.stage();
      try {
        fill(staged.tree, tree);
        const { layer, blob } = await content.layers.adopt(staged, made.at(-1)?.chainId);
        made.push({ chainId: layer.chainId, diffId: layer.diffId, blob });
      } finally {
        await staged.close();
      }
    }
    const { id, descriptor } = await keepImage(content, {
      configuration: {
        created,
        platform,
        config: { ...NO_DEFAULTS, ...config },
        diffIds: made.map(({ diffId }) => diffId),
        history: made.map((_, i) => ({ createdBy: `step ${i + 1}`, emptyLayer: false })),
      },
      layers: made.map(({ blob }) => blob),
      names: names.map(imageName),
    });
    return { id, descriptor, layers: made.map(({ chainId, blob }) => ({ chainId, blob: blob.digest })) };
  } finally {
    await lease.close();
  }
}

/** Always the same times: the same tree is the same layer. */
export function fill(top: string, tree: Tree): void {
  const places = new Set([top]);
  for (const [path, text] of Object.entries(tree)) {
    mkdirSync(join(top, dirname(path)), { recursive: true });
    writeFileSync(join(top, path), text);
    for (let at = path; at !== '.'; at = dirname(at)) places.add(join(top, at));
  }
  for (const place of places) utimesSync(place, 1_700_000_000, 1_700_000_000);
}
