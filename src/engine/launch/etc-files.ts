// The files of /etc that the engine keeps for each container and binds into it: hosts, hostname, resolv.conf.
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ContainerConfig } from '../model.js';
import type { Attachment } from '../network/model.js';
import { parseResolvConf, resolvConfFor, resolvConfOf } from '../network/names/resolv-conf.js';
import { errnoOf } from '../state/file-errors.js';
import { layout } from '../state/layout.js';
import { hostsFile, updatedHosts, type HostsConfig } from './hosts.js';

export const ETC_FILES = ['hosts', 'hostname', 'resolv.conf'] as const;
export type EtcFile = (typeof ETC_FILES)[number];

type EtcConfig = HostsConfig & Pick<ContainerConfig, 'dns' | 'dnsSearch' | 'dnsOptions'>;

const LOCAL_HOSTS = `127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
ff02::1\tip6-allnodes
ff02::2\tip6-allrouters
`;
/** A container writes what it likes into its files; of more than this nothing is kept. */
const MOST_BYTES = 1024 * 1024;

function hostFile(path: string): string {
  try {
    const text = readFileSync(path, 'utf8');
    return text === '' || text.endsWith('\n') ? text : `${text}\n`;
  } catch {
    return '';
  }
}

function contentOf(file: EtcFile, config: EtcConfig, attachments: readonly Attachment[]): string {
  if (file === 'hostname') return `${config.hostname}\n`;
  if (file === 'resolv.conf') return resolvConf(config, attachments);
  return hostsFile(config, config.network === 'host' ? hostFile('/etc/hosts') : LOCAL_HOSTS, attachments);
}

/** On networks the gateway of the first answers for all of them, and asks for --dns what is no name of theirs. */
function resolvConf({ dns, dnsSearch, dnsOptions }: EtcConfig, attachments: readonly Attachment[]): string {
  const host = hostFile('/etc/resolv.conf');
  const wishes = {
    ...(dnsSearch === undefined ? {} : { search: dnsSearch }),
    ...(dnsOptions === undefined ? {} : { options: dnsOptions }),
  };
  const gateway = attachments[0]?.network.subnets[0]?.gateway;
  if (gateway !== undefined) return resolvConfFor(gateway, parseResolvConf(host), wishes);
  return resolvConfOf(host, { ...wishes, ...(dns === undefined ? {} : { servers: dns }) });
}

/**
 * Writes the files that are not there yet: at creation all of them, at a start normally none, so that what the container
 * wrote into them stays. Only what follows from its networks is told anew each time: name servers, its own addresses.
 * @param attachments the networks that it is on now, also while it runs: the files stay the same ones, as they are mounted in it
 */
export function writeEtcFiles(
  root: string,
  config: EtcConfig & Pick<ContainerConfig, 'id'>,
  attachments: readonly Attachment[] = [],
): void {
  const inOrder = [...attachments].sort((a, b) => numberOf(a) - numberOf(b));
  const directory = layout.etc(root, config.id);
  for (const file of ETC_FILES) {
    const path = join(directory, file);
    if (existsSync(path) && !isStale(file, config)) continue;
    mkdirSync(directory, { recursive: true, mode: 0o755 });
    if (file !== 'hostname' && linkToOther(root, config, file)) continue;
    writeThrough(path, (before) =>
      file === 'hosts' && before !== '' ? updatedHosts(before, config, inOrder) : contentOf(file, config, inOrder),
    );
  }
}

/** 0 for eth0, over which it is reached. */
const numberOf = ({ endpoint }: Attachment): number => Number(/\d+$/.exec(endpoint.interfaceName)?.[0] ?? 0);

function isStale(file: EtcFile, { network }: EtcConfig): boolean {
  if (file === 'hostname' || network === 'none') return false;
  return file === 'resolv.conf' || network !== 'host';
}

/** Who lives in another's network has its files, as Docker has it: the same ones, so that they change for both. */
function linkToOther(root: string, { id, network }: EtcConfig & Pick<ContainerConfig, 'id'>, file: EtcFile): boolean {
  if (!network.startsWith('container:')) return false;
  const other = join(layout.etc(root, network.slice('container:'.length)), file);
  const path = join(layout.etc(root, id), file);
  if (!existsSync(other)) return false;
  rmSync(path, { force: true });
  linkSync(other, path);
  return true;
}

/** Writes over the file that is there: it is mounted in the container, and another of its name would not be seen in there. */
function writeThrough(path: string, content: (before: string) => string): void {
  const fd = openOwn(path);
  try {
    const { size } = fstatSync(fd);
    const before = Buffer.alloc(size > MOST_BYTES ? 0 : size);
    const length = readSync(fd, before, 0, before.length, 0);
    const text = content(before.toString('utf8', 0, length));
    ftruncateSync(fd, writeSync(fd, text, 0));
  } finally {
    closeSync(fd);
  }
}

/** What somebody copied in its place, a link to a file of the host perhaps, is not written through. */
function openOwn(path: string): number {
  const { O_RDWR, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  const open = () => openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o644);
  try {
    const fd = open();
    if (fstatSync(fd).isFile()) return fd;
    closeSync(fd);
  } catch (error) {
    if (errnoOf(error) !== 'ELOOP' && errnoOf(error) !== 'ENXIO') throw error;
  }
  rmSync(path, { recursive: true, force: true });
  return open();
}
