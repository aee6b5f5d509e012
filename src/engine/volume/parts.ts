// What the verbs of volumes work with, and how they tell of what they did.
import { appendEvent } from '../events.js';
import type { Container, EventAction } from '../model.js';
import type { Store } from '../state/store.js';
import { volumeMounts } from './users.js';

export interface VolumeParts {
  /** the containers, whose volumes they are */
  readonly store: Store;
}

/** As Docker does; those that have no name of their own go by their number. */
export function tellVolume(
  root: string,
  name: string,
  action: EventAction,
  attributes: Readonly<Record<string, string>> = {},
): void {
  appendEvent(root, { type: 'volume', action, id: name, attributes: { driver: 'local', ...attributes } });
}

/** That a container has its volumes mounted from now on, or no more. */
export function tellMounts(
  root: string,
  { id, config }: Pick<Container, 'id' | 'config'>,
  action: 'mount' | 'unmount',
): void {
  for (const { source, target, readOnly } of volumeMounts(config)) {
    const how = action === 'mount' ? { destination: target, 'read/write': String(!readOnly) } : {};
    tellVolume(root, source, action, { container: id, ...how });
  }
}
