// How a container is to be connected: --network, --mac-address, --network-alias, --dns, in Docker's grammar. Pure.
import { addressOf, formatAddress, parseAddress } from '../network/subnet.js';
import type { EndpointConfig, NetworkMode } from '../network/model.js';
import { shown, wrong } from './wrong.js';

/** What one --network says: a mode, or a network and how the container is to be on it. */
export type WantedNetwork = { readonly mode: NetworkMode } | { readonly endpoint: EndpointConfig };

type Field = 'name' | 'alias' | 'ip' | 'ip6' | 'mac-address';
const FIELDS: readonly string[] = ['name', 'alias', 'ip', 'ip6', 'mac-address'] satisfies Field[];

/** "none", "host", "bridge", "container:web", "app", or "name=app,alias=db,ip=10.5.0.2,ip6=fd00:5::2,mac-address=02:42:…". */
export function parseNetwork(text: string): WantedNetwork {
  const what = 'the network';
  if (text.includes('=')) return { endpoint: parseFields(text) };
  if (text === 'none' || text === 'host') return { mode: text };
  if (text === 'default' || text === 'bridge') return { mode: 'bridge' };
  if (text.startsWith('container:')) {
    const container = text.slice('container:'.length);
    if (container === '') throw wrong(what, text, 'give the name or the id of a container: container:web');
    return { mode: `container:${container}` };
  }
  if (text === '') throw wrong(what, text, 'give the name of a network, none, host, bridge or container:NAME');
  return { endpoint: { network: text, aliases: [] } };
}

function parseFields(text: string): EndpointConfig {
  const what = 'the network';
  const fields = new Map<string, string[]>();
  for (const part of text.split(',')) {
    const equals = part.indexOf('=');
    const name = part.slice(0, Math.max(equals, 0)).toLowerCase();
    if (!FIELDS.includes(name))
      throw wrong(what, text, `${shown(part)} is none of ${FIELDS.map((field) => `${field}=`).join(', ')}`);
    if (name !== 'alias' && fields.has(name)) throw wrong(what, text, `${name}= is there twice`);
    fields.set(name, [...(fields.get(name) ?? []), part.slice(equals + 1)]);
  }
  const value = (name: Field): string | undefined => fields.get(name)?.[0];
  const network = value('name');
  if (network === undefined || network === '') throw wrong(what, text, 'it has no name=, that of the network');
  return {
    network,
    aliases: (fields.get('alias') ?? []).map(parseAlias),
    ...addressesOf({ ip: value('ip'), ip6: value('ip6'), mac: value('mac-address') }),
  };
}

/** The addresses of an endpoint, each only where it is given. */
export function addressesOf(given: {
  readonly ip?: string | undefined;
  readonly ip6?: string | undefined;
  readonly mac?: string | undefined;
}): Pick<EndpointConfig, 'ipv4Address' | 'ipv6Address' | 'macAddress'> {
  const { ip, ip6, mac } = given;
  return {
    ...(ip === undefined ? {} : { ipv4Address: formatAddress(parseAddress(ip, 'the address', 4)) }),
    ...(ip6 === undefined ? {} : { ipv6Address: formatAddress(parseAddress(ip6, 'the address', 6)) }),
    ...(mac === undefined ? {} : { macAddress: parseMac(mac) }),
  };
}

/** "02:42:ac:12:00:02" or with dashes; in lower case. */
export function parseMac(text: string): string {
  const mac = text.toLowerCase().replaceAll('-', ':');
  const right = 'give six pairs of digits such as 02:42:ac:12:00:02';
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac)) throw wrong('the MAC address', text, right);
  // The lowest bit of the first byte says that it is for a group; the kernel takes no link with such a one, or with zeros.
  if (parseInt(mac.slice(0, 2), 16) & 1 || mac === '00:00:00:00:00:00')
    throw wrong(
      'the MAC address',
      text,
      'it is not that of one interface: its first byte is even, and it is not all zeros',
    );
  return mac;
}

const LABEL = /^[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?$/;
/** The longest name that DNS can ask for. */
const NAME_MAX = 253;

/** A name that DNS can ask for. */
export function parseAlias(text: string): string {
  return parseDomain(text, 'the alias');
}

export function parseDomain(text: string, what: string): string {
  if (text.length <= NAME_MAX && text.split('.').every((label) => LABEL.test(label))) return text;
  throw wrong(what, text, 'give letters, digits, _ and - with dots between them, each part at most 63 characters');
}

/** "10.0.0.53", "fd00::53". */
export function parseNameServer(text: string): string {
  const address = addressOf(text);
  if (address === undefined) throw wrong('the name server', text, 'give its address, such as 10.0.0.53 or fd00::53');
  return formatAddress(address);
}

/** A domain to search in; "." is none of the host's. */
export function parseSearchDomain(text: string): string {
  return text === '.' ? text : parseDomain(text.replace(/\.$/, ''), 'the search domain');
}

/** "ndots:2", "rotate": a word of resolv.conf(5). */
export function parseResolverOption(text: string): string {
  if (/^[a-z][a-z0-9-]*(:[0-9]{1,5})?$/.test(text)) return text;
  throw wrong('the option of the resolver', text, 'give one of resolv.conf(5), such as ndots:2 or rotate');
}
