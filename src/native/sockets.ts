// Sockets that hold a port: bound to exactly what is meant, by calls that fail at once and by name. Node serves them then.
import { closeSync } from 'node:fs';
import { AF_INET, AF_INET6, SOCK_CLOEXEC, SOCK_DGRAM, SOCK_STREAM } from './flags.js';
import { syscall } from './kernel.js';
import { addressBytes } from './netlink/ip.js';

export interface HeldSocket {
  /** close-on-exec; listening already, where it is a stream */
  readonly fd: number;
  readonly port: number;
}

interface PortToHold {
  readonly address: string;
  readonly port: number;
  readonly bothFamilies?: boolean;
  readonly shared?: boolean;
}

/** asm-generic/socket.h, linux/in6.h */
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_REUSEPORT = 15;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;
/** What net.core.somaxconn allows of it; Node's own number. */
const BACKLOG = 511;
const SOCKADDR_IN6_BYTES = 28;

/**
 * Holds a port of this host.
 * @param options.address "0.0.0.0", "::", "10.0.0.5" …
 * @param options.port 0 is any that is free
 * @param options.bothFamilies of "::": IPv4 as well
 * @param options.shared others of the same user that say so too may have it at other addresses: who has exactly that one is asked
 * @throws SyscallError of socket, bind (EADDRINUSE, EADDRNOTAVAIL, EACCES) or listen (EADDRINUSE)
 */
export function holdPort(
  kind: 'stream' | 'datagram',
  { address, port, bothFamilies = false, shared = false }: PortToHold,
): HeldSocket {
  const bytes = addressBytes(address);
  const isIpv6 = bytes.length === 16;
  const type = kind === 'stream' ? SOCK_STREAM : SOCK_DGRAM;
  const fd = syscall('socket', isIpv6 ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC, 0);
  try {
    if (isIpv6) setOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, bothFamilies ? 0 : 1);
    // Connections of the last one who had it may still be closing. Of datagrams it would let two have the same port.
    if (kind === 'stream') setOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (shared) setOption(fd, SOL_SOCKET, SO_REUSEPORT, 1);
    const name = socketAddress(bytes, port);
    syscall('bind', fd, name, name.length);
    // Until somebody listens, others may bind the same.
    if (kind === 'stream') syscall('listen', fd, BACKLOG);
    return { fd, port: port === 0 ? portOf(fd) : port };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function setOption(fd: number, level: number, option: number, value: number): void {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  syscall('setsockopt', fd, level, option, bytes, bytes.length);
}

/** struct sockaddr_in, or sockaddr_in6: ip(7), ipv6(7). */
function socketAddress(address: Buffer, port: number): Buffer {
  const isIpv6 = address.length === 16;
  const bytes = Buffer.alloc(isIpv6 ? SOCKADDR_IN6_BYTES : 16);
  bytes.writeUInt16LE(isIpv6 ? AF_INET6 : AF_INET, 0);
  bytes.writeUInt16BE(port, 2);
  address.copy(bytes, isIpv6 ? 8 : 4);
  return bytes;
}

/** Both structs have it in the same place. */
function portOf(fd: number): number {
  const name = Buffer.alloc(SOCKADDR_IN6_BYTES);
  const length = Buffer.alloc(4);
  length.writeInt32LE(name.length);
  syscall('getsockname', fd, name, length);
  return name.readUInt16BE(2);
}
