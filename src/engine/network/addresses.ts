// Which addresses a container gets on a network: those that were asked for, or the first that are free. Pure.
import { TscontainError } from '../errors.js';
import { shown, wrong } from '../grammar/wrong.js';
import type { Endpoint, EndpointConfig, NetworkConfig, Subnet } from './model.js';
import {
  addressOf,
  cidrOf,
  contains,
  formatAddress,
  formatCidr,
  usableIn,
  type Address,
  type Family,
} from './subnet.js';

export type Addresses = Pick<Endpoint, 'ipv4Address' | 'ipv6Address' | 'macAddress'>;

/**
 * @param others who is on the network already
 * @throws TscontainError ADDRESS_IN_USE (it is another's, or none is free), INVALID_VALUE (it is not the network's)
 */
export function chooseAddresses(
  network: NetworkConfig,
  wanted: Omit<EndpointConfig, 'network' | 'aliases'>,
  others: readonly Endpoint[],
): Addresses {
  const ipv4Address = chooseAddress(network, 4, wanted.ipv4Address, others)!;
  const ipv6Address = chooseAddress(network, 6, wanted.ipv6Address, others);
  const macAddress = wanted.macAddress ?? macOf(ipv4Address);
  const holder = others.find((other) => other.macAddress === macAddress);
  if (holder !== undefined) throw taken('the MAC address', macAddress, network, holder);
  return { ipv4Address, ...(ipv6Address === undefined ? {} : { ipv6Address }), macAddress };
}

/** What a subnet is in numbers, and of it what is given out. */
function rangeOf({ subnet, ipRange }: Subnet): { first: bigint; last: bigint } {
  const whole = usableIn(cidrOf(subnet)!);
  if (ipRange === undefined) return whole;
  const part = cidrOf(ipRange)!;
  const { last } = usableIn(part);
  // The ends of a part are addresses as any other, but where they are those of the whole.
  const end = part.family === 4 ? last + 1n : last;
  return {
    first: part.base > whole.first ? part.base : whole.first,
    last: end < whole.last ? end : whole.last,
  };
}

export function subnetOf({ subnets }: Pick<NetworkConfig, 'subnets'>, family: Family): Subnet | undefined {
  return subnets.find(({ subnet }) => cidrOf(subnet)?.family === family);
}

function chooseAddress(
  network: NetworkConfig,
  family: Family,
  wanted: string | undefined,
  others: readonly Endpoint[],
): string | undefined {
  const subnet = subnetOf(network, family);
  if (wanted !== undefined) return asked(network, wanted, others);
  if (subnet === undefined) return undefined;
  // As texts, each in its shortest form: whoever comes on a network of hundreds is not to take all of their addresses apart.
  const used = new Set<string | undefined>([formatAddress(addressOf(subnet.gateway)!)]);
  for (const other of others) used.add(family === 4 ? other.ipv4Address : other.ipv6Address);
  const { first, last } = rangeOf(subnet);
  for (let value = first; value <= last; value++) {
    const text = formatAddress({ family, value });
    if (!used.has(text)) return text;
  }
  throw new TscontainError(
    'ADDRESS_IN_USE',
    `every address of network ${network.name} is taken (${subnet.ipRange ?? subnet.subnet})`,
    { hint: 'remove a container from it, or make a network with a larger subnet' },
  );
}

/** One that was asked for by name. */
function asked(network: NetworkConfig, wanted: string, others: readonly Endpoint[]): string {
  const address = requireOnNetwork(network, wanted);
  const text = formatAddress(address);
  const holder = others.find((other) => other.ipv4Address === text || other.ipv6Address === text);
  if (holder !== undefined) throw taken('the address', text, network, holder);
  return text;
}

/** @throws TscontainError INVALID_VALUE for an address that no container can have on that network */
export function requireOnNetwork(network: NetworkConfig, text: string): Address {
  const address = addressOf(text);
  if (address === undefined) throw wrong('the address', text, 'give an address such as 10.5.0.2 or fd00:5::2');
  const subnet = subnetOf(network, address.family);
  if (subnet === undefined) throw wrong('the address', text, `network ${network.name} has no IPv${address.family}`);
  const cidr = cidrOf(subnet.subnet)!;
  const { first, last } = usableIn(cidr);
  if (!contains(cidr, address) || address.value < first || address.value > last)
    throw wrong('the address', text, `network ${network.name} has ${formatCidr(cidr)}`);
  if (address.value === addressOf(subnet.gateway)!.value)
    throw wrong('the address', text, `it is the gateway of network ${network.name}`);
  return address;
}

function taken(what: string, value: string, { name }: NetworkConfig, holder: Endpoint): TscontainError {
  return new TscontainError(
    'ADDRESS_IN_USE',
    `${what} ${value} on network ${name} is that of container ${shown(holder.name)}`,
    { hint: 'choose another, or leave it out to get one that is free' },
  );
}

/** Docker's: whoever has the address again has its MAC address again, so that what neighbours remember stays true. */
export function macOf(ipv4Address: string): string {
  const { value } = addressOf(ipv4Address)!;
  return `02:42:${value.toString(16).padStart(8, '0').match(/../g)!.join(':')}`;
}
