// Addresses of links: asked for, given, taken away.
import { AF_INET, AF_INET6 } from '../flags.js';
import * as netlink from './constants.js';
import { addressBytes, addressText } from './ip.js';
import { decodeAttributes, numberOf, type Attribute } from './message.js';
import { routeSocket, type RouteSocket } from './socket.js';

export interface LinkAddress {
  /** index of the link */
  readonly link: number;
  readonly family: 4 | 6;
  readonly address: string;
  readonly prefix: number;
  /** of IPv6: it is still being found out whether somebody else has it */
  readonly isTentative: boolean;
}

const BODY_BYTES = 8;

/** struct ifaddrmsg of rtnetlink(7). */
function body(family: number, prefix: number, link: number): Buffer {
  const bytes = Buffer.alloc(BODY_BYTES);
  bytes.writeUInt8(family, 0);
  bytes.writeUInt8(prefix, 1);
  bytes.writeInt32LE(link, 4);
  return bytes;
}

function decodeAddress(payload: Buffer): LinkAddress[] {
  const family = payload.readUInt8(0);
  const attributes = decodeAttributes(payload.subarray(BODY_BYTES));
  // Of a point to point link IFA_ADDRESS is who is at the other end.
  const address = attributes.get(netlink.IFA_LOCAL) ?? attributes.get(netlink.IFA_ADDRESS);
  if (address === undefined || (family !== AF_INET && family !== AF_INET6)) return [];
  const flags = numberOf(attributes.get(netlink.IFA_FLAGS)) ?? payload.readUInt8(2);
  return [
    {
      link: payload.readInt32LE(4),
      family: family === AF_INET ? 4 : 6,
      address: addressText(address),
      prefix: payload.readUInt8(1),
      isTentative: (flags & netlink.IFA_F_TENTATIVE) !== 0,
    },
  ];
}

/** Every address of the namespace. @throws SyscallError */
export function listAddresses(socket: RouteSocket = routeSocket()): LinkAddress[] {
  return socket.dump({ type: netlink.RTM_GETADDR, body: body(0, 0, 0) }).flatMap(decodeAddress);
}

/**
 * Gives a link an address, with the route to its subnet; that it has it already is no failure. Of IPv6 it can be used at once:
 * nobody is asked whether he has it.
 * @throws SyscallError ENODEV
 */
export function addAddress(link: number, address: string, prefix: number, socket: RouteSocket = routeSocket()): void {
  const bytes = addressBytes(address);
  const isIpv4 = bytes.length === 4;
  const attributes: Attribute[] = [
    [netlink.IFA_LOCAL, bytes],
    [netlink.IFA_ADDRESS, bytes],
    isIpv4 ? [netlink.IFA_BROADCAST, broadcastOf(bytes, prefix)] : [netlink.IFA_FLAGS, netlink.IFA_F_NODAD],
  ];
  const flags = netlink.NLM_F_CREATE | netlink.NLM_F_REPLACE;
  const request = {
    type: netlink.RTM_NEWADDR,
    flags,
    body: body(isIpv4 ? AF_INET : AF_INET6, prefix, link),
    attributes,
  };
  socket.request(request, `${address}/${prefix}`);
}

/** "10.5.0.1" with a prefix of 24 bits: 10.5.0.255. */
function broadcastOf(address: Buffer, prefix: number): Buffer {
  const host = prefix >= 32 ? 0 : 0xffffffff >>> prefix;
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE((address.readUInt32BE(0) | host) >>> 0);
  return bytes;
}
