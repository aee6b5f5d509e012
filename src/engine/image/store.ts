// The images of a state directory: the verbs, each in its own file, on one store (content/model.ts says how it lies on the disk).
// Tests: test/container/image.
import type { Images } from '../engine.js';
import { layout } from '../state/layout.js';
import { checkImages } from './check.js';
import { openContent, type ContentParts } from './content/open.js';
import { getImage } from './get.js';
import { history } from './history.js';
import { importImage } from './import-image.js';
import { inspectImage } from './inspect.js';
import { listImages } from './list.js';
import type { Digest } from './oci.js';
import { pruneImages } from './prune.js';
import { pullImage, pullTags, pushImage } from './registry.js';
import { removeImage } from './remove.js';
import { Summaries } from './summaries.js';
import { tagImage } from './tag.js';

export interface ImagesOptions {
  /** Image id → the containers that were made from it, by name: it is not removed while there are any. */
  readonly usedBy?: () => Users | Promise<Users>;
  /** Layers and blobs that builds keep for one another: a prune leaves them. */
  readonly keptByBuilds?: () => Iterable<Digest>;
  /** The store of the same directory, where others use it too. */
  readonly content?: ContentParts;
}

export type Users = ReadonlyMap<string, readonly string[]>;

/** What the verbs of images work with. */
export interface ImageParts {
  /** the state directory */
  readonly root: string;
  readonly content: ContentParts;
  readonly summaries: Summaries;
  readonly usedBy: () => Users | Promise<Users>;
  readonly keptByBuilds: () => Iterable<Digest>;
}

export function createImages(root: string, options: ImagesOptions = {}): Images {
  const content = options.content ?? openContent(layout.images(root));
  const parts: ImageParts = {
    root,
    content,
    summaries: new Summaries(content),
    usedBy: options.usedBy ?? (() => new Map<string, readonly string[]>()),
    keptByBuilds: options.keptByBuilds ?? (() => []),
  };
  return {
    list: () => listImages(parts),
    get: (name) => getImage(parts, name),
    inspect: (name) => inspectImage(parts, name),
    history: (name) => history(parts, name),
    tag: (source, name) => tagImage(parts, source, name),
    pull: (name, wishes) => pullImage(parts, name, wishes),
    pullAllTags: (name, wishes) => pullTags(parts, name, wishes),
    push: (name, wishes) => pushImage(parts, name, wishes),
    import: (source, name, wishes) =>
      importImage(parts, source, { ...wishes, ...(name === undefined ? {} : { name }) }),
    // Loaded when they are wanted: most commands do without.
    save: async (names, wishes) => (await import('./save-images.js')).saveImages(parts, names, wishes),
    saveTo: async (directory, names, wishes) =>
      (await import('./save-images.js')).saveImagesTo(parts, directory, names, wishes),
    files: async (name) => (await import('./files.js')).imageFiles(parts, name),
    filesTo: async (name, directory) => (await import('./files.js')).imageFilesTo(parts, name, directory),
    load: async (source, wishes) => (await import('./load-images.js')).loadInto(parts, source, wishes),
    remove: (name, wishes) => removeImage(parts, name, wishes),
    prune: (wishes) => pruneImages(parts, wishes),
    check: (wishes) => checkImages(parts, wishes),
  };
}
