// hosts(5) of a container: its own name, the host's, and those it was told of. Pure.
import type { ContainerConfig } from '../model.js';
import type { Attachment } from '../network/model.js';
import { HOST_NAME } from '../network/names/answer.js';

export type HostsConfig = Pick<ContainerConfig, 'hostname' | 'domainname' | 'extraHosts' | 'network'>;

/** Docker's word for the host's address, in --add-host. */
const HOST_GATEWAY = 'host-gateway';

/** A line of hosts(5). */
interface HostsLine {
  readonly address: string;
  /** one name, or several as they stand */
  readonly names: string;
}

/** What follows from where the container is: its own name, the host's, and what --add-host said ("name:address"). */
function hostsLines(config: HostsConfig, attachments: readonly Attachment[]): HostsLine[] {
  const { hostname, domainname, extraHosts } = config;
  const own = domainname === '' ? hostname : `${hostname}.${domainname} ${hostname}`;
  const addresses = attachments.flatMap(({ endpoint: { ipv4Address, ipv6Address } }) =>
    ipv6Address === undefined ? [ipv4Address] : [ipv4Address, ipv6Address],
  );
  const host = hostAddress(config, attachments);
  const extra = extraHosts.flatMap((entry): HostsLine[] => {
    const colon = entry.indexOf(':');
    const address = entry.slice(colon + 1) === HOST_GATEWAY ? host : entry.slice(colon + 1);
    // With no network there is no way to the host.
    return address === undefined ? [] : [{ address, names: entry.slice(0, colon) }];
  });
  const isNamed = extra.some(({ names }) => names === HOST_NAME);
  return [
    // Its own name answers although there is no network.
    ...(addresses.length === 0 ? ['127.0.1.1'] : addresses).map((address) => ({ address, names: own })),
    ...(host === undefined || isNamed || config.network === 'host' ? [] : [{ address: host, names: HOST_NAME }]),
    ...extra,
  ];
}

function hostAddress({ network }: HostsConfig, attachments: readonly Attachment[]): string | undefined {
  if (network === 'host') return '127.0.0.1';
  return attachments[0]?.network.subnets[0]?.gateway;
}

const asText = (lines: readonly HostsLine[]): string =>
  lines.map(({ address, names }) => `${address}\t${names}\n`).join('');

/** hosts(5) of a container that has none yet. */
export function hostsFile(config: HostsConfig, local: string, attachments: readonly Attachment[] = []): string {
  return local + asText(hostsLines(config, attachments));
}

/** The same where there is one: what is said of these names is said anew, and what the container wrote beside it stays. */
export function updatedHosts(text: string, config: HostsConfig, attachments: readonly Attachment[]): string {
  const lines = hostsLines(config, attachments);
  const names = new Set([...lines.map((line) => line.names), HOST_NAME]);
  const isOurs = (line: string) => names.has(line.trim().replace(/^\S+\s+/, ''));
  const before = text.split('\n').slice(0, text.endsWith('\n') ? -1 : undefined);
  const first = before.findIndex(isOurs);
  const others = before.filter((line) => !isOurs(line)).map((line) => `${line}\n`);
  const at = first < 0 ? others.length : first;
  return others.slice(0, at).join('') + asText(lines) + others.slice(at).join('');
}
