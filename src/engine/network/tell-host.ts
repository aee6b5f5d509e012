// What the host is told when networks come to be in use, or the ports that are published are others.
import { errnoOf } from '../state/file-errors.js';
import { applyFirewall } from './firewall/apply.js';
import { ensureHostSettings } from './host-settings.js';
import type { NetworkConfig } from './model.js';
import type { NetworkStore } from './store.js';

/**
 * Follows from who is on which network, and may be done as often as one likes.
 * @returns what could not be had, a sentence each
 */
export async function tellHost(root: string, networks: NetworkStore): Promise<readonly string[]> {
  const inUse = networks.all().filter(({ id }) => networks.endpoints(id).length > 0);
  const unset = setUpHost(root, inUse);
  const { note } = await applyFirewall(root);
  return [unset, note].filter((each) => each !== undefined);
}

/** Containers reach each other, and the host, on a host that will not forward. */
function setUpHost(root: string, inUse: readonly NetworkConfig[]): string | undefined {
  try {
    ensureHostSettings(root, inUse);
    return undefined;
  } catch (error) {
    const errno = errnoOf(error);
    if (!(error instanceof Error) || errno === undefined) throw error;
    const path = 'path' in error ? String(error.path) : '/proc/sys/net/ipv4/ip_forward';
    const name = path.replace('/proc/sys/', '').replaceAll('/', '.');
    const how = name.startsWith('net.ipv6') ? ' by IPv6' : '';
    const why = errno === 'EROFS' ? '/proc/sys is read-only here' : errno;
    return `containers reach nobody beyond this host${how}: ${name} cannot be set (${why})`;
  }
}
