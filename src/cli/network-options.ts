// The options of run and create that are about networks, and how they become parts of a CreateSpec.
import {
  addressesOf,
  parseAlias,
  parseExpose,
  parseNetwork,
  parsePublish,
  TscontainError,
  type CreateSpec,
  type EndpointConfig,
} from '../engine/index.js';
import { flag, list, text, type Option, type Values } from './command.js';

export const networkOptions: readonly Option[] = [
  {
    flags: '--network <network>',
    description:
      'a network of network ls, none, host, bridge (the default) or container:NAME; in words: name=app,alias=db,ip=10.5.0.2',
    repeat: true,
    complete: 'network',
  },
  { flags: '--network-alias <name>', description: 'a further name that it answers to on its network', repeat: true },
  { flags: '--ip <address>', description: 'its IPv4 address; the first that is free when absent' },
  { flags: '--ip6 <address>', description: 'its IPv6 address' },
  { flags: '--mac-address <address>', description: 'its MAC address; it follows from the address when absent' },
  {
    flags: '-p, --publish <[address:][port:]port[/protocol]>',
    description: 'a port of the host that leads into it: 8080:80, 127.0.0.1::53/udp, 8000-8009:80-89',
    repeat: true,
  },
  { flags: '-P, --publish-all', description: 'every port that it exposes is published, each at one that is free' },
  { flags: '--expose <port[/protocol]>', description: 'a port that it listens on', repeat: true },
  { flags: '--dns <address>', description: 'a name server to ask, instead of those of the host', repeat: true },
  { flags: '--dns-search <domain>', description: 'a domain in which short names are looked for', repeat: true },
  { flags: '--dns-option <option>', description: 'an option of resolv.conf(5), such as ndots:2', repeat: true },
];

type NetworkParts = Pick<
  CreateSpec,
  'network' | 'endpoints' | 'ports' | 'publishAll' | 'exposedPorts' | 'dns' | 'dnsSearch' | 'dnsOptions'
>;

/** Whether the networks are there, and have these addresses, is the engine's to say. */
export function readNetworkOptions(values: Values): { [K in keyof NetworkParts]: NetworkParts[K] | undefined } {
  const repeated = (name: string) => (list(values, name).length === 0 ? undefined : list(values, name));
  const ports = list(values, 'publish').flatMap(parsePublish);
  const exposed = list(values, 'expose').flatMap(parseExpose);
  // What is published is listened on, as it is with docker.
  const exposedPorts = [...new Set([...exposed, ...ports.map((port) => `${port.containerPort}/${port.protocol}`)])];
  return {
    ...readNetworks(values),
    ports: ports.length === 0 ? undefined : ports,
    publishAll: flag(values, 'publishAll') ? true : undefined,
    exposedPorts: exposedPorts.length === 0 ? undefined : exposedPorts,
    dns: repeated('dns'),
    dnsSearch: repeated('dnsSearch'),
    dnsOptions: repeated('dnsOption'),
  };
}

function readNetworks(values: Values): { network: NetworkParts['network']; endpoints: NetworkParts['endpoints'] } {
  const wanted = list(values, 'network').map(parseNetwork);
  const own = ownAddress(values);
  const other = wanted.find((each) => 'mode' in each && each.mode !== 'bridge');
  if (other !== undefined && 'mode' in other) {
    if (wanted.length === 1 && own === undefined) return { network: other.mode, endpoints: undefined };
    throw new TscontainError(
      'INVALID_VALUE',
      `--network ${other.mode} does not go with a network or an address beside it`,
      {
        hint: 'choose one',
      },
    );
  }
  const onDefault: EndpointConfig = { network: 'bridge', aliases: [] };
  const endpoints = wanted.map((each) => ('endpoint' in each ? each.endpoint : onDefault));
  if (own !== undefined) {
    if (endpoints.length > 1)
      throw new TscontainError('INVALID_VALUE', `--${own.flag} does not say on which of ${endpoints.length} networks`, {
        hint: 'say it with the network: --network name=app,ip=10.5.0.2,alias=db',
      });
    const [only = onDefault] = endpoints;
    return {
      network: undefined,
      endpoints: [{ ...only, ...own.addresses, aliases: [...only.aliases, ...own.aliases] }],
    };
  }
  // Without a word of its own the default network need not be named: it is found at the start.
  const isPlain = wanted.every((each) => 'mode' in each) && wanted.length < 2;
  return { network: undefined, endpoints: isPlain ? undefined : endpoints };
}

/** What --ip and the like say of the one network that there is. */
function ownAddress(values: Values) {
  const aliases = list(values, 'networkAlias').map(parseAlias);
  const given = { ip: text(values, 'ip'), ip6: text(values, 'ip6'), mac: text(values, 'macAddress') };
  const flag =
    given.ip !== undefined
      ? 'ip'
      : given.ip6 !== undefined
        ? 'ip6'
        : given.mac !== undefined
          ? 'mac-address'
          : aliases.length > 0
            ? 'network-alias'
            : undefined;
  return flag === undefined ? undefined : { flag, aliases, addresses: addressesOf(given) };
}
