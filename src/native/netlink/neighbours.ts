// Neighbours: which link address answers for which address, as the kernel has heard (arp(7)).
import { AF_INET, AF_INET6 } from '../flags.js';
import * as netlink from './constants.js';
import { addressText, macText } from './ip.js';
import { decodeAttributes } from './message.js';
import { routeSocket, type RouteSocket } from './socket.js';

export interface Neighbour {
  /** index of the link that it was heard on */
  readonly link: number;
  readonly address: string;
  /** absent while it has not answered */
  readonly macAddress?: string;
}

const BODY_BYTES = 12;

/** @throws SyscallError */
export function listNeighbours(socket: RouteSocket = routeSocket()): Neighbour[] {
  return [AF_INET, AF_INET6].flatMap((family) => {
    // struct ndmsg of rtnetlink(7).
    const body = Buffer.alloc(BODY_BYTES);
    body.writeUInt8(family, 0);
    return socket.dump({ type: netlink.RTM_GETNEIGH, body }).flatMap((payload): Neighbour[] => {
      const attributes = decodeAttributes(payload.subarray(BODY_BYTES));
      const address = attributes.get(netlink.NDA_DST);
      const macAddress = attributes.get(netlink.NDA_LLADDR);
      if (address === undefined) return [];
      return [
        {
          link: payload.readInt32LE(4),
          address: addressText(address),
          ...(macAddress === undefined ? {} : { macAddress: macText(macAddress) }),
        },
      ];
    });
  });
}
