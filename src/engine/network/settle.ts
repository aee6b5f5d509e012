// Networks as people call them → as a container's configuration keeps them, each by its id, and the addresses that were asked
// for held against what the networks have.
import { TscontainError } from '../errors.js';
import type { CreateSpec } from '../model.js';
import type { Store } from '../state/store.js';
import { requireOnNetwork } from './addresses.js';
import type { EndpointConfig, NetworkConfig, NetworkMode } from './model.js';
import { DEFAULT_NETWORK } from './specify.js';
import type { NetworkStore } from './store.js';

interface SettleParts {
  readonly networks: NetworkStore;
  readonly store: Pick<Store, 'resolve'>;
}

/** @throws TscontainError NO_SUCH_NETWORK, NO_SUCH_CONTAINER, AMBIGUOUS_ID, INVALID_VALUE */
export async function settleNetworks(parts: SettleParts, spec: CreateSpec): Promise<CreateSpec> {
  const network = settleMode(parts, spec.network ?? 'bridge');
  if (spec.endpoints === undefined) return { ...spec, network };
  const endpoints: EndpointConfig[] = [];
  for (const wanted of spec.endpoints) {
    const { id, name } = await findNetwork(parts, wanted.network);
    if (endpoints.some((other) => other.network === id))
      throw new TscontainError('INVALID_VALUE', `network ${name} was given twice`, { hint: 'leave one out' });
    endpoints.push(settleEndpoint(parts.networks.get(id), wanted));
  }
  return { ...spec, network, endpoints };
}

function settleMode({ store }: SettleParts, mode: NetworkMode): NetworkMode {
  return isContainerMode(mode) ? `container:${store.resolve(mode.slice('container:'.length))}` : mode;
}

function isContainerMode(mode: NetworkMode): mode is `container:${string}` {
  return mode.startsWith('container:');
}

/** The default one is made when somebody speaks of it. */
export async function findNetwork({ networks }: Pick<SettleParts, 'networks'>, ref: string): Promise<NetworkConfig> {
  return ref === DEFAULT_NETWORK || ref === 'default' ? networks.ensureDefault() : networks.get(networks.resolve(ref));
}

/** @throws TscontainError INVALID_VALUE for an address that it does not have */
export function settleEndpoint(network: NetworkConfig, wanted: EndpointConfig): EndpointConfig {
  for (const address of [wanted.ipv4Address, wanted.ipv6Address])
    if (address !== undefined) requireOnNetwork(network, address);
  return { ...wanted, network: network.id };
}
