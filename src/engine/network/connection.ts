// What a spec says about how a container is connected → its configuration: what goes with which mode, names and addresses
// judged. Whether the networks are there is found out before (settle.ts). Pure.
import {
  addressesOf,
  parseAlias,
  parseNameServer,
  parseResolverOption,
  parseSearchDomain,
} from '../grammar/networks.js';
import { wrong } from '../grammar/wrong.js';
import type { ContainerConfig, CreateSpec } from '../model.js';
import type { Problems } from '../problems.js';
import type { EndpointConfig, NetworkMode, PortBinding } from './model.js';

type Connection = Pick<ContainerConfig, 'endpoints' | 'ports' | 'publishAll' | 'dns' | 'dnsSearch' | 'dnsOptions'>;

/** What nobody says anything about is left out, as it is in the files of containers that are older than networks. */
export function connection(spec: CreateSpec, network: NetworkMode, problems: Problems): Connection {
  if (!/^(none|host|bridge|container:.+)$/.test(network))
    problems.add('network', wrong('the network', network, 'give none, host, bridge or container:NAME').message);
  forbidWhereShared(spec, network, problems);
  const { ports = [], publishAll = false } = spec;
  const endpoints = spec.endpoints?.map((endpoint, index) => judged(endpoint, `endpoints[${index}]`, problems));
  for (const [index, port] of ports.entries()) judgePort(port, `ports[${index}]`, problems);
  const dns = problems.each('dns', spec.dns ?? [], parseNameServer);
  const dnsSearch = problems.each('dnsSearch', spec.dnsSearch ?? [], parseSearchDomain);
  const dnsOptions = problems.each('dnsOptions', spec.dnsOptions ?? [], parseResolverOption);
  return {
    ...(endpoints === undefined || network !== 'bridge' ? {} : { endpoints }),
    ...(ports.length === 0 ? {} : { ports }),
    ...(publishAll ? { publishAll } : {}),
    ...(dns.length === 0 ? {} : { dns }),
    ...(dnsSearch.length === 0 ? {} : { dnsSearch }),
    ...(dnsOptions.length === 0 ? {} : { dnsOptions }),
  };
}

/** What a network of its own is needed for. */
function forbidWhereShared(spec: CreateSpec, network: NetworkMode, problems: Problems): void {
  if (network === 'bridge') return;
  const whose =
    network === 'none'
      ? 'it has no network'
      : network === 'host'
        ? 'it has the network of the host, and every port of it'
        : 'it has the network of another container: publish them there';
  if ((spec.ports ?? []).length > 0) problems.add('ports', `no port of it can be published: ${whose}`);
  if ((spec.endpoints ?? []).length > 0)
    problems.add('endpoints', `it cannot be on a network and have ${network} beside it: choose one`);
  if (network === 'none' || network === 'host') return;
  for (const field of ['dns', 'dnsSearch', 'dnsOptions', 'extraHosts'] as const)
    if ((spec[field] ?? []).length > 0)
      problems.add(field, 'it has the names of the container whose network it shares: give them there');
}

function judged(endpoint: EndpointConfig, field: string, problems: Problems): EndpointConfig {
  const { network, aliases, ipv4Address, ipv6Address, macAddress } = endpoint;
  const addresses = problems.try(field, {}, () => addressesOf({ ip: ipv4Address, ip6: ipv6Address }));
  const mac = problems.try(field, {}, () => addressesOf({ mac: macAddress }));
  return { network, aliases: problems.each(`${field}.aliases`, aliases, parseAlias), ...addresses, ...mac };
}

/** Those of the command line were judged by their grammar; others are held against the same numbers. */
function judgePort({ containerPort, hostPort, hostPortEnd }: PortBinding, field: string, problems: Problems): void {
  const isPort = (port: number, least: number): boolean => Number.isInteger(port) && port >= least && port <= 65_535;
  if (!isPort(containerPort, 1) || !isPort(hostPort, 0) || !isPort(hostPortEnd ?? hostPort, hostPort))
    problems.add(field, wrong('the port', `${hostPort}:${containerPort}`, 'ports go from 1 to 65535').message);
}
