// Links (interfaces): asked for, made, changed and taken away.
import { randomInt } from 'node:crypto';
import { SyscallError } from '../errno.js';
import { IFF_UP } from '../flags.js';
import * as netlink from './constants.js';
import { macBytes, macText } from './ip.js';
import { decodeAttributes, encodeAttributes, numberOf, textOf, type Attribute } from './message.js';
import { requestInBackground, routeSocket, type RouteSocket } from './socket.js';

export interface Link {
  readonly index: number;
  readonly name: string;
  /** "bridge", "veth", "tun"; hardware and lo have none */
  readonly kind?: string;
  readonly isUp: boolean;
  readonly hasCarrier: boolean;
  readonly mtu: number;
  /** "02:42:0a:05:00:02" */
  readonly macAddress?: string;
  /** index of the bridge that it is a port of */
  readonly master?: number;
  /** of a veth, the index of its other end, in the network namespace that that is in */
  readonly peer?: number;
}

const BODY_BYTES = 16;

/** struct ifinfomsg of rtnetlink(7). */
function body({ index = 0, up }: { readonly index?: number; readonly up?: boolean } = {}): Buffer {
  const bytes = Buffer.alloc(BODY_BYTES);
  bytes.writeInt32LE(index, 4);
  if (up !== undefined) {
    bytes.writeUInt32LE(up ? IFF_UP : 0, 8);
    bytes.writeUInt32LE(IFF_UP, 12);
  }
  return bytes;
}

function decodeLink(payload: Buffer): Link {
  const attributes = decodeAttributes(payload.subarray(BODY_BYTES));
  const flags = payload.readUInt32LE(8);
  const info = attributes.get(netlink.IFLA_LINKINFO);
  const kind = info === undefined ? undefined : textOf(decodeAttributes(info).get(netlink.IFLA_INFO_KIND));
  const address = attributes.get(netlink.IFLA_ADDRESS);
  const master = numberOf(attributes.get(netlink.IFLA_MASTER));
  const peer = numberOf(attributes.get(netlink.IFLA_LINK));
  return {
    index: payload.readInt32LE(4),
    name: textOf(attributes.get(netlink.IFLA_IFNAME)) ?? '',
    ...(kind === undefined ? {} : { kind }),
    isUp: (flags & IFF_UP) !== 0,
    hasCarrier: (flags & netlink.IFF_LOWER_UP) !== 0,
    mtu: numberOf(attributes.get(netlink.IFLA_MTU)) ?? 0,
    ...(address === undefined ? {} : { macAddress: macText(address) }),
    ...(master === undefined ? {} : { master }),
    ...(peer === undefined ? {} : { peer }),
  };
}

/** Every link of the namespace. @throws SyscallError */
export function listLinks(socket: RouteSocket = routeSocket()): Link[] {
  return socket.dump({ type: netlink.RTM_GETLINK, body: body() }).map(decodeLink);
}

/** undefined when there is none of that name. @throws SyscallError */
export function findLink(name: string, socket: RouteSocket = routeSocket()): Link | undefined {
  const attributes: Attribute[] = [[netlink.IFLA_IFNAME, name]];
  try {
    const [found] = socket.request({ type: netlink.RTM_GETLINK, flags: 0, body: body(), attributes }, name);
    return found === undefined ? undefined : decodeLink(found);
  } catch (error) {
    if (error instanceof SyscallError && error.code === 'ENODEV') return undefined;
    throw error;
  }
}

const MAKE = netlink.NLM_F_CREATE | netlink.NLM_F_EXCL;

/** absent is what the kernel chooses */
export interface NewLink {
  readonly name: string;
  readonly macAddress?: string;
  readonly mtu?: number;
}

function attributesOf({ name, macAddress, mtu }: NewLink): Attribute[] {
  return [
    [netlink.IFLA_IFNAME, name],
    ...(macAddress === undefined ? [] : [[netlink.IFLA_ADDRESS, macBytes(macAddress)] as const]),
    ...(mtu === undefined ? [] : [[netlink.IFLA_MTU, mtu] as const]),
  ];
}

/** A bridge, not yet up. @throws SyscallError EEXIST when a link has that name */
export function createBridge(link: NewLink, socket: RouteSocket = routeSocket()): void {
  const info: Attribute = [netlink.IFLA_LINKINFO, [[netlink.IFLA_INFO_KIND, 'bridge']]];
  const attributes = [...attributesOf(link), info];
  socket.request({ type: netlink.RTM_NEWLINK, flags: MAKE, body: body(), attributes }, link.name);
}

export interface Veth extends NewLink {
  /** index of the bridge that this end is to be a port of */
  readonly master?: number;
  /** this end is brought up; the other one cannot be from here */
  readonly up?: boolean;
  readonly peer: NewLink & {
    /** absent is one that the kernel chooses */
    readonly index?: number;
    /** where it is born: the network namespace of a process, or of a descriptor */
    readonly namespace?: { readonly pid: number } | { readonly fd: number };
  };
}

/** Two links that are the ends of one cable, all in one step. @throws SyscallError EEXIST; ESRCH when there is no such process */
export function createVeth(veth: Veth, socket: RouteSocket = routeSocket()): void {
  for (let triesLeft = veth.peer.index === undefined ? 0 : INDEX_TRIES; ; triesLeft--) {
    try {
      requestVeth(veth, socket);
      return;
    } catch (error) {
      // Somebody has the index that was chosen for this end.
      if (!(error instanceof SyscallError) || error.code !== 'EBUSY' || triesLeft === 0) throw error;
    }
  }
}

const INDEX_TRIES = 3;
/** Far above those that the kernel gives, of which the last one is remembered: two in a million meet. */
const CHOSEN_INDEXES = [0x1000_0000, 0x4000_0000] as const;

function requestVeth(veth: Veth, socket: RouteSocket): void {
  const { master, up, peer } = veth;
  const { namespace, index } = peer;
  // The kernel heeds an index for the other end only where one is given for this end as well (veth_newlink).
  const own = index === undefined ? {} : { index: randomInt(...CHOSEN_INDEXES) };
  const peerAttributes: Attribute[] = [
    ...attributesOf(peer),
    ...(namespace === undefined
      ? []
      : 'pid' in namespace
        ? [[netlink.IFLA_NET_NS_PID, namespace.pid] as const]
        : [[netlink.IFLA_NET_NS_FD, namespace.fd] as const]),
  ];
  const data: Attribute = [
    netlink.VETH_INFO_PEER,
    Buffer.concat([body(index === undefined ? {} : { index }), encodeAttributes(peerAttributes)]),
  ];
  const info: Attribute[] = [
    [netlink.IFLA_INFO_KIND, 'veth'],
    [netlink.IFLA_INFO_DATA, [data]],
  ];
  const attributes: Attribute[] = [
    ...attributesOf(veth),
    ...(master === undefined ? [] : [[netlink.IFLA_MASTER, master] as const]),
    [netlink.IFLA_LINKINFO, info],
  ];
  const request = {
    type: netlink.RTM_NEWLINK,
    flags: MAKE,
    body: body({ ...own, ...(up === true ? { up } : {}) }),
    attributes,
  };
  socket.request(request, veth.name);
}

/** Brings a link up or down. @throws SyscallError ENODEV */
export function setLinkUp(name: string, up: boolean, socket: RouteSocket = routeSocket()): void {
  const attributes: Attribute[] = [[netlink.IFLA_IFNAME, name]];
  socket.request({ type: netlink.RTM_NEWLINK, flags: 0, body: body({ up }), attributes }, name);
}

/** Ports of a bridge that are isolated reach the bridge itself and the ports that are not, but not each other. @throws SyscallError */
export function isolatePort(name: string, socket: RouteSocket = routeSocket()): void {
  const info: Attribute[] = [
    [netlink.IFLA_INFO_SLAVE_KIND, 'bridge'],
    [netlink.IFLA_INFO_SLAVE_DATA, [[netlink.IFLA_BRPORT_ISOLATED, Uint8Array.of(1)]]],
  ];
  const attributes: Attribute[] = [
    [netlink.IFLA_IFNAME, name],
    [netlink.IFLA_LINKINFO, info],
  ];
  socket.request({ type: netlink.RTM_NEWLINK, flags: 0, body: body(), attributes }, name);
}

/**
 * Takes a link away; of a veth the other end goes too. The kernel waits for tens of milliseconds until nobody looks at the link any
 * more, so it is done in another thread. @throws SyscallError ENODEV
 */
export function deleteLink(name: string): Promise<void> {
  const attributes: Attribute[] = [[netlink.IFLA_IFNAME, name]];
  return requestInBackground({ type: netlink.RTM_DELLINK, flags: 0, body: body(), attributes }, name);
}
