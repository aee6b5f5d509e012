// Plugging a container in and out while it runs: its interface is configured from here, through a socket of netlink that was
// opened inside its network namespace.
import { closeSync, writeFileSync } from 'node:fs';
import {
  addAddress,
  addDefaultRoute,
  findLink,
  inNetworkNamespace,
  listRoutes,
  RouteSocket,
  setLinkUp,
} from '../../native/index.js';
import { TscontainError } from '../errors.js';
import type { ProcessId } from '../model.js';
import { errnoOf } from '../state/file-errors.js';
import { ipv6Settings } from './ipv6-settings.js';
import { defaultGateways, prefixOf } from './interfaces.js';
import type { Attachment } from './model.js';
import { namespaceOf } from './namespace-of.js';
import { plugInto, unplug } from './plug.js';

/**
 * Gives a running container an interface on a further network, whose bridge is there. When it fails nothing of it is left.
 * @throws TscontainError ILLEGAL_STATE when it does not run any more, LAUNCH_FAILED
 */
export async function plugRunning(attachment: Attachment, init: ProcessId): Promise<void> {
  const { network, endpoint } = attachment;
  const namespaceFd = openNamespaceOf(init, endpoint.name);
  try {
    plugInto(network, endpoint, { namespace: { fd: namespaceFd } });
    try {
      configure(attachment, namespaceFd);
    } catch (error) {
      await unplug(endpoint);
      const reason = error instanceof Error ? error.message : String(error);
      throw new TscontainError(
        'LAUNCH_FAILED',
        `container ${endpoint.name} cannot be put on network ${network.name}: ${reason}`,
        {
          cause: error,
        },
      );
    }
  } finally {
    closeSync(namespaceFd);
  }
}

/**
 * Takes that interface from a running container again. Where the way to everybody else went over it, another network takes that over.
 * @param remaining those that it stays on
 * @throws TscontainError ILLEGAL_STATE; SyscallError
 */
export async function unplugRunning(
  { endpoint }: Attachment,
  init: ProcessId,
  remaining: readonly Attachment[],
): Promise<void> {
  const namespaceFd = openNamespaceOf(init, endpoint.name);
  try {
    await unplug(endpoint);
    const socket = RouteSocket.openIn(namespaceFd);
    try {
      addMissingDefaults(remaining, socket);
    } finally {
      socket.close();
    }
  } finally {
    closeSync(namespaceFd);
  }
}

function openNamespaceOf(init: ProcessId, name: string): number {
  const fd = namespaceOf(init);
  if (fd !== undefined) return fd;
  throw new TscontainError('ILLEGAL_STATE', `container ${name} is not running`, { hint: 'start it first' });
}

function configure(attachment: Attachment, namespaceFd: number): void {
  const { network, endpoint } = attachment;
  const { interfaceName, ipv4Address, ipv6Address } = endpoint;
  const socket = RouteSocket.openIn(namespaceFd);
  try {
    inNetworkNamespace(namespaceFd, () => setIpv6(interfaceName, ipv6Address !== undefined));
    const link = findLink(interfaceName, socket)!.index;
    for (const address of [ipv4Address, ipv6Address]) {
      if (address !== undefined) addAddress(link, address, prefixOf(network, address), socket);
    }
    setLinkUp(interfaceName, true, socket);
    addMissingDefaults([attachment], socket);
  } finally {
    socket.close();
  }
}

function setIpv6(interfaceName: string, hasIpv6: boolean): void {
  for (const { path, value } of ipv6Settings(interfaceName, hasIpv6)) {
    try {
      writeFileSync(path, value);
    } catch (error) {
      // A kernel without IPv6.
      if (hasIpv6 || errnoOf(error) !== 'ENOENT') throw error;
    }
  }
}

/** A default route for each family that has none. */
function addMissingDefaults(attachments: readonly Attachment[], socket: RouteSocket): void {
  const there = new Set(listRoutes(socket).flatMap(({ family, to }) => (to.endsWith('/0') ? [family] : [])));
  for (const { family, gateway } of defaultGateways(attachments)) {
    if (!there.has(family)) addDefaultRoute(gateway, socket);
  }
}
