// What a container is told when it asks for a name. Pure: from the question, who asks, and who is on the networks.
//
// A container sees the networks that it is on itself, whichever of their gateways it asks; the host, which is on none, that of
// the gateway. What is nobody's name there is for the name servers of the host, unless there is no way out of these networks.
import type { NameTable } from './tables.js';
import { addressOfReverseName } from './reverse.js';

export interface Question {
  /** lower case, without a dot at its end */
  readonly name: string;
  /** "A", "AAAA", "PTR", …; "ANY" for whatever there is */
  readonly type: string;
}

export interface Who {
  /** id of the network whose gateway was asked */
  readonly network: string;
  /** where the question came from, in its shortest form */
  readonly address: string;
}

export interface NameRecord {
  readonly type: 'A' | 'AAAA' | 'PTR';
  /** an address, or the name at one */
  readonly data: string;
}

export type Answer =
  /** it is a name of ours; with no records there is nothing of that type (NODATA) */
  | { readonly kind: 'records'; readonly records: readonly NameRecord[] }
  /** there is none, and nobody else is to be asked (NXDOMAIN) */
  | { readonly kind: 'no-such-name' }
  /** others may know */
  | { readonly kind: 'elsewhere' };

/** The host, for containers: Docker's name for it. */
export const HOST_NAME = 'host.docker.internal';

const NO_SUCH_NAME: Answer = { kind: 'no-such-name' };
const LABEL_BYTES = 63;
const NAME_BYTES = 253;

/** @param turn which of several addresses stands first: whoever counts it up gives each its share */
export function answer({ name, type }: Question, who: Who, tables: readonly NameTable[], turn = 0): Answer {
  const seen = visibleTo(who, tables);
  const reversed = addressOfReverseName(name);
  const found = reversed === undefined ? addressesOf(name, who, seen) : nameAt(reversed, seen);
  if (found !== undefined) {
    const wanted = found.filter((record) => type === 'ANY' || type === record.type);
    return { kind: 'records', records: inTurn(wanted, turn) };
  }
  // An address that is given to nobody: nobody but us could know its name.
  if (reversed !== undefined && seen.some((table) => table.isWithin(reversed))) return NO_SUCH_NAME;
  return seen.some(({ network }) => !network.internal) ? { kind: 'elsewhere' } : NO_SUCH_NAME;
}

/** Id of the container that asks; undefined for the host. */
export function askerOf({ network, address }: Who, tables: readonly NameTable[]): string | undefined {
  return tables.find((table) => table.network.id === network)?.byAddress.get(address)?.container;
}

function visibleTo(who: Who, tables: readonly NameTable[]): readonly NameTable[] {
  const asker = askerOf(who, tables);
  return tables.filter(({ network, byContainer }) =>
    asker === undefined ? network.id === who.network : byContainer.has(asker),
  );
}

/** undefined where nobody has that name. */
function addressesOf(name: string, { network }: Who, seen: readonly NameTable[]): NameRecord[] | undefined {
  const endpoints = seen.flatMap(({ byName }) => byName.get(name) ?? []);
  if (endpoints.length > 0)
    return endpoints.flatMap(({ ipv4Address, ipv6Address }) => addressRecords([ipv4Address, ipv6Address]));
  if (name !== HOST_NAME) return undefined;
  const asked = seen.find((table) => table.network.id === network);
  return addressRecords(asked?.network.subnets.map(({ gateway }) => gateway) ?? []);
}

function addressRecords(addresses: readonly (string | undefined)[]): NameRecord[] {
  return addresses.flatMap((address) =>
    address === undefined ? [] : [{ type: address.includes(':') ? 'AAAA' : 'A', data: address } as const],
  );
}

function nameAt(address: string, seen: readonly NameTable[]): NameRecord[] | undefined {
  for (const { network, byAddress } of seen) {
    const endpoint = byAddress.get(address);
    if (endpoint === undefined) {
      if (network.subnets.some(({ gateway }) => gateway === address)) return [{ type: 'PTR', data: HOST_NAME }];
      continue;
    }
    const full = [endpoint.name, ...endpoint.names].map((name) => `${name}.${network.name}`);
    const fit = full.find(fitsIntoMessage);
    return fit === undefined ? [] : [{ type: 'PTR', data: fit }];
  }
  return undefined;
}

/** A container's name may be longer than a label can be (RFC 1035 2.3.4). */
function fitsIntoMessage(name: string): boolean {
  const isLabel = (label: string) => label !== '' && Buffer.byteLength(label) <= LABEL_BYTES;
  return Buffer.byteLength(name) <= NAME_BYTES && name.split('.').every(isLabel);
}

function inTurn<T>(items: readonly T[], turn: number): readonly T[] {
  const first = items.length === 0 ? 0 : turn % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}
