// Networks and who is on them, for tests of names: what they say of it follows from a name and an address.
import { createHash } from 'node:crypto';
import type { Endpoint, NetworkConfig, NetworkSpec } from '../../src/engine/network/model.js';
import { networkOf } from './networks.js';

const idOf = (name: string): string => createHash('sha256').update(name).digest('hex');

/** Each has an id of its own. The gateway of each subnet is its first address. */
export function network(name: string, subnets: readonly string[], more: Partial<NetworkSpec> = {}): NetworkConfig {
  return networkOf(name, { subnets, ...more }, { id: idOf(`network ${name}`) });
}

export function endpoint(name: string, ipv4Address: string, more: Partial<Endpoint> = {}): Endpoint {
  return {
    container: idOf(`container ${name}`),
    name,
    names: [name],
    ipv4Address,
    macAddress: '02:42:00:00:00:01',
    interfaceName: 'eth0',
    hostInterface: `veth${name}`,
    ports: [],
    ...more,
  };
}
