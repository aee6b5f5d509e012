// Who is on which network, who is behind an address, which ports lead where. Pure; reckoned once a list.
import type { Container, Endpoint, NetworkConfig, PublishedPort } from '../../engine/index.js';
import { compareNames } from '../catalogue.js';
import type { NetworkRow } from './port.js';

/** The network of containers that ask for none; it is there for good once somebody was on it. */
export const DEFAULT_NETWORK = 'bridge';

export const keyOf = ({ network }: NetworkRow): string => network.id;

export const shortId = (id: string): string => id.slice(0, 12);

/** A container on a network. */
export interface Membership {
  readonly network: NetworkConfig;
  readonly endpoint: Endpoint;
}

interface Known {
  readonly byContainer: ReadonlyMap<string, readonly Membership[]>;
  readonly byAddress: ReadonlyMap<string, Membership>;
}

const known = new WeakMap<readonly NetworkRow[], Known>();

function knownOf(list: readonly NetworkRow[]): Known {
  const before = known.get(list);
  if (before !== undefined) return before;
  const byContainer = new Map<string, Membership[]>();
  const byAddress = new Map<string, Membership>();
  for (const { network, endpoints } of list) {
    for (const endpoint of endpoints) {
      const membership = { network, endpoint };
      byContainer.set(endpoint.container, [...(byContainer.get(endpoint.container) ?? []), membership]);
      byAddress.set(endpoint.ipv4Address, membership);
      if (endpoint.ipv6Address !== undefined) byAddress.set(endpoint.ipv6Address, membership);
    }
  }
  const found = { byContainer, byAddress };
  known.set(list, found);
  return found;
}

const NONE: readonly Membership[] = [];

/** The networks that a container is on, as its interfaces are numbered. */
export const membershipsOf = (list: readonly NetworkRow[], container: string): readonly Membership[] =>
  knownOf(list).byContainer.get(container) ?? NONE;

/** Whose address it is. */
export const atAddress = (list: readonly NetworkRow[], address: string): Membership | undefined =>
  knownOf(list).byAddress.get(address);

/** The network whose gateway it is: there the host itself is. */
export const ofGateway = (list: readonly NetworkRow[], address: string): NetworkConfig | undefined =>
  list.find(({ network }) => network.subnets.some(({ gateway }) => gateway === address))?.network;

export const portsOf = (list: readonly NetworkRow[], container: string): readonly PublishedPort[] =>
  membershipsOf(list, container).flatMap(({ endpoint }) => endpoint.ports);

/** Containers that ask for the network and are not on it now, as they do not run. */
export function absentOf({ network, endpoints }: NetworkRow, containers: readonly Container[]): readonly Container[] {
  return containers.filter(
    ({ id, config }) => asksFor(config, network) && !endpoints.some(({ container }) => container === id),
  );
}

export function asksFor({ network: mode, endpoints }: Container['config'], network: NetworkConfig): boolean {
  if (mode !== 'bridge') return false;
  if (endpoints === undefined) return network.name === DEFAULT_NETWORK;
  return endpoints.some(({ network: id }) => id === network.id || id === network.name);
}

/** What a prune takes: nobody is on it and nobody asks for it; the default one is never taken. */
export const prunable = (list: readonly NetworkRow[], containers: readonly Container[]): readonly NetworkRow[] =>
  list.filter(
    (row) =>
      row.network.name !== DEFAULT_NETWORK && row.endpoints.length === 0 && absentOf(row, containers).length === 0,
  );

export const byName = (a: NetworkRow, b: NetworkRow): number => compareNames(a.network.name, b.network.name);
