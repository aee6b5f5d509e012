// From what was asked for to what a network is: its subnets chosen or judged, its options read. Pure.
import { TscontainError } from '../errors.js';
import { parseLabel } from '../grammar/environment.js';
import { parseNetworkName } from '../grammar/names.js';
import { parseInteger } from '../grammar/quantities.js';
import { wrong } from '../grammar/wrong.js';
import type { HostRoute } from './host-routes.js';
import type { NetworkConfig, NetworkSpec, Subnet } from './model.js';
import { freeIpv4Subnet, freeIpv6Subnet } from './pools.js';
import {
  bitsOf,
  cidrOf,
  contains,
  formatAddress,
  formatCidr,
  isWithin,
  overlap,
  parseAddress,
  parseCidr,
  usableIn,
  type Address,
  type Cidr,
  type Family,
} from './subnet.js';

/** What the spec cannot say itself. */
export interface NetworkFacts {
  readonly id: string;
  /** ISO 8601 */
  readonly created: string;
  /** every network that there is */
  readonly known: readonly NetworkConfig[];
  readonly routes: readonly HostRoute[];
  /** where subnets of IPv6 are taken from */
  readonly ulaPrefix: Cidr;
}

export const DEFAULT_NETWORK = 'bridge';

/** The one that containers are on who ask for none. */
export function defaultNetwork(facts: NetworkFacts): NetworkConfig {
  return whole({ name: DEFAULT_NETWORK }, DEFAULT_NETWORK, facts);
}

/** @throws TscontainError INVALID_VALUE, ADDRESS_IN_USE (its subnet overlaps something, or none is free) */
export function specifyNetwork(spec: NetworkSpec, facts: NetworkFacts): NetworkConfig {
  return whole(spec, parseNetworkName(spec.name), facts);
}

function whole(spec: NetworkSpec, name: string, facts: NetworkFacts): NetworkConfig {
  if (spec.driver !== undefined && spec.driver !== 'bridge')
    throw wrong('the driver', spec.driver, 'there is one, bridge');
  const { labels = {}, options = {} } = spec;
  for (const key of Object.keys(labels)) parseLabel(key);
  const settings = readOptions(options);
  const interfaceName = settings.interfaceName ?? `br-${facts.id.slice(0, 12)}`;
  const holder = facts.known.find((other) => other.interfaceName === interfaceName);
  if (holder !== undefined)
    throw wrong('the name of the bridge', interfaceName, `it is that of network ${holder.name}: choose another`);
  return {
    schema: 1,
    id: facts.id,
    name,
    created: facts.created,
    driver: 'bridge',
    interfaceName,
    subnets: subnetsOf(spec, facts),
    internal: spec.internal ?? false,
    interContainer: settings.interContainer ?? true,
    masquerade: settings.masquerade ?? true,
    ...(settings.mtu === undefined ? {} : { mtu: settings.mtu }),
    labels,
    options,
  };
}

function subnetsOf(spec: NetworkSpec, facts: NetworkFacts): Subnet[] {
  const asked = (spec.subnets ?? []).map((text) => requireFree(parseSubnet(text), facts));
  const [ipv4, ipv6] = ([4, 6] as const).map((family) => onlyOne(asked.filter((cidr) => cidr.family === family)));
  const taken = [...facts.routes.map(({ to }) => to), ...facts.known.flatMap(cidrsOf)];
  const cidrs = [
    ipv4 ?? found(freeIpv4Subnet(taken), 4),
    ipv6 ?? (spec.ipv6 === true ? found(freeIpv6Subnet(facts.ulaPrefix, taken), 6) : undefined),
  ].filter((cidr) => cidr !== undefined);
  const gateways = (spec.gateways ?? []).map((text) => parseAddress(text, 'the gateway'));
  const ranges = (spec.ipRanges ?? []).map((text) => parseCidr(text, 'the range of addresses'));
  const lost = gateways.find((gateway) => !cidrs.some((cidr) => isUsable(cidr, gateway)));
  if (lost !== undefined) throw outside('the gateway', formatAddress(lost), cidrs);
  const strange = ranges.find((range) => !cidrs.some((cidr) => isWithin(range, cidr)));
  if (strange !== undefined) throw outside('the range of addresses', formatCidr(strange), cidrs);
  return cidrs.map((cidr): Subnet => {
    const gateway = onlyOne(gateways.filter((each) => contains(cidr, each))) ?? {
      family: cidr.family,
      value: usableIn(cidr).first,
    };
    const range = onlyOne(ranges.filter((each) => isWithin(each, cidr)));
    return {
      subnet: formatCidr(cidr),
      gateway: formatAddress(gateway),
      ...(range === undefined ? {} : { ipRange: formatCidr(range) }),
    };
  });
}

/** Room for a gateway and a container, and the two ends, which nobody has. */
const HOST_BITS_LEAST = 2;

function parseSubnet(text: string): Cidr {
  const cidr = parseCidr(text, 'the subnet');
  const most = bitsOf(cidr.family) - HOST_BITS_LEAST;
  if (cidr.prefix > most) throw wrong('the subnet', text, `there is no room in it: its length is ${most} at most`);
  if (cidr.prefix === 0 || UNROUTED.some((text) => overlap(cidr, cidrOf(text)!)))
    throw wrong('the subnet', text, 'take one of the private ones, such as 10.5.0.0/24 or fd00:5::/64');
  return cidr;
}

/** Where the kernel routes nothing: loopback, links, and addresses of groups. */
const UNROUTED = ['0.0.0.0/8', '127.0.0.0/8', '224.0.0.0/3', '::/8', 'fe80::/10', 'ff00::/8'];

/** One that is asked for by name may be in nobody's way: neither that of another network nor that of a route. */
function requireFree(cidr: Cidr, { known, routes }: NetworkFacts): Cidr {
  const other = known.find((network) => cidrsOf(network).some((each) => overlap(each, cidr)));
  if (other !== undefined)
    throw new TscontainError(
      'ADDRESS_IN_USE',
      `the subnet ${formatCidr(cidr)} overlaps that of network ${other.name} (${other.subnets[0]!.subnet})`,
      { hint: 'choose another, or leave it out to get one that is free' },
    );
  const route = routes.find(({ to }) => overlap(to, cidr));
  if (route === undefined) return cidr;
  const over = route.interfaceName === undefined ? 'a name server of the host' : `a route over ${route.interfaceName}`;
  throw new TscontainError(
    'ADDRESS_IN_USE',
    `the subnet ${formatCidr(cidr)} overlaps ${formatCidr(route.to)}, which the host reaches already (${over})`,
    { hint: 'choose another, or leave it out to get one that is free' },
  );
}

export function cidrsOf({ subnets }: Pick<NetworkConfig, 'subnets'>): Cidr[] {
  return subnets.flatMap(({ subnet }) => cidrOf(subnet) ?? []);
}

function onlyOne<T>(items: readonly T[]): T | undefined {
  if (items.length <= 1) return items[0];
  throw new TscontainError('INVALID_VALUE', 'a network has one subnet, gateway and range of a family at most', {
    hint: 'leave one out, or make two networks',
  });
}

function isUsable(cidr: Cidr, { family, value }: Address): boolean {
  const { first, last } = usableIn(cidr);
  return family === cidr.family && value >= first && value <= last;
}

function outside(what: string, value: string, cidrs: readonly Cidr[]): TscontainError {
  return wrong(what, value, `it is no address that somebody can have in ${cidrs.map(formatCidr).join(' or ')}`);
}

function found(cidr: Cidr | undefined, family: Family): Cidr {
  if (cidr !== undefined) return cidr;
  throw new TscontainError('ADDRESS_IN_USE', `no subnet of IPv${family} is free: each overlaps a network or a route`, {
    hint: 'give one with --subnet, or remove a network: tscontain network prune',
  });
}

interface Settings {
  readonly interfaceName?: string;
  readonly interContainer?: boolean;
  readonly masquerade?: boolean;
  readonly mtu?: number;
}

/** Docker's options of its bridge driver that say something here. */
const OPTIONS: Readonly<Record<string, (value: string) => Settings>> = {
  'com.docker.network.bridge.name': (value) => ({ interfaceName: parseInterfaceName(value) }),
  'com.docker.network.bridge.enable_icc': (value) => ({ interContainer: parseFlag(value) }),
  'com.docker.network.bridge.enable_ip_masquerade': (value) => ({ masquerade: parseFlag(value) }),
  'com.docker.network.driver.mtu': (value) => ({ mtu: parseInteger(value, 'the MTU', { min: 1280, max: 65_535 }) }),
};

function readOptions(options: Readonly<Record<string, string>>): Settings {
  return Object.entries(options).reduce<Settings>((settings, [key, value]) => {
    const read = Object.hasOwn(OPTIONS, key) ? OPTIONS[key] : undefined;
    if (read === undefined) throw wrong('the option', key, `there are ${Object.keys(OPTIONS).join(', ')}`);
    return { ...settings, ...read(value) };
  }, {});
}

function parseFlag(value: string): boolean {
  if (/^(1|t|true)$/i.test(value)) return true;
  if (/^(0|f|false)$/i.test(value)) return false;
  throw wrong('the value of the option', value, 'give true or false');
}

/** IFNAMSIZ of netdevice(7), without the zero byte at the end. */
const INTERFACE_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,14}$/;

function parseInterfaceName(name: string): string {
  if (INTERFACE_NAME.test(name)) return name;
  throw wrong('the name of the bridge', name, 'give up to 15 letters, digits, _ . and -');
}
