// A container comes onto its networks, and goes from them: its addresses and names stand in their files from before its
// start until after its end. Bridges are made here, under the lock of their network, so that nobody takes one away meanwhile; what
// else follows from the files (links, rules, answers to names) does not need it.
import { randomBytes } from 'node:crypto';
import type { ContainerConfig } from '../model.js';
import { chooseAddresses } from './addresses.js';
import { ensureBridge, removeBridge } from './bridge.js';
import type { Attachment, Endpoint, EndpointConfig, PublishedPort } from './model.js';
import { namesOf } from './endpoint-names.js';
import type { NetworkStore } from './store.js';

/** What of the parts of the engine it takes. */
export interface JoinParts {
  readonly networks: NetworkStore;
}

type Joining = Pick<ContainerConfig, 'id' | 'name' | 'labels' | 'project' | 'network' | 'endpoints'>;

/**
 * Which networks it is to be on: none unless it has interfaces of its own.
 * @throws TscontainError what making the default network throws
 */
export async function wantedEndpoints({ networks }: JoinParts, config: Joining): Promise<readonly EndpointConfig[]> {
  if (config.network !== 'bridge') return [];
  return config.endpoints ?? [{ network: (await networks.ensureDefault()).id, aliases: [] }];
}

/** What came of it. */
export interface Joined {
  readonly attachments: readonly Attachment[];
  /** a network has a bridge that it had not, or a port is published: other rules than before are to hold */
  readonly changesHost: boolean;
}

/**
 * The caller holds the container's lock. What fails leaves it on none of them.
 * @param ports as they are in force: published through the first network that has a way out
 * @throws TscontainError NO_SUCH_NETWORK, ADDRESS_IN_USE, NETWORK_IN_USE and LAUNCH_FAILED (its bridge cannot be made)
 */
export async function joinNetworks(
  parts: JoinParts,
  config: Joining,
  ports: readonly PublishedPort[] = [],
): Promise<Joined> {
  const attachments: Attachment[] = [];
  let changesHost = false;
  try {
    let unpublished = ports;
    for (const [number, wanted] of (await wantedEndpoints(parts, config)).entries()) {
      const isWayOut = !parts.networks.get(wanted.network).internal;
      const place = { number, ports: isWayOut ? unpublished : [] };
      const joined = await joinNetwork(parts, config, wanted, place);
      attachments.push(...joined.attachments);
      changesHost ||= joined.changesHost;
      if (isWayOut) unpublished = [];
    }
    return { attachments, changesHost };
  } catch (error) {
    for (const { network } of attachments) await leave(parts, network.id, config.id);
    throw error;
  }
}

/**
 * The same for one network. One that a crash has left of this container is replaced.
 * @param number of its interface: 0 is eth0
 */
export function joinNetwork(
  { networks }: JoinParts,
  config: Joining,
  wanted: EndpointConfig,
  { number, ports = [] }: { readonly number: number; readonly ports?: readonly PublishedPort[] },
): Promise<Joined> {
  return networks.withLock(wanted.network, async (network) => {
    const before = networks.endpoints(network.id);
    const others = before.filter(({ container }) => container !== config.id);
    const endpoint: Endpoint = {
      container: config.id,
      name: config.name,
      names: namesOf(config, wanted.aliases),
      ...chooseAddresses(network, wanted, others),
      interfaceName: `eth${number}`,
      hostInterface: newHostInterface(),
      ports,
    };
    networks.writeEndpoints(network.id, [...others, endpoint]);
    try {
      const isNew = ensureBridge(network);
      return { attachments: [{ network, endpoint }], changesHost: isNew || ports.length > 0 };
    } catch (error) {
      networks.writeEndpoints(network.id, others);
      // Half of one serves nobody, and nobody would take it away.
      if (others.length === 0) await removeBridge(network).catch(() => undefined);
      throw error;
    }
  });
}

/** New each time: the kernel may still be at taking away that of the run before. */
const newHostInterface = (): string => `veth${randomBytes(4).toString('hex')}`;

/** @returns where it was: whoever has made something of that takes it away */
export async function leaveNetworks(parts: JoinParts, container: string): Promise<readonly Attachment[]> {
  const attachments = parts.networks.attachments(container);
  for (const { network } of attachments) await leave(parts, network.id, container);
  return attachments;
}

/** Nothing happens when it is not on it, or there is no such network any more. */
export async function leave({ networks }: JoinParts, network: string, container: string): Promise<void> {
  if (!networks.endpoints(network).some((endpoint) => endpoint.container === container)) return;
  await networks.withLock(network, () => {
    const endpoints = networks.endpoints(network);
    const others = endpoints.filter((endpoint) => endpoint.container !== container);
    if (others.length < endpoints.length) networks.writeEndpoints(network, others);
  });
}

/** A renamed container answers to its new name; the aliases that it was given stay. */
export async function renameOnNetworks(parts: JoinParts, config: Joining): Promise<void> {
  for (const { network } of parts.networks.attachments(config.id)) {
    const wanted = config.endpoints?.find((endpoint) => endpoint.network === network.id);
    await parts.networks.withLock(network.id, () => {
      const endpoints = parts.networks.endpoints(network.id);
      parts.networks.writeEndpoints(
        network.id,
        endpoints.map((endpoint) =>
          endpoint.container === config.id
            ? { ...endpoint, name: config.name, names: namesOf(config, wanted?.aliases ?? []) }
            : endpoint,
        ),
      );
    });
  }
}
