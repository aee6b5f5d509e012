// Which volumes belong to somebody, and what goes when some of them go. Pure.
import { compareNames } from '../catalogue.js';
import type { PrunableVolumes, VolumeRow } from './port.js';

/** Docker's mark, a label, of a volume that nobody has named. */
const ANONYMOUS_LABEL = 'com.docker.volume.anonymous';

export const isAnonymous = ({ labels }: Pick<VolumeRow, 'labels'>): boolean => ANONYMOUS_LABEL in labels;

/** Without Docker's mark: that a volume has no name is said beside its name. */
export const namedLabels = (labels: VolumeRow['labels']): VolumeRow['labels'] =>
  Object.fromEntries(Object.entries(labels).filter(([label]) => label !== ANONYMOUS_LABEL));

/** 64 digits say nothing to anybody: the first twelve are enough to know it by. */
export const shownName = ({ name, labels }: Pick<VolumeRow, 'name' | 'labels'>): string =>
  isAnonymous({ labels }) && /^[0-9a-f]{64}$/.test(name) ? `${name.slice(0, 12)} (no name)` : name;

export const byName = (a: VolumeRow, b: VolumeRow): number =>
  Number(isAnonymous(a)) - Number(isAnonymous(b)) || compareNames(a.name, b.name);

/** What a prune would take: nothing that a container uses, not even one that is removed and still kept. */
export const prunable = (list: readonly VolumeRow[], which: PrunableVolumes): readonly VolumeRow[] =>
  list.filter((volume) => volume.usedBy.length === 0 && (which === 'unused' || isAnonymous(volume)));

/** Measured so far; those that are not yet are told apart. */
export type Sizes = ReadonlyMap<string, number | 'measuring' | 'unknown'>;

export function sizeOf(sizes: Sizes, name: string): number | undefined {
  const size = sizes.get(name);
  return typeof size === 'number' ? size : undefined;
}

/** Bytes of all of these; undefined while one of them is not measured yet. */
export function bytesOf(sizes: Sizes, volumes: readonly VolumeRow[]): number | undefined {
  let sum = 0;
  for (const { name } of volumes) {
    const size = sizeOf(sizes, name);
    if (size === undefined) return undefined;
    sum += size;
  }
  return sum;
}
