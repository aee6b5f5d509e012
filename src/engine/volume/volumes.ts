// The volumes of a state directory: the verbs, each in its own file. Tests: test/container/volume.
import type { Volumes } from '../engine.js';
import { createVolume } from './create.js';
import { inspectVolume, listVolumes } from './list.js';
import type { VolumeParts } from './parts.js';
import { pruneVolumes } from './prune.js';
import { volumeSize } from './quota.js';
import { removeVolume } from './remove.js';

export function createVolumes(parts: VolumeParts): Volumes {
  const inspect = async (name: string) => Promise.resolve(inspectVolume(parts, name));
  return {
    list: async () => Promise.resolve(listVolumes(parts)),
    inspect,
    create: async (spec = {}) => inspect((await createVolume(parts, spec)).name),
    remove: (name) => removeVolume(parts, name),
    prune: (wishes) => pruneVolumes(parts, wishes),
    size: async (name) => {
      inspectVolume(parts, name);
      return volumeSize(parts.store.root, name);
    },
  };
}
