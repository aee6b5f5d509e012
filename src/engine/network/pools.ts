// Where the subnet of a network comes from when none is asked for: Docker's pools, and a prefix of IPv6 that is ours by
// chance. Pure.
import { bitsOf, cidrOf, overlap, type Cidr } from './subnet.js';

/** Docker's: 172.17.0.0/16 to 172.31.0.0/16, then 192.168.0.0/16 in parts of 4,096 addresses. */
const IPV4_POOLS: readonly { readonly from: string; readonly prefix: number; readonly count: number }[] = [
  { from: '172.17.0.0/16', prefix: 16, count: 15 },
  { from: '192.168.0.0/16', prefix: 20, count: 16 },
];

const IPV6_SUBNET_PREFIX = 64;
/** Subnets within a prefix of ours; the first has the number 1, so that nobody takes the prefix itself for one. */
const IPV6_SUBNETS = 0xffff;

/** The first that overlaps none of `taken`; undefined when all do. */
export function freeIpv4Subnet(taken: readonly Cidr[]): Cidr | undefined {
  for (const { from, prefix, count } of IPV4_POOLS) {
    for (let number = 0; number < count; number++) {
      const subnet = numbered(cidrOf(from)!, prefix, number);
      if (!taken.some((other) => overlap(subnet, other))) return subnet;
    }
  }
  return undefined;
}

/** @param ours a prefix of 48 bits */
export function freeIpv6Subnet(ours: Cidr, taken: readonly Cidr[]): Cidr | undefined {
  for (let number = 1; number <= IPV6_SUBNETS; number++) {
    const subnet = numbered(ours, IPV6_SUBNET_PREFIX, number);
    if (!taken.some((other) => overlap(subnet, other))) return subnet;
  }
  return undefined;
}

function numbered({ family, base }: Cidr, prefix: number, number: number): Cidr {
  return { family, base: base + (BigInt(number) << BigInt(bitsOf(family) - prefix)), prefix };
}

/** A prefix of unique local addresses (RFC 4193): 40 bits by chance, so that two hosts that meet do not have the same. */
export function ulaPrefix(random: Uint8Array): Cidr {
  const [a, b, c, d, e] = random;
  const bytes = [0xfd, a!, b!, c!, d!, e!];
  return { family: 6, base: bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) << 80n, prefix: 48 };
}
