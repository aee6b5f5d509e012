// What is asked of engine.networks, put together; the verbs that change something stand in files of their own.
import type { Networks } from '../engine.js';
import type { Attachment, Endpoint, NetworkConfig } from '../network/model.js';
import { connect, disconnect } from './network-connect.js';
import { createNetwork } from './network-create.js';
import { pruneNetworks, removeNetwork } from './network-remove.js';
import type { Parts } from './parts.js';

/** A network, and who is on it now. */
export interface ConnectedNetwork {
  readonly network: NetworkConfig;
  readonly endpoints: readonly Endpoint[];
}

export interface PruneNetworksWishes {
  /** ms since the epoch: only those that are older */
  readonly until?: number;
  /** "name" or "name=value", all of which it must have */
  readonly labels?: readonly string[];
  readonly withoutLabels?: readonly string[];
}

export function createNetworks(parts: Parts): Networks {
  const { networks } = parts;
  const connected = (network: NetworkConfig): ConnectedNetwork => ({
    network,
    endpoints: networks.endpoints(network.id),
  });
  return {
    list: async () => Promise.resolve(networks.all().map(connected)),
    inspect: async (ref) => Promise.resolve(connected(networks.get(networks.resolve(ref)))),
    create: (spec) => createNetwork(parts, spec),
    connect: (ref, container, wishes) => connect(parts, ref, container, wishes),
    disconnect: (ref, container, options) => disconnect(parts, ref, container, options),
    remove: (ref) => removeNetwork(parts, ref),
    prune: (wishes) => pruneNetworks(parts, wishes),
    attachments: async (container) => Promise.resolve(attachments(parts, container)),
  };
}

function attachments({ networks }: Parts, container: string | undefined): Attachment[] {
  return networks
    .all()
    .flatMap((network) =>
      networks
        .endpoints(network.id)
        .flatMap((endpoint) =>
          container === undefined || endpoint.container === container ? [{ network, endpoint }] : [],
        ),
    );
}
