// The engine's verbs for volumes as the dashboard asks for them.
import type { VolumesPort } from '../volumes/port.js';
import type { Ports } from './ports.js';
import { readDirectoryOf, readFileOf } from './volume-files.js';

/** What was handed in, else the engine's own. */
export const volumeVerbs = ({ volumes, engine }: Pick<Ports, 'volumes' | 'engine'>): VolumesPort =>
  volumes ?? {
    list: () => engine.volumes.list(),
    size: async (name) => (await engine.volumes.size(name)).bytes,
    create: async ({ name, size, labels }) => {
      await engine.volumes.create({
        labels,
        ...(name === '' ? {} : { name }),
        ...(size === '' ? {} : { options: { size } }),
      });
    },
    remove: (name) => engine.volumes.remove(name),
    prune: async (which) => {
      const { volumes: removed, freedBytes } = await engine.volumes.prune({ all: which === 'unused' });
      return { removed: removed.length, freedBytes };
    },
    directory: ({ mountpoint }, path) => readDirectoryOf(mountpoint, path),
    file: ({ mountpoint }, path) => readFileOf(mountpoint, path),
  };
