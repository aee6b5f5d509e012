// Addresses and subnets as numbers: the arithmetic of CIDR, alike for both families. Pure.
import { fromByteArray, IPv4, IPv6, parse } from 'ipaddr.js';
import { wrong } from '../grammar/wrong.js';

export type Family = 4 | 6;

export interface Address {
  readonly family: Family;
  readonly value: bigint;
}

export interface Cidr {
  readonly family: Family;
  /** the first address: host bits are zero */
  readonly base: bigint;
  /** bits that are the network's */
  readonly prefix: number;
}

export function bitsOf(family: Family): number {
  return family === 4 ? 32 : 128;
}

/** Not by node:net, whose expression for IPv6 takes 5 ms of each program that asks it once. */
function familyOf(text: string): Family | undefined {
  if (IPv4.isValidFourPartDecimal(text)) return 4;
  return text.includes('%') || !IPv6.isValid(text) ? undefined : 6;
}

/** undefined for what is no address, and for one of one link only ("fe80::1%eth0"). */
export function addressOf(text: string): Address | undefined {
  const family = familyOf(text);
  if (family === undefined) return undefined;
  const value = parse(text)
    .toByteArray()
    .reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return { family, value };
}

/** In its shortest form. */
export function formatAddress({ family, value }: Address): string {
  // Where a free one is looked for among many, it is this that takes the time.
  if (family === 4) return dotted(Number(value));
  const bytes = Array.from({ length: bitsOf(family) / 8 }, (_, index) =>
    Number((value >> BigInt(bitsOf(family) - 8 * (index + 1))) & 0xffn),
  );
  return fromByteArray(bytes).toString();
}

function dotted(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 0xff}.${(value >>> 8) & 0xff}.${value & 0xff}`;
}

/** "172.18.0.0/16"; with host bits that are set it is the subnet in which that address is. */
export function cidrOf(text: string): Cidr | undefined {
  const [, host = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const address = addressOf(host);
  return address === undefined || Number(length) > bitsOf(address.family) ? undefined : around(address, Number(length));
}

/** The subnet of that size in which an address is. */
export function around({ family, value }: Address, prefix: number): Cidr {
  const host = BigInt(bitsOf(family) - prefix);
  return { family, base: (value >> host) << host, prefix };
}

export function formatCidr({ family, base, prefix }: Cidr): string {
  return `${formatAddress({ family, value: base })}/${prefix}`;
}

function lastOf({ family, base, prefix }: Cidr): bigint {
  return base + (1n << BigInt(bitsOf(family) - prefix)) - 1n;
}

export function contains(cidr: Cidr, { family, value }: Address): boolean {
  return family === cidr.family && value >= cidr.base && value <= lastOf(cidr);
}

export function isWithin(inner: Cidr, outer: Cidr): boolean {
  return inner.prefix >= outer.prefix && contains(outer, { family: inner.family, value: inner.base });
}

/** Two subnets are apart, or one is within the other. */
export function overlap(one: Cidr, other: Cidr): boolean {
  return isWithin(one, other) || isWithin(other, one);
}

/** The first and the last address that somebody can have: not the one that is the subnet's own, nor that of all in it. */
export function usableIn(cidr: Cidr): { readonly first: bigint; readonly last: bigint } {
  return { first: cidr.base + 1n, last: cidr.family === 4 ? lastOf(cidr) - 1n : lastOf(cidr) };
}

/** "255.255.0.0" */
export function netmaskOf(prefix: number): string {
  return formatAddress({ family: 4, value: around({ family: 4, value: (1n << 32n) - 1n }, prefix).base });
}

/** @throws TscontainError INVALID_VALUE */
export function parseAddress(text: string, what: string, family?: Family): Address {
  const address = addressOf(text);
  if (address === undefined || (family !== undefined && address.family !== family))
    throw wrong(
      what,
      text,
      `give an address of ${family === 6 ? 'IPv6, such as fd00:5::2' : 'IPv4, such as 10.5.0.2'}`,
    );
  return address;
}

/** @throws TscontainError INVALID_VALUE, also where host bits are set: one of the two was mistyped */
export function parseCidr(text: string, what: string): Cidr {
  const cidr = cidrOf(text);
  if (cidr === undefined) throw wrong(what, text, 'give an address and a length, such as 10.5.0.0/24 or fd00:5::/64');
  const host = addressOf(text.slice(0, text.indexOf('/')))!;
  if (host.value !== cidr.base) throw wrong(what, text, `with that length it is ${formatCidr(cidr)}`);
  return cidr;
}
