// Published ports as rules: a map a protocol and family from a port of the host to a container's address and port, so that the
// ten thousandth port costs a packet what the first does. Pure.
import type { Protocol } from '../model.js';
import { isLoopback } from '../publish/bindings.js';
import { familyOf, setOf, type Chain } from './chain.js';
import type { NetworkInUse } from './ruleset.js';

type Family = 'ip' | 'ip6';

/** One way from the host into a container. */
interface Way {
  readonly family: Family;
  readonly protocol: Protocol;
  /** empty: every address of the host */
  readonly hostIp: string;
  readonly hostPort: number;
  readonly address: string;
  readonly containerPort: number;
  /** of the network that it leads into */
  readonly subnet: string;
}

const ANY: Readonly<Record<Family, string>> = { ip: '0.0.0.0', ip6: '::' };
const NAME_SERVER_PORT = 53;

/** Nothing where nothing is published, so that whoever publishes nothing has no rule that packets have to pass. */
export function publishedChains(networks: readonly NetworkInUse[]): Chain[] {
  const ways = withoutDoubles(networks.filter(({ config }) => !config.internal).flatMap(waysInto));
  if (ways.length === 0) return [];
  return [
    { name: 'published', rules: [...nameServerRules(networks, ways), ...ownNetworkRules(ways), ...wayRules(ways)] },
    {
      name: 'prerouting',
      hook: 'type nat hook prerouting priority -100',
      rules: ['fib daddr type local jump published'],
    },
    {
      name: 'output',
      hook: 'type nat hook output priority -100',
      rules: [
        'ip daddr != 127.0.0.0/8 fib daddr type local jump published',
        'ip6 daddr != ::1 fib daddr type local jump published',
      ],
    },
  ];
}

function waysInto({ config, endpoints }: NetworkInUse): Way[] {
  return endpoints.flatMap(({ ipv4Address, ipv6Address, ports }) =>
    ports.flatMap(({ hostIp, protocol, hostPort, containerPort }) => {
      const families: readonly Family[] = hostIp === '' ? ['ip', 'ip6'] : [familyOf(hostIp)];
      return families.flatMap((family) => {
        const address = family === 'ip' ? ipv4Address : ipv6Address;
        // Without an address of that family the proxy leads to the other one.
        const subnet = config.subnets.find((each) => familyOf(each.subnet) === family)?.subnet;
        if (address === undefined || subnet === undefined || isLoopback(hostIp)) return [];
        if (familyOf(address) !== family) return [];
        const way = { family, protocol, hostPort, address, containerPort, subnet };
        return [{ ...way, hostIp: hostIp === ANY[family] ? '' : hostIp }];
      });
    }),
  );
}

/** A port leads one way. Twice in a map it would be a fault, and nft would refuse the whole table for it. */
function withoutDoubles(ways: readonly Way[]): Way[] {
  const first = new Map<string, Way>();
  for (const way of ways) {
    const key = `${way.family} ${way.protocol} ${way.hostIp} ${way.hostPort}`;
    if (!first.has(key)) first.set(key, way);
  }
  return [...first.values()];
}

/** Names are answered on the gateways, also for a container that publishes a name server of its own. */
function nameServerRules(networks: readonly NetworkInUse[], ways: readonly Way[]): string[] {
  if (!ways.some(({ hostIp, hostPort }) => hostIp === '' && hostPort === NAME_SERVER_PORT)) return [];
  const gateways = networks.flatMap(({ config }) => config.subnets.map(({ gateway }) => gateway));
  return (['ip', 'ip6'] as const).flatMap((family) => {
    const ofFamily = gateways.filter((gateway) => familyOf(gateway) === family);
    if (ofFamily.length === 0) return [];
    return [`${family} daddr ${setOf(ofFamily)} meta l4proto { tcp, udp } th dport ${NAME_SERVER_PORT} return`];
  });
}

/**
 * Who comes out of the same network gets to the proxy. Turned round here, the way back in would be through the bridge alone where
 * br_netfilter has it ask us: a container would not reach itself, nor one of a network whose containers are kept apart another.
 */
function ownNetworkRules(ways: readonly Way[]): string[] {
  const groups = new Map<string, number[]>();
  for (const { family, protocol, subnet, hostPort } of ways) {
    // No proxy speaks it.
    if (protocol === 'sctp') continue;
    const from = `${family} saddr ${subnet} ${protocol} dport`;
    const group = groups.get(from);
    if (group === undefined) groups.set(from, [hostPort]);
    else group.push(hostPort);
  }
  return [...groups].map(([from, ports]) => `${from} ${setOf(rangesOf(ports))} return`);
}

function rangesOf(ports: readonly number[]): string[] {
  const ranges: [first: number, last: number][] = [];
  for (const port of [...new Set(ports)].sort((one, other) => one - other)) {
    const range = ranges.at(-1);
    if (range?.[1] === port - 1) range[1] = port;
    else ranges.push([port, port]);
  }
  return ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`));
}

/** What was published at one address goes before what was published at all of them. */
function wayRules(ways: readonly Way[]): string[] {
  const groups = new Map<string, Way[]>();
  for (const way of ways) {
    const at = way.hostIp === '' ? '' : `${way.family} daddr . `;
    const rule = `meta nfproto ${way.family === 'ip' ? 'ipv4' : 'ipv6'} dnat ${way.family} to ${at}${way.protocol} dport`;
    const group = groups.get(rule);
    if (group === undefined) groups.set(rule, [way]);
    else group.push(way);
  }
  return [...groups]
    .sort(([, [one]], [, [other]]) => Number(one!.hostIp === '') - Number(other!.hostIp === ''))
    .flatMap(([rule, group]) => {
      const elements = [runsOf(group), group.filter(isMoved).map(movedElement)];
      return elements.filter(({ length }) => length > 0).map((each) => `${rule} map ${setOf(each)}`);
    });
}

function isMoved({ hostPort, containerPort }: Way): boolean {
  return hostPort !== containerPort;
}

function keyOf({ hostIp }: Way, ports: string): string {
  return hostIp === '' ? ports : `${hostIp} . ${ports}`;
}

function movedElement(way: Way): string {
  return `${keyOf(way, String(way.hostPort))} : ${way.address} . ${way.containerPort}`;
}

/** Ports that have the same number in the container keep it, so those that follow one another are one element. */
function runsOf(ways: readonly Way[]): string[] {
  const kept = ways.filter((way) => !isMoved(way)).sort((one, other) => one.hostPort - other.hostPort);
  const runs = new Map<string, { way: Way; last: number }[]>();
  for (const way of kept) {
    const to = `${way.hostIp} ${way.address}`;
    const ofThese = runs.get(to) ?? [];
    const run = ofThese.at(-1);
    if (run?.last === way.hostPort - 1) run.last = way.hostPort;
    else ofThese.push({ way, last: way.hostPort });
    runs.set(to, ofThese);
  }
  return [...runs.values()].flat().map(({ way, last }) => {
    const ports = last === way.hostPort ? String(last) : `${way.hostPort}-${last}`;
    return `${keyOf(way, ports)} : ${way.address}`;
  });
}
