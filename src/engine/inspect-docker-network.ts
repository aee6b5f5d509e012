// Networks in the shape of Docker's own JSON: one of them (GET /networks/{id}), and those of a container. Pure.
import { createHash } from 'node:crypto';
import type { Container } from './model.js';
import type { Attachment, Endpoint, EndpointConfig, NetworkConfig, PublishedPort } from './network/model.js';
import { subnetOf } from './network/addresses.js';

export function inspectDockerNetwork(network: NetworkConfig, endpoints: readonly Endpoint[]) {
  return {
    Name: network.name,
    Id: network.id,
    Created: network.created,
    Scope: 'local',
    Driver: network.driver,
    EnableIPv4: true,
    EnableIPv6: subnetOf(network, 6) !== undefined,
    IPAM: {
      Driver: 'default',
      Options: {},
      Config: network.subnets.map(({ subnet, ipRange, gateway }) => ({
        Subnet: subnet,
        ...(ipRange === undefined ? {} : { IPRange: ipRange }),
        Gateway: gateway,
      })),
    },
    Internal: network.internal,
    Attachable: false,
    Ingress: false,
    ConfigFrom: { Network: '' },
    ConfigOnly: false,
    Containers: Object.fromEntries(
      endpoints.map((endpoint) => [
        endpoint.container,
        {
          Name: endpoint.name,
          EndpointID: endpointId(network, endpoint.container),
          MacAddress: endpoint.macAddress,
          IPv4Address: withLength(network, 4, endpoint.ipv4Address),
          IPv6Address: endpoint.ipv6Address === undefined ? '' : withLength(network, 6, endpoint.ipv6Address),
        },
      ]),
    ),
    // Not Docker's own, but where it says the name of the bridge when it was asked for one.
    Options: { ...network.options, 'com.docker.network.bridge.name': network.interfaceName },
    Labels: network.labels,
  };
}

/** What a network is called, for one that a container asks for and that is not there any more too. */
export type NameOfNetwork = (id: string) => string | undefined;

export function networkSettingsOf(
  { id, config, state }: Container,
  attachments: readonly Attachment[],
  nameOf: NameOfNetwork,
) {
  const [first] = attachments;
  const wanted = config.endpoints ?? [];
  const entries = [
    ...attachments.map((attachment): [string, object] => [
      attachment.network.name,
      onNetwork(
        id,
        attachment,
        wanted.find(({ network }) => network === attachment.network.id),
      ),
    ]),
    ...wanted
      .filter(({ network }) => !attachments.some((attachment) => attachment.network.id === network))
      .map((endpoint): [string, object] => [nameOf(endpoint.network) ?? endpoint.network, offNetwork(endpoint)]),
  ];
  const isElsewhere = config.network !== 'bridge' || (config.endpoints === undefined && entries.length === 0);
  return {
    SandboxKey: state.init === undefined || config.network === 'host' ? '' : `/proc/${state.init.pid}/ns/net`,
    Ports: portsOf(attachments, config.exposedPorts ?? []),
    // Docker's words of the time before networks had names.
    Gateway: first === undefined ? '' : gatewayOf(first.network, 4),
    IPAddress: first?.endpoint.ipv4Address ?? '',
    IPPrefixLen: first === undefined ? 0 : lengthOf(first.network, 4),
    MacAddress: first?.endpoint.macAddress ?? '',
    Networks: isElsewhere ? { [config.network]: {} } : Object.fromEntries(entries),
  };
}

function onNetwork(container: string, { network, endpoint }: Attachment, wanted: EndpointConfig | undefined) {
  const { ipv6Address } = endpoint;
  return {
    IPAMConfig: askedAddresses(wanted),
    Links: null,
    Aliases: wanted === undefined || wanted.aliases.length === 0 ? null : wanted.aliases,
    DriverOpts: null,
    NetworkID: network.id,
    EndpointID: endpointId(network, container),
    MacAddress: endpoint.macAddress,
    Gateway: network.internal ? '' : gatewayOf(network, 4),
    IPAddress: endpoint.ipv4Address,
    IPPrefixLen: lengthOf(network, 4),
    IPv6Gateway: network.internal ? '' : gatewayOf(network, 6),
    GlobalIPv6Address: ipv6Address ?? '',
    GlobalIPv6PrefixLen: ipv6Address === undefined ? 0 : lengthOf(network, 6),
    DNSNames: endpoint.names,
  };
}

/** What is asked for, of a container that does not run. */
function offNetwork(wanted: EndpointConfig) {
  return {
    IPAMConfig: askedAddresses(wanted),
    Links: null,
    Aliases: wanted.aliases.length === 0 ? null : wanted.aliases,
    DriverOpts: null,
    NetworkID: wanted.network,
    EndpointID: '',
    MacAddress: wanted.macAddress ?? '',
    Gateway: '',
    IPAddress: '',
    IPPrefixLen: 0,
    IPv6Gateway: '',
    GlobalIPv6Address: '',
    GlobalIPv6PrefixLen: 0,
    DNSNames: null,
  };
}

function askedAddresses(wanted: EndpointConfig | undefined): Record<string, string> | null {
  const asked = {
    ...(wanted?.ipv4Address === undefined ? {} : { IPv4Address: wanted.ipv4Address }),
    ...(wanted?.ipv6Address === undefined ? {} : { IPv6Address: wanted.ipv6Address }),
  };
  return Object.keys(asked).length === 0 ? null : asked;
}

/** Every port that it listens on by its own word, and where the host leads to it; null where it does not. */
function portsOf(
  attachments: readonly Attachment[],
  exposed: readonly string[],
): Record<string, { HostIp: string; HostPort: string }[] | null> {
  const ports: Record<string, { HostIp: string; HostPort: string }[] | null> = Object.fromEntries(
    exposed.map((port) => [port, null]),
  );
  for (const port of attachments.flatMap(({ endpoint }) => endpoint.ports)) {
    const key = `${port.containerPort}/${port.protocol}`;
    ports[key] = [
      ...(ports[key] ?? []),
      ...hostAddresses(port).map((HostIp) => ({ HostIp, HostPort: `${port.hostPort}` })),
    ];
  }
  return ports;
}

/** All of the host's are two for Docker. */
const hostAddresses = ({ hostIp }: PublishedPort): string[] => (hostIp === '' ? ['0.0.0.0', '::'] : [hostIp]);

/** Docker gives each an id of its own; ours are told apart by who is where. */
function endpointId(network: NetworkConfig, container: string): string {
  return createHash('sha256').update(`${network.id} ${container}`).digest('hex');
}

function gatewayOf(network: NetworkConfig, family: 4 | 6): string {
  return subnetOf(network, family)?.gateway ?? '';
}

function lengthOf(network: NetworkConfig, family: 4 | 6): number {
  return Number(subnetOf(network, family)?.subnet.split('/')[1] ?? 0);
}

function withLength(network: NetworkConfig, family: 4 | 6, address: string): string {
  return `${address}/${lengthOf(network, family)}`;
}
