// The steps by which a process comes by its network: none of its own, that of another container, or one whose interfaces are plugged in
// from outside meanwhile and configured here, by ioctl (netdevice(7), rtentry of linux/route.h, in6_ifreq and in6_rtmsg of
// linux/ipv6.h and linux/ipv6_route.h). Pure.
import {
  addressBytes,
  AF_INET,
  AF_INET6,
  CLONE_NEWNET,
  IFF_MULTICAST,
  IFF_UP,
  RTF_GATEWAY,
  RTF_UP,
  SIOCADDRT,
  SIOCSIFADDR,
  SIOCSIFFLAGS,
  SIOCSIFNETMASK,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  type Step,
} from '../../native/index.js';
import type { NetworkMode } from '../network/model.js';
import type { DefaultGateway, Interface } from '../network/interfaces.js';
import { ipv6Settings } from '../network/ipv6-settings.js';
import type { NetworkView } from './facts.js';
import { step, writeFile } from './steps.js';

/** Whether it is born in a network namespace of its own, which its settings are then the container's. */
export function hasOwnNetwork({ network }: { readonly network: NetworkMode }): boolean {
  return network !== 'host' && !network.startsWith('container:');
}

/** The first thing of all: whoever plugs it in gets to work while the rest goes on. */
export function meetNetwork(network: NetworkView): Step[] {
  switch (network.kind) {
    case 'shared':
      return [step('share the network', 'setns', [network.namespaceFd, CLONE_NEWNET])];
    case 'plugged':
      return [step('ask to be plugged in', 'write', [network.tellFd, Buffer.from('.'), 1])];
    case 'host':
    case 'alone':
      return [];
  }
}

/** As late as it can be: settings of the network come after it, and /proc/sys is then closed. */
export function setUpNetwork(network: NetworkView): Step[] {
  if (network.kind !== 'plugged') return [];
  const { waitFd, interfaces, defaults } = network;
  const hasIpv6 = interfaces.some(({ ipv6 }) => ipv6 !== undefined);
  return [
    // Nothing comes where plugging failed, or who was to do it is no more; then there is no interface in the next step.
    step('wait to be plugged in', 'read', [waitFd, Buffer.alloc(1), 1]),
    ...(hasIpv6
      ? [
          step('open a socket for IPv6', 'socket', [AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0], {
            store: 'socket of IPv6',
          }),
        ]
      : []),
    ...interfaces.flatMap(setUpInterface),
    ...defaults.map(setDefaultRoute),
  ];
}

const SOCKET = { result: 'socket' };
const SOCKET6 = { result: 'socket of IPv6' };

export function raiseLoopback(network: NetworkView): Step[] {
  if (network.kind !== 'alone' && network.kind !== 'plugged') return [];
  return [
    step('bring up lo', 'socket', [AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0], { store: 'socket' }),
    // Where root lacks the right to, it is told (deniedRights), and who has a network of nobody else runs without lo.
    step('bring up lo', 'ioctl', [SOCKET, SIOCSIFFLAGS, withFlags('lo', IFF_UP)], { tolerate: ['EPERM'] }),
  ];
}

function setUpInterface({ name, index, ipv4, ipv6 }: Interface): Step[] {
  const given = `give ${name} the address ${ipv4.address}/${ipv4.prefix}`;
  return [
    ...ipv6Settings(name, ipv6 !== undefined).flatMap(({ path, value }) =>
      // A kernel without IPv6 has nothing to turn off.
      writeFile(
        `set ${path.slice('/proc/sys/'.length).replaceAll('/', '.')}`,
        path,
        value,
        ipv6 === undefined ? { tolerate: ['ENOENT', 'EBADF'] } : {},
      ),
    ),
    step(given, 'ioctl', [SOCKET, SIOCSIFADDR, withAddress(name, addressBytes(ipv4.address))]),
    step(given, 'ioctl', [SOCKET, SIOCSIFNETMASK, withAddress(name, maskBytes(ipv4.prefix))]),
    ...(ipv6 === undefined
      ? []
      : [
          step(`give ${name} the address ${ipv6.address}/${ipv6.prefix}`, 'ioctl', [
            SOCKET6,
            SIOCSIFADDR,
            ipv6Address(index, ipv6),
          ]),
        ]),
    // A flag that is not said is taken away, and without that of groups no neighbour of IPv6 is found, nor anybody by mDNS.
    step(`bring up ${name}`, 'ioctl', [SOCKET, SIOCSIFFLAGS, withFlags(name, IFF_UP | IFF_MULTICAST)]),
  ];
}

function setDefaultRoute({ family, gateway }: DefaultGateway): Step {
  const name = `reach everybody else over ${gateway}`;
  return family === 4
    ? step(name, 'ioctl', [SOCKET, SIOCADDRT, ipv4Default(gateway)])
    : step(name, 'ioctl', [SOCKET6, SIOCADDRT, ipv6Default(gateway)]);
}

/** struct ifreq: the name in 16 bytes, then what it is about. */
function request(name: string): Buffer {
  const bytes = Buffer.alloc(40);
  bytes.write(name, 'latin1');
  return bytes;
}

function withFlags(name: string, flags: number): Uint8Array {
  const bytes = request(name);
  bytes.writeUInt16LE(flags, 16);
  return bytes;
}

function withAddress(name: string, address: Uint8Array): Uint8Array {
  const bytes = request(name);
  bytes.set(socketAddress(address), 16);
  return bytes;
}

/** struct sockaddr_in of ip(7). */
function socketAddress(address: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16LE(AF_INET, 0);
  bytes.set(address, 4);
  return bytes;
}

function maskBytes(prefix: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0);
  return bytes;
}

/** struct in6_ifreq. */
function ipv6Address(
  index: number,
  { address, prefix }: { readonly address: string; readonly prefix: number },
): Uint8Array {
  const bytes = Buffer.alloc(24);
  bytes.set(addressBytes(address), 0);
  bytes.writeUInt32LE(prefix, 16);
  bytes.writeInt32LE(index, 20);
  return bytes;
}

const ANYWHERE = new Uint8Array(4);

/** struct rtentry: where to, over whom and the mask, each as an address of a socket. */
function ipv4Default(gateway: string): Uint8Array {
  const bytes = Buffer.alloc(120);
  bytes.set(socketAddress(ANYWHERE), 8);
  bytes.set(socketAddress(addressBytes(gateway)), 24);
  bytes.set(socketAddress(ANYWHERE), 40);
  bytes.writeUInt16LE(RTF_UP | RTF_GATEWAY, 56);
  return bytes;
}

/** struct in6_rtmsg. */
function ipv6Default(gateway: string): Uint8Array {
  const bytes = Buffer.alloc(80);
  bytes.set(addressBytes(gateway), 32);
  bytes.writeUInt32LE(RTF_UP | RTF_GATEWAY, 72);
  return bytes;
}
