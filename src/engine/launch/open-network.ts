// What a start needs of the network, opened: pipes to be plugged in by, or the network namespace of another container.
import { TscontainError } from '../errors.js';
import type { Container, ContainerConfig } from '../model.js';
import { defaultGateways, interfacesOf } from '../network/interfaces.js';
import { namespaceOf } from '../network/namespace-of.js';
import type { NetworkView } from './facts.js';
import type { Held } from './held.js';
import { Plugging } from './plugging.js';
import type { StartRequest } from './prepare.js';

export interface OpenedNetwork {
  readonly view: NetworkView;
  readonly plugging?: Plugging;
}

/** @throws TscontainError ILLEGAL_STATE when the container whose network it shares does not run */
export function openNetwork(
  { name, network: mode }: Pick<ContainerConfig, 'name' | 'network'>,
  network: StartRequest['network'],
  held: Held,
): OpenedNetwork {
  if (mode === 'host') return { view: { kind: 'host' } };
  if (network === undefined) return { view: { kind: 'alone' } };
  if ('sharedWith' in network) {
    return { view: { kind: 'shared', namespaceFd: held.fd(sharedNamespace(network.sharedWith, name)) } };
  }
  const { attachments } = network;
  if (attachments.length === 0) return { view: { kind: 'alone' } };
  const plugging = Plugging.open(attachments, held);
  return {
    view: {
      kind: 'plugged',
      ...plugging.fds,
      interfaces: interfacesOf(attachments),
      defaults: defaultGateways(attachments),
    },
    plugging,
  };
}

function sharedNamespace({ config, state }: Container, name: string): number {
  const fd = state.init === undefined ? undefined : namespaceOf(state.init);
  if (fd !== undefined) return fd;
  throw new TscontainError(
    'ILLEGAL_STATE',
    `container ${config.name}, whose network ${name} is to share, is not running`,
    { hint: `start ${config.name} first` },
  );
}
