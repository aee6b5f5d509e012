// Routes: asked for, made and taken away. Only those of the main table are of interest; the others are the kernel's own.
import { AF_INET, AF_INET6 } from '../flags.js';
import * as netlink from './constants.js';
import { addressBytes, addressText } from './ip.js';
import { decodeAttributes, numberOf, type Attribute } from './message.js';
import { routeSocket, type RouteSocket } from './socket.js';

export interface Route {
  readonly family: 4 | 6;
  /** "10.5.0.0/24"; of a default route "0.0.0.0/0" or "::/0" */
  readonly to: string;
  readonly gateway?: string;
  /** index of the link that it goes over */
  readonly link?: number;
  readonly metric?: number;
}

const BODY_BYTES = 12;

/** struct rtmsg of rtnetlink(7). */
function body(family: number): Buffer {
  const bytes = Buffer.alloc(BODY_BYTES);
  bytes.writeUInt8(family, 0);
  bytes.writeUInt8(netlink.RT_TABLE_MAIN, 4);
  bytes.writeUInt8(netlink.RTPROT_BOOT, 5);
  bytes.writeUInt8(netlink.RT_SCOPE_UNIVERSE, 6);
  bytes.writeUInt8(netlink.RTN_UNICAST, 7);
  return bytes;
}

function decodeRoute(payload: Buffer): Route[] {
  const family = payload.readUInt8(0);
  const attributes = decodeAttributes(payload.subarray(BODY_BYTES));
  const table = numberOf(attributes.get(netlink.RTA_TABLE)) ?? payload.readUInt8(4);
  if (table !== netlink.RT_TABLE_MAIN || (family !== AF_INET && family !== AF_INET6)) return [];
  const to = attributes.get(netlink.RTA_DST);
  const gateway = attributes.get(netlink.RTA_GATEWAY);
  const link = numberOf(attributes.get(netlink.RTA_OIF));
  const metric = numberOf(attributes.get(netlink.RTA_PRIORITY));
  return [
    {
      family: family === AF_INET ? 4 : 6,
      to: `${to === undefined ? (family === AF_INET ? '0.0.0.0' : '::') : addressText(to)}/${payload.readUInt8(1)}`,
      ...(gateway === undefined ? {} : { gateway: addressText(gateway) }),
      ...(link === undefined ? {} : { link }),
      ...(metric === undefined ? {} : { metric }),
    },
  ];
}

/** Every route of the main table, of both families. @throws SyscallError */
export function listRoutes(socket: RouteSocket = routeSocket()): Route[] {
  return [AF_INET, AF_INET6].flatMap((family) =>
    socket.dump({ type: netlink.RTM_GETROUTE, body: body(family) }).flatMap(decodeRoute),
  );
}

/** A default route over a gateway that can be reached already. @throws SyscallError EEXIST, ENETUNREACH */
export function addDefaultRoute(gateway: string, socket: RouteSocket = routeSocket()): void {
  const bytes = addressBytes(gateway);
  const attributes: Attribute[] = [[netlink.RTA_GATEWAY, bytes]];
  const flags = netlink.NLM_F_CREATE | netlink.NLM_F_EXCL;
  const request = {
    type: netlink.RTM_NEWROUTE,
    flags,
    body: body(bytes.length === 4 ? AF_INET : AF_INET6),
    attributes,
  };
  socket.request(request, `default via ${gateway}`);
}
