// What is mounted in a container in the end: what was asked for, what other containers have (--volumes-from), and where its image
// says that data lies that outlives a container (VOLUME). Pure but for the names.
import { posix } from 'node:path';
import { parseTarget } from '../grammar/mounts.js';
import type { Mount } from '../model.js';

export interface MountSources {
  readonly asked: readonly Mount[];
  /** of other containers, a later one before an earlier one */
  readonly inherited: readonly Mount[];
  /** paths of the image */
  readonly volumes: readonly string[];
  /** a name for a volume that has none */
  readonly nameVolume: () => string;
}

/** Docker's order: what was asked for hides what is inherited at the same place, and both hide a volume of the image. */
export function completeMounts({ asked, inherited, volumes, nameVolume }: MountSources): Mount[] {
  const mounts = new Map<string, Mount>();
  for (const mount of inherited) mounts.set(mount.target, mount);
  for (const mount of asked) mounts.set(mount.target, mount);
  for (const path of volumes) {
    const target = parseTarget(posix.resolve('/', path), 'the volume of the image');
    if (!mounts.has(target)) mounts.set(target, { type: 'volume', source: '', target, readOnly: false });
  }
  return [...mounts.values()].map((mount) =>
    mount.type === 'volume' && mount.source === '' ? { ...mount, source: nameVolume(), anonymous: true } : mount,
  );
}

/** "container" or "container:ro". What is read-only there is so here; an image's files come into a volume but once. */
export function inheritedMounts(mounts: readonly Mount[], readOnly: boolean): Mount[] {
  return mounts.flatMap((mount) => {
    // A tmpfs is that of one container.
    if (mount.type === 'tmpfs') return [];
    const shared = { ...mount, readOnly: mount.readOnly || readOnly };
    return [shared.type === 'volume' ? { ...shared, noCopy: true } : shared];
  });
}
