// The engine's verbs for images as the dashboard asks for them.
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  familiarName,
  formatPlatform,
  type Engine,
  type ImageHistoryLine,
  type ListedImage,
} from '../../engine/index.js';
import type { HistoryLine, ImageLayer, ImageRow, ImagesPort } from '../images/port.js';
import { buildVerb } from './build-news.js';
import type { Ports } from './ports.js';

/** What was handed in, else the engine's own. */
export function imageVerbs({ images, engine }: Pick<Ports, 'images' | 'engine'>): ImagesPort {
  return images ?? engineImages(engine);
}

function engineImages(engine: Engine): ImagesPort {
  const { images } = engine;
  return {
    list: async () => (await images.list()).map(rowOf),
    details: async (id) => {
      const [{ image, configuration }, history] = await Promise.all([images.inspect(id), images.history(id)]);
      const { author } = configuration;
      return {
        id,
        digest: image.digest,
        ...(author === undefined ? {} : { author }),
        history: historyOf(history, layersOf(image)),
      };
    },
    import: async (source, name) => {
      await images.import(source, name);
    },
    tag: (source, name) => images.tag(source, name),
    remove: (name) => images.remove(name),
    prune: async (which) => {
      const { images: removed, freedBytes } = await images.prune({ all: which === 'unused' });
      return { removed: removed.length, freedBytes };
    },
    pull: async (name, { signal, onEvent }) => {
      await images.pull(name, { signal, onTransfer: onEvent });
    },
    push: async (name, { signal, onEvent }) => {
      await images.push(name, { signal, onTransfer: onEvent });
    },
    save: async (names, path, { signal, onEvent }) => {
      const archive = await images.save(names, { signal, onTransfer: onEvent });
      await writeAside(resolve(path), (beside) =>
        pipeline(archive, createWriteStream(beside, { mode: 0o600 }), { signal }),
      );
    },
    load: async (path, { signal, onEvent }) => {
      const loaded = await images.load(resolve(path), { signal, onTransfer: onEvent });
      return loaded.flatMap(({ names }) => names.map(familiarName));
    },
    build: buildVerb(engine),
  };
}

function rowOf(image: ListedImage): ImageRow {
  const { id, name, created, sizeBytes, platform, config, usedBy } = image;
  return {
    id,
    name: name === id ? undefined : name,
    created,
    sizeBytes,
    layers: layersOf(image),
    platform: formatPlatform(platform),
    config,
    usedBy,
  };
}

/** Layers are known by the directory that they are unpacked in: that of their chain id. */
const layersOf = ({ layers, layerBytes }: ListedImage): readonly ImageLayer[] =>
  layers.map((tree, i) => ({ id: basename(dirname(tree)), sizeBytes: layerBytes[i] ?? 0 }));

/** @param history the newest first, as it is answered; here it is the oldest first */
function historyOf(history: readonly ImageHistoryLine[], layers: readonly ImageLayer[]): readonly HistoryLine[] {
  let next = 0;
  return history.toReversed().map(({ created, createdBy = '', comment, emptyLayer }): HistoryLine => {
    const layer = emptyLayer ? undefined : layers[next++];
    return {
      createdBy,
      ...(created === undefined ? {} : { created }),
      ...(comment === undefined ? {} : { comment }),
      ...(layer === undefined ? {} : { layer }),
    };
  });
}

/** A file appears whole or not at all. */
async function writeAside(path: string, write: (beside: string) => Promise<void>): Promise<void> {
  const beside = `${path}.${process.pid}.part`;
  try {
    await write(beside);
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
