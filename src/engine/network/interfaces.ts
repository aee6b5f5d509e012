// What follows from where a container is on its networks: the addresses of its interfaces, and over which of them it reaches
// everybody else. Pure.
import { interfaceIndex } from './interface-index.js';
import type { Attachment, NetworkConfig } from './model.js';

export interface Interface {
  readonly name: string;
  readonly index: number;
  readonly ipv4: { readonly address: string; readonly prefix: number };
  readonly ipv6?: { readonly address: string; readonly prefix: number };
}

export interface DefaultGateway {
  readonly family: 4 | 6;
  readonly gateway: string;
}

const familyOf = (text: string): 4 | 6 => (text.includes(':') ? 6 : 4);

const subnetOf = ({ subnets }: NetworkConfig, family: 4 | 6) =>
  subnets.find(({ subnet }) => familyOf(subnet) === family);

/** The length of the subnet that an address of this network is in. */
export function prefixOf(network: NetworkConfig, address: string): number {
  const family = familyOf(address);
  const length = subnetOf(network, family)?.subnet.split('/')[1];
  return length === undefined ? (family === 4 ? 32 : 128) : Number(length);
}

export function interfacesOf(attachments: readonly Attachment[]): Interface[] {
  return attachments.map(({ network, endpoint: { interfaceName, ipv4Address, ipv6Address } }) => ({
    name: interfaceName,
    index: interfaceIndex(interfaceName),
    ipv4: { address: ipv4Address, prefix: prefixOf(network, ipv4Address) },
    ...(ipv6Address === undefined ? {} : { ipv6: { address: ipv6Address, prefix: prefixOf(network, ipv6Address) } }),
  }));
}

/** At most one of a family: that of the first network that leads out and that the container has an address of that family on. */
export function defaultGateways(attachments: readonly Attachment[]): DefaultGateway[] {
  return ([4, 6] as const).flatMap((family) => {
    const way = attachments.find(
      ({ network, endpoint }) =>
        !network.internal &&
        subnetOf(network, family) !== undefined &&
        (family === 4 || endpoint.ipv6Address !== undefined),
    );
    return way === undefined ? [] : [{ family, gateway: subnetOf(way.network, family)!.gateway }];
  });
}
