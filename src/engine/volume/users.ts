// Whose a volume is: every container that has it mounted, whether it runs, has ended, or was removed and is kept.
import { isTscontainError } from '../errors.js';
import type { ContainerConfig } from '../model.js';
import { listRemoved } from '../state/removed.js';
import type { Store } from '../state/store.js';
import type { VolumeUser } from './model.js';
import type { VolumeMount } from './source.js';

export const volumeMounts = ({ mounts }: Pick<ContainerConfig, 'mounts'>): VolumeMount[] =>
  mounts.filter((mount) => mount.type === 'volume');

/** Each once. */
export const volumesOf = (config: Pick<ContainerConfig, 'mounts'>): string[] => [
  ...new Set(volumeMounts(config).map(({ source }) => source)),
];

/** Volume → its containers, by name. */
export function volumeUsers(store: Store): Map<string, VolumeUser[]> {
  const users = new Map<string, VolumeUser[]>();
  const add = (config: ContainerConfig, isRemoved: boolean) => {
    for (const volume of volumesOf(config))
      users.set(volume, [...(users.get(volume) ?? []), { id: config.id, name: config.name, isRemoved }]);
  };
  // Its state may be damaged, and what it has is known all the same.
  for (const id of store.ids()) {
    const config = configOf(store, id);
    if (config !== undefined) add(config, false);
  }
  for (const { config } of listRemoved(store.root)) add(config, true);
  for (const each of users.values()) each.sort((a, b) => (a.name < b.name ? -1 : 1));
  return users;
}

function configOf(store: Store, id: string): ContainerConfig | undefined {
  try {
    return store.readConfig(id);
  } catch (error) {
    if (isTscontainError(error)) return undefined;
    throw error;
  }
}

/** "web", "web and db", "web, db (removed, and still kept) and 3 more". */
export function usersInWords(users: readonly VolumeUser[]): string {
  const names = users.map(({ name, isRemoved }) => (isRemoved ? `${name} (removed, and still kept)` : name));
  const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)!}`;
}
