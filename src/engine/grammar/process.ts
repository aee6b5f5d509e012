// How the process is run: user, signals, resource limits, restarts, capabilities, sysctls, hosts, CPU lists. Pure.
import { isIP } from 'node:net';
import { capabilityNumber, signalName, signalNumber } from '../../native/index.js';
import type { RestartPolicy, Ulimit } from '../model.js';
import type { NetworkMode } from '../network/model.js';
import { parseHostname } from './names.js';
import { parseInteger } from './quantities.js';
import { wrong } from './wrong.js';

/** "no", "always", "unless-stopped", "on-failure", "on-failure:3". */
export function parseRestartPolicy(text: string): RestartPolicy {
  const [name, count, ...rest] = text.split(':');
  const right = 'give no, always, unless-stopped or on-failure[:times]';
  if (rest.length > 0) throw wrong('the restart policy', text, right);
  if (name === 'on-failure')
    return {
      name,
      maximumRetryCount: count === undefined ? 0 : parseInteger(count, 'the number of restarts', { min: 0 }),
    };
  if (name !== '' && name !== 'no' && name !== 'always' && name !== 'unless-stopped')
    throw wrong('the restart policy', text, right);
  if (count !== undefined) throw wrong('the restart policy', text, 'only on-failure takes a number of times');
  return { name: name === '' ? 'no' : name, maximumRetryCount: 0 };
}

/** The resources of setrlimit(2) as Docker names them. */
export const ULIMIT_NAMES: readonly string[] = [
  'core',
  'cpu',
  'data',
  'fsize',
  'locks',
  'memlock',
  'msgqueue',
  'nice',
  'nofile',
  'nproc',
  'rss',
  'rtprio',
  'rttime',
  'sigpending',
  'stack',
];

/** "nofile=1024:4096", "core=0"; -1 or "unlimited" is no limit. */
export function parseUlimit(text: string): Ulimit {
  const match = /^([a-z]+)=([^:]+)(?::([^:]+))?$/.exec(text);
  if (!match) throw wrong('the ulimit', text, 'give name=soft or name=soft:hard, such as nofile=1024:4096');
  const [, name, softText, hardText] = match;
  if (!ULIMIT_NAMES.includes(name!))
    throw wrong('the ulimit', text, `there is no "${name!}": ${ULIMIT_NAMES.join(', ')}`);
  const limit = (value: string) =>
    value === 'unlimited' ? -1 : parseInteger(value, `the ulimit ${name!}`, { min: -1 });
  const soft = limit(softText!);
  const hard = hardText === undefined ? soft : limit(hardText);
  if (!softFitsHard(soft, hard)) throw wrong('the ulimit', text, 'the soft limit is at most the hard one');
  return { name: name!, soft, hard };
}

export function softFitsHard(soft: number, hard: number): boolean {
  return hard === -1 || (soft !== -1 && soft <= hard);
}

/** "TERM", "SIGTERM", "15", "RTMIN+3" as the name with SIG. */
export function parseSignal(text: string, what = 'the signal'): string {
  const number = signalNumber(text);
  if (number === undefined) throw wrong(what, text, 'give a name such as TERM or SIGKILL, or a number from 1 to 64');
  return signalName(number);
}

/** The greatest id: 2^32 - 1 is "no change" to setresuid(2). */
const ID_MAX = 4_294_967_294;

/** "name", "uid", "name:group", "uid:gid": names are resolved in the image later, numbers are judged here. */
export function parseUser(text: string): string {
  const parts = text.split(':');
  if (text === '') return text;
  if (parts.length > 2 || parts.some((part) => part === ''))
    throw wrong('the user', text, 'give user, uid, user:group or uid:gid');
  for (const part of parts) {
    if (/^[+-]?\d+$/.test(part)) {
      if (!/^\d+$/.test(part) || Number(part) > ID_MAX)
        throw wrong('the user', text, `an id is a number from 0 to ${ID_MAX}`);
    } else if (/[\x00-\x20\x7f/]/.test(part)) throw wrong('the user', text, 'a user name has no spaces or slashes');
  }
  return text;
}

/** "NET_ADMIN", "cap_net_admin", "ALL" as Docker writes them: CAP_NET_ADMIN, ALL. */
export function parseCapability(text: string): string {
  const name = text.toUpperCase();
  if (name === 'ALL') return name;
  const full = name.startsWith('CAP_') ? name : `CAP_${name}`;
  if (capabilityNumber(full) === undefined)
    throw wrong('the capability', text, 'give a name of capabilities(7) such as NET_ADMIN, or ALL');
  return full;
}

/** Those that belong to a namespace of the container; every other one is the host's. */
const NAMESPACED_SYSCTL =
  /^(kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced|domainname)|fs\.mqueue\.[a-z_]+)$/;
const NETWORK_SYSCTL = /^net\.[a-zA-Z0-9_.\-/]+$/;

/** Why a container may not set it; undefined when it may. */
export function sysctlFault(key: string, network: NetworkMode): string | undefined {
  if (key.split(/[./]/).includes('')) return 'its name has an empty part';
  if (NETWORK_SYSCTL.test(key)) {
    if (network === 'none' || network === 'bridge') return undefined;
    return network === 'host'
      ? 'with the network of the host it would be set for the host'
      : 'with the network of another container it would be set for that one';
  }
  return NAMESPACED_SYSCTL.test(key)
    ? undefined
    : 'only settings of its own namespaces can be set for a container (kernel.shm*, kernel.msg*, kernel.sem, fs.mqueue.*, net.*)';
}

/** What stands for the host's own address on the container's network, which is known at the start only. */
export const HOST_GATEWAY = 'host-gateway';

/** "name:address", for /etc/hosts; the address may be IPv6, with or without brackets, or host-gateway. */
export function parseExtraHost(text: string): string {
  const match = /^([^:=]+)[:=](.+)$/.exec(text);
  const address = match?.[2]!.replace(/^\[(.*)\]$/, '$1');
  if (!match || address === undefined || (isIP(address) === 0 && address !== HOST_GATEWAY))
    throw wrong('the host', text, 'give name:address, such as db:10.0.0.5, or name:host-gateway');
  return `${parseHostname(match[1]!, 'the host')}:${address}`;
}

/** "0-2,5". Whether the host has them is the kernel's word at creation. */
export function parseCpuList(text: string, what: string): string {
  const good = text.split(',').every((part) => {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part);
    return match !== null && Number(match[2] ?? match[1]) >= Number(match[1]);
  });
  if (text !== '' && !good) throw wrong(what, text, 'give numbers and ranges such as 0-2,5');
  return text;
}
