// The names under which addresses are asked for: 2.0.18.172.in-addr.arpa, and 32 digits below ip6.arpa (RFC 1035 3.5, RFC 3596 2.5). Pure.
import { isIPv4 } from 'node:net';
import { formatAddress } from '../subnet.js';

const IPV4_ZONE = '.in-addr.arpa';
const IPV6_ZONE = /^((?:[0-9a-f]\.){32})ip6\.arpa$/;

/** @param name in lower case @returns the address, in its shortest form; undefined for any other name */
export function addressOfReverseName(name: string): string | undefined {
  if (name.endsWith(IPV4_ZONE)) {
    const address = name.slice(0, -IPV4_ZONE.length).split('.').reverse().join('.');
    return isIPv4(address) ? address : undefined;
  }
  const digits = IPV6_ZONE.exec(name)?.[1];
  if (digits === undefined) return undefined;
  return formatAddress({ family: 6, value: BigInt(`0x${digits.replaceAll('.', '').split('').reverse().join('')}`) });
}
