// Who is on a network, as names ask for it: by name, by address, by container. Pure.
import type { Endpoint, NetworkConfig } from '../model.js';
import { addressOf, cidrOf, contains } from '../subnet.js';

export interface NameTable {
  readonly network: NetworkConfig;
  readonly endpoints: readonly Endpoint[];
  /** lower case; of one name there may be several, as of an alias that containers share */
  readonly byName: ReadonlyMap<string, readonly Endpoint[]>;
  readonly byAddress: ReadonlyMap<string, Endpoint>;
  readonly byContainer: ReadonlyMap<string, Endpoint>;
  /** whether an address belongs to one of its subnets, given to somebody or not */
  isWithin(address: string): boolean;
}

/** Each container answers to its names alone and followed by the network's: "db", "db.app". */
export function nameTable(network: NetworkConfig, endpoints: readonly Endpoint[]): NameTable {
  const byName = new Map<string, Endpoint[]>();
  const byAddress = new Map<string, Endpoint>();
  const suffix = `.${network.name.toLowerCase()}`;
  for (const endpoint of endpoints) {
    for (const name of new Set(endpoint.names.flatMap((each) => [each, `${each}${suffix}`]))) {
      const others = byName.get(name);
      if (others === undefined) byName.set(name, [endpoint]);
      else others.push(endpoint);
    }
    byAddress.set(endpoint.ipv4Address, endpoint);
    if (endpoint.ipv6Address !== undefined) byAddress.set(endpoint.ipv6Address, endpoint);
  }
  const cidrs = network.subnets.flatMap(({ subnet }) => cidrOf(subnet) ?? []);
  return {
    network,
    endpoints,
    byName,
    byAddress,
    byContainer: new Map(endpoints.map((endpoint) => [endpoint.container, endpoint])),
    isWithin(text) {
      // Mostly it is one of theirs who asks.
      if (byAddress.has(text)) return true;
      const address = addressOf(text);
      return address !== undefined && cidrs.some((cidr) => contains(cidr, address));
    },
  };
}
