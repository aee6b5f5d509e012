// The bridge of a network on the host: made with its first container, with the host's own addresses on it, and taken away by the
// keeper when nobody has been on it for a while.
import { writeFileSync } from 'node:fs';
import {
  addAddress,
  createBridge,
  deleteLink,
  findLink,
  setLinkUp,
  SyscallError,
  type Link,
} from '../../native/index.js';
import { TscontainError } from '../errors.js';
import { errnoOf } from '../state/file-errors.js';
import type { NetworkConfig } from './model.js';
import { ipv6Settings } from './ipv6-settings.js';

/**
 * It is up only when it is complete: where a crash has left half of one, the rest is done.
 * @returns whether there was anything to be done
 * @throws TscontainError NETWORK_IN_USE when the host has something else of that name, LAUNCH_FAILED
 */
export function ensureBridge(network: NetworkConfig): boolean {
  try {
    const found = bridgeOf(network);
    if (found?.isUp === true) return false;
    complete(network, found ?? makeBridge(network));
    return true;
  } catch (error) {
    if (error instanceof TscontainError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const hint = CURES[errnoOf(error) ?? ''];
    throw new TscontainError('LAUNCH_FAILED', `the bridge of network ${network.name} cannot be made: ${reason}`, {
      cause: error,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

const WITHOUT = '--network host and --network none go without it';
const CURES: Readonly<Record<string, string>> = {
  EPERM: `root lacks CAP_NET_ADMIN here; ${WITHOUT}`,
  EACCES: `root may not change settings of the network here; ${WITHOUT}`,
  EROFS: `/proc/sys is read-only here: mount it writable; ${WITHOUT}`,
  EOPNOTSUPP: `the kernel has no bridges: modprobe bridge; ${WITHOUT}`,
};

/** Takes it away, if it is there, with whatever still hangs on it. @throws SyscallError */
export async function removeBridge(network: NetworkConfig): Promise<void> {
  if (findLink(network.interfaceName)?.kind !== 'bridge') return;
  try {
    await deleteLink(network.interfaceName);
  } catch (error) {
    if (errnoOf(error) !== 'ENODEV') throw error;
  }
}

/** undefined when there is none. @throws TscontainError NETWORK_IN_USE */
export function bridgeOf({ name, interfaceName }: NetworkConfig): Link | undefined {
  const found = findLink(interfaceName);
  if (found === undefined || found.kind === 'bridge') return found;
  throw new TscontainError(
    'NETWORK_IN_USE',
    `the host has a link ${interfaceName} that is no bridge, and network ${name} is to have that name`,
    {
      hint: `rename it (ip link set ${interfaceName} name …) or make the network with another name for its bridge`,
    },
  );
}

/** With an address of its own, which else would be the lowest of its ports and change as they come and go. */
function makeBridge(network: NetworkConfig): Link {
  const { id, interfaceName, mtu } = network;
  const macAddress = ['02', '42', ...id.slice(0, 8).match(/../g)!].join(':');
  try {
    createBridge({ name: interfaceName, macAddress, ...(mtu === undefined ? {} : { mtu }) });
  } catch (error) {
    // Somebody else was quicker.
    if (!(error instanceof SyscallError) || error.code !== 'EEXIST') throw error;
  }
  return bridgeOf(network)!;
}

function complete({ interfaceName, subnets }: NetworkConfig, { index }: Link): void {
  const hasIpv6 = subnets.some(({ subnet }) => subnet.includes(':'));
  for (const { path, value } of ipv6Settings(interfaceName, hasIpv6)) {
    try {
      writeFileSync(path, value);
    } catch (error) {
      // A kernel without IPv6.
      if (hasIpv6 || errnoOf(error) !== 'ENOENT') throw error;
    }
  }
  for (const { subnet, gateway } of subnets) addAddress(index, gateway, Number(subnet.split('/')[1]));
  setLinkUp(interfaceName, true);
}
