// What the verbs work with. openEngine() makes each part when it is first used.
import type { CgroupDriver } from '../cgroup/index.js';
import type { Images } from '../engine.js';
import type { Container, EngineEvent, Status } from '../model.js';
import { isTscontainError } from '../errors.js';
import { appendEvent } from '../events.js';
import type { ContentParts } from '../image/content/open.js';
import type { NetworkConfig } from '../network/model.js';
import type { KeeperLine } from '../network/keeper/line.js';
import type { NetworkStore } from '../network/store.js';
import type { Store } from '../state/store.js';
import type { SupervisorClient, Supervisors } from '../supervisor/client.js';

export interface Parts {
  readonly root: string;
  readonly store: Store;
  readonly driver: CgroupDriver;
  readonly images: Images;
  /** what the images are made of */
  readonly content: ContentParts;
  readonly networks: NetworkStore;
  /** to whoever answers names on them */
  readonly keeper: Pick<KeeperLine, 'look'>;
  readonly supervisors: Supervisors;
  /** Containers that were attached to before their start, and the supervisor that therefore has to start them. */
  readonly awaited: Map<string, SupervisorClient>;
}

/** Whether it has a process, or will have one again without anybody asking. */
export function isAlive(status: Status): boolean {
  return status === 'running' || status === 'paused' || status === 'restarting';
}

/** undefined when it has been removed, by whomever. */
export function loadIfThere(store: Store, id: string): Container | undefined {
  try {
    return store.load(id);
  } catch (error) {
    if (isTscontainError(error, 'NO_SUCH_CONTAINER')) return undefined;
    throw error;
  }
}

/** Tells of something that happened to a container, with its name and image as Docker does. */
export function tell(
  { root }: Pick<Parts, 'root'>,
  { id, config }: Pick<Container, 'id' | 'config'>,
  action: EngineEvent['action'],
  attributes: Record<string, string> = {},
): void {
  appendEvent(root, {
    type: 'container',
    action,
    id,
    attributes: { name: config.name, image: config.image.name, ...attributes },
  });
}

/** Tells of something that happened to a network, and to whom on it. */
export function tellOfNetwork(
  { root }: Pick<Parts, 'root'>,
  { id, name, driver }: Pick<NetworkConfig, 'id' | 'name' | 'driver'>,
  action: EngineEvent['action'],
  attributes: Record<string, string> = {},
): void {
  appendEvent(root, { type: 'network', action, id, attributes: { name, type: driver, ...attributes } });
}
