// The files of /etc that the engine keeps for each container and binds into it: hosts, hostname, resolv.conf.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerConfig } from '../model.js';
import { layout } from '../state/layout.js';

export const ETC_FILES = ['hosts', 'hostname', 'resolv.conf'] as const;
export type EtcFile = (typeof ETC_FILES)[number];

type EtcConfig = Pick<ContainerConfig, 'hostname' | 'domainname' | 'extraHosts' | 'network'>;

const LOCAL_HOSTS = `127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
ff02::1\tip6-allnodes
ff02::2\tip6-allrouters
`;

/** hosts(5): the container's own name answers although there is no network; then what --add-host said ("name:address"). */
export function hostsFile({ hostname, domainname, extraHosts }: EtcConfig, local: string): string {
  const own = domainname === '' ? hostname : `${hostname}.${domainname} ${hostname}`;
  const extra = extraHosts.map((entry) => {
    const colon = entry.indexOf(':');
    return `${entry.slice(colon + 1)}\t${entry.slice(0, colon)}\n`;
  });
  return `${local}127.0.1.1\t${own}\n${extra.join('')}`;
}

function hostFile(path: string): string {
  try {
    const text = readFileSync(path, 'utf8');
    return text === '' || text.endsWith('\n') ? text : `${text}\n`;
  } catch {
    return '';
  }
}

function contentOf(file: EtcFile, config: EtcConfig): string {
  if (file === 'hostname') return `${config.hostname}\n`;
  if (file === 'resolv.conf') return hostFile('/etc/resolv.conf');
  return hostsFile(config, config.network === 'host' ? hostFile('/etc/hosts') : LOCAL_HOSTS);
}

/**
 * Writes the files that are not there yet: at creation all of them, at a start normally none, so that what the container
 * wrote into them stays. Only the name servers of the host's network are told anew each time.
 */
export function writeEtcFiles(root: string, config: EtcConfig & Pick<ContainerConfig, 'id'>): void {
  const directory = layout.etc(root, config.id);
  for (const file of ETC_FILES) {
    const path = join(directory, file);
    const isStale = file === 'resolv.conf' && config.network === 'host';
    if (!isStale && existsSync(path)) continue;
    mkdirSync(directory, { recursive: true, mode: 0o755 });
    writeFileSync(path, contentOf(file, config), { mode: 0o644 });
  }
}
