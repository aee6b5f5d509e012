// The link between a container and a network: a veth, one end a port of the bridge, the other born inside the container's network
// namespace. When that goes, the kernel takes both ends.
import { createVeth, deleteLink, isolatePort, type Veth } from '../../native/index.js';
import { TscontainError } from '../errors.js';
import { errnoOf } from '../state/file-errors.js';
import { bridgeOf } from './bridge.js';
import { interfaceIndex } from './interface-index.js';
import type { Endpoint, NetworkConfig } from './model.js';

/**
 * Plugs in a container whose network namespace is there already. What the interface needs inside, the launch program does.
 * @param pid a process in that namespace
 * @throws TscontainError LAUNCH_FAILED
 */
export function plug(network: NetworkConfig, endpoint: Endpoint, pid: number): void {
  plugInto(network, endpoint, { namespace: { pid }, index: interfaceIndex(endpoint.interfaceName) });
}

/** The same for any namespace. @throws TscontainError LAUNCH_FAILED */
export function plugInto(
  network: NetworkConfig,
  { name, hostInterface, interfaceName, macAddress }: Endpoint,
  place: Pick<Veth['peer'], 'namespace' | 'index'>,
): void {
  try {
    const bridge = bridgeOf(network);
    if (bridge === undefined) throw new Error(`its bridge ${network.interfaceName} is gone`);
    const mtu = network.mtu === undefined ? {} : { mtu: network.mtu };
    const peer = { name: interfaceName, macAddress, ...mtu, ...place };
    createVeth({ name: hostInterface, ...mtu, master: bridge.index, up: true, peer });
    if (!network.interContainer) isolatePort(hostInterface);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TscontainError('LAUNCH_FAILED', `container ${name} cannot be put on network ${network.name}: ${reason}`, {
      cause: error,
    });
  }
}

/** Takes the link away where it is still there: a container that shares its network keeps the namespace alive. @throws SyscallError */
export async function unplug({ hostInterface }: Pick<Endpoint, 'hostInterface'>): Promise<void> {
  try {
    await deleteLink(hostInterface);
  } catch (error) {
    if (errnoOf(error) !== 'ENODEV') throw error;
  }
}
