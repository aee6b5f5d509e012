// Networks in words: ports as -p would say them, what a network is like, who talks to whom.
import type { Container, OpenSocket, PortBinding, PublishedPort } from '../../engine/index.js';
import { absentOf, atAddress, DEFAULT_NETWORK, membershipsOf, ofGateway, portsOf } from '../networks/members.js';
import type { NetworkRow } from '../networks/port.js';
import { many, pairs, whenWords, type Fact } from './fact.js';

const hostWords = (hostIp: string): string =>
  hostIp === '' ? '' : hostIp.includes(':') ? `[${hostIp}]:` : `${hostIp}:`;
const suffix = (protocol: string): string => (protocol === 'tcp' ? '' : `/${protocol}`);

/** "8080:80", "127.0.0.1:5432:5432", "53:53/udp": what -p would say. */
export const portWords = ({ hostIp, hostPort, containerPort, protocol }: PublishedPort): string =>
  `${hostWords(hostIp)}${hostPort}:${containerPort}${suffix(protocol)}`;

/** The same of what was asked for, where any port that is free may do. */
export function bindingWords({ hostIp, hostPort, hostPortEnd, containerPort, protocol }: PortBinding): string {
  const host = hostPort === 0 ? '' : hostPortEnd === undefined ? `${hostPort}:` : `${hostPort}-${hostPortEnd}:`;
  const address = host === '' && hostIp !== '' ? `${hostWords(hostIp)}:` : hostWords(hostIp);
  return `${address}${host}${containerPort}${suffix(protocol)}`;
}

/** Each once, though it may be published for IPv4 and for IPv6. */
export const portsWords = (ports: readonly PublishedPort[]): string => [...new Set(ports.map(portWords))].join(' ');

/** What is in force while it runs, else what it asks for. */
export function portsOfContainer(list: readonly NetworkRow[], { id, config }: Container): string {
  const inForce = portsOf(list, id);
  return inForce.length > 0 ? portsWords(inForce) : [...new Set((config.ports ?? []).map(bindingWords))].join(' ');
}

/** What is special about a network, in few words; empty where it is as they usually are. */
export function kindWords({ network }: NetworkRow): string {
  return [
    network.internal ? 'internal' : '',
    network.subnets.some(({ subnet }) => subnet.includes(':')) ? 'IPv6' : '',
    network.interContainer ? '' : 'each alone',
    network.masquerade || network.internal ? '' : 'not masqueraded',
  ]
    .filter((word) => word !== '')
    .join(' ');
}

/** Everything that is known of a network, a fact a line, what matters most first. */
export function networkFacts(row: NetworkRow, containers: readonly Container[], now: number): readonly Fact[] {
  const { network, endpoints } = row;
  const absent = absentOf(row, containers).map(({ config }) => config.name);
  return [
    ...many(
      'subnet',
      network.subnets.map(
        ({ subnet, ipRange }) => `${subnet}${ipRange === undefined ? '' : `   addresses are given out of ${ipRange}`}`,
      ),
    ),
    ...many(
      'gateway',
      network.subnets.map(({ gateway }) => gateway),
    ),
    {
      label: 'leads',
      value: network.internal
        ? 'nowhere: its containers reach each other and the host'
        : network.masquerade
          ? "to the world, with the host's address"
          : "to the world, with its containers' own addresses",
    },
    ...(network.interContainer ? [] : [{ label: '', value: 'its containers do not reach each other' }]),
    ...(network.name === DEFAULT_NETWORK
      ? [{ label: 'is', value: 'the network of every container that asks for none' }]
      : []),
    {
      label: 'on it',
      value: endpoints.length === 0 ? 'nobody now' : endpoints.map(({ name }) => name).join('  '),
    },
    ...(absent.length === 0 ? [] : [{ label: 'will come', value: `${absent.join('  ')}   once they run` }]),
    { label: 'driver', value: network.driver },
    { label: 'bridge', value: `${network.interfaceName}${network.mtu === undefined ? '' : `   mtu ${network.mtu}`}` },
    ...many('labels', pairs(network.labels)),
    ...many('options', pairs(network.options)),
    { label: 'made', value: whenWords(network.created, now) },
    { label: 'id', value: network.id },
  ];
}

// Who talks to whom.

export interface ConnectionRow {
  readonly socket: OpenSocket;
  readonly way: 'listens' | 'in' | 'out';
  /** the other end: a container by its name, the host, or an address; of one that listens what leads to it from the host */
  readonly who: string;
  /** the network that it goes over, where it is one of ours */
  readonly over: string;
  /** the container at the other end */
  readonly container: string | undefined;
}

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';
const isAny = (address: string): boolean => address === '0.0.0.0' || address === '::';

/** Who is behind an address, as a container sees it. */
function behind(
  list: readonly NetworkRow[],
  container: string,
  address: string,
): Pick<ConnectionRow, 'who' | 'over' | 'container'> {
  const own = membershipsOf(list, container);
  if (isLoopback(address)) return { who: 'itself', over: 'lo', container: undefined };
  const member = atAddress(list, address);
  if (member !== undefined) {
    const isSelf = member.endpoint.container === container;
    return {
      who: isSelf ? 'itself' : member.endpoint.name,
      over: member.network.name,
      container: isSelf ? undefined : member.endpoint.container,
    };
  }
  const gateway = ofGateway(list, address);
  if (gateway !== undefined && own.some(({ network }) => network.id === gateway.id))
    return { who: 'the host', over: gateway.name, container: undefined };
  return { who: address, over: '', container: undefined };
}

/** What listens, then what is open, in the order of who is at the other end. */
export function connectionRows(
  list: readonly NetworkRow[],
  container: Container,
  found: { readonly listening: readonly OpenSocket[]; readonly connections: readonly OpenSocket[] },
): readonly ConnectionRow[] {
  const ports = portsOf(list, container.id);
  const listens = found.listening.map((socket): ConnectionRow => {
    const published = ports.filter(
      ({ containerPort, protocol }) => containerPort === socket.local.port && protocol === socket.protocol,
    );
    const isOwn = isLoopback(socket.local.address);
    return {
      socket,
      way: 'listens',
      who: isOwn ? 'itself only' : published.length > 0 ? `anybody, as ${portsWords(published)}` : 'its networks',
      over: isAny(socket.local.address)
        ? ''
        : (atAddress(list, socket.local.address)?.network.name ?? (isOwn ? 'lo' : '')),
      container: undefined,
    };
  });
  const waiting = new Set(found.listening.map(({ protocol, local }) => `${protocol} ${local.port}`));
  const open = found.connections.map((socket): ConnectionRow => ({
    socket,
    // Whoever comes to a port that is listened on has come from outside.
    way: waiting.has(`${socket.protocol} ${socket.local.port}`) ? 'in' : 'out',
    ...behind(list, container.id, socket.remote.address),
  }));
  const order = ({ socket, who }: ConnectionRow): string => `${socket.state === 'time-wait' ? 1 : 0} ${who}`;
  return [
    ...listens.sort((a, b) => a.socket.local.port - b.socket.local.port),
    ...open.sort((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0)),
  ];
}

export const STATE_WORDS: Readonly<Record<OpenSocket['state'], string>> = {
  established: 'open',
  'syn-sent': 'knocks',
  'syn-received': 'is let in',
  'fin-wait-1': 'closing',
  'fin-wait-2': 'closing',
  'time-wait': 'over',
  close: 'waits',
  'close-wait': 'left alone',
  'last-ack': 'closing',
  listen: 'listens',
  closing: 'closing',
};
