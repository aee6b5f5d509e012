// What the host reaches already: its routes, and its name servers, which are often reached by its default route only.
import { readFileSync } from 'node:fs';
import { addressOf, around, bitsOf, type Cidr } from './subnet.js';

export interface HostRoute {
  readonly to: Cidr;
  /** the link that it goes over; of a name server none */
  readonly interfaceName?: string;
}

/** Every one but the default routes: these say nothing about whose an address is. */
export function hostRoutes(): HostRoute[] {
  return [
    ...parseRoutes(readIfThere('/proc/self/net/route')),
    ...parseIpv6Routes(readIfThere('/proc/self/net/ipv6_route')),
    ...parseNameServers(readIfThere('/etc/resolv.conf')),
  ];
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // A kernel without IPv6 has no such file, and the host need not have one of the other.
    return '';
  }
}

/** /proc/net/route: addresses are numbers in the byte order of the machine. */
export function parseRoutes(text: string): HostRoute[] {
  return linesOf(text).flatMap((line) => {
    const [interfaceName, to = '', , , , , , mask = ''] = line;
    if (!/^[0-9A-F]{8}$/.test(to) || !/^[0-9A-F]{8}$/.test(mask)) return [];
    const prefix = [...Buffer.from(mask, 'hex')].reduce((bits, byte) => bits + ones(byte), 0);
    const value = BigInt(Buffer.from(to, 'hex').readUInt32LE());
    return routeTo(around({ family: 4, value }, prefix), interfaceName);
  });
}

/** /proc/net/ipv6_route: digits without colons, the length in hexadecimal. What is for several or for one link is left out. */
export function parseIpv6Routes(text: string): HostRoute[] {
  return linesOf(text).flatMap((line) => {
    const [to = '', length = ''] = line;
    if (!/^[0-9a-f]{32}$/.test(to) || !/^[0-9a-f]{2}$/.test(length) || /^f[ef]/.test(to)) return [];
    const value = BigInt(`0x${to}`);
    return routeTo(around({ family: 6, value }, Math.min(parseInt(length, 16), bitsOf(6))), line.at(-1));
  });
}

export function parseNameServers(text: string): HostRoute[] {
  return [...text.matchAll(/^nameserver[ \t]+(\S+)/gm)].flatMap(([, server = '']) => {
    const address = addressOf(server);
    return address === undefined ? [] : [{ to: around(address, bitsOf(address.family)) }];
  });
}

function linesOf(text: string): string[][] {
  return text.split('\n').map((line) => line.trim().split(/\s+/));
}

function routeTo(to: Cidr, interfaceName: string | undefined): HostRoute[] {
  return to.prefix === 0 ? [] : [{ to, ...(interfaceName === undefined ? {} : { interfaceName }) }];
}

function ones(byte: number): number {
  let count = 0;
  for (let rest = byte; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}
