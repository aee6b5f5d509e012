// network connect and network disconnect: another network for a container, one less. One that runs has the interface at once.
import { isTscontainError, TscontainError } from '../errors.js';
import { addressesOf, parseAlias } from '../grammar/networks.js';
import { writeEtcFiles } from '../launch/etc-files.js';
import { joinNetwork, leave, wantedEndpoints } from '../network/join.js';
import type { Attachment, EndpointConfig, NetworkConfig, PublishedPort } from '../network/model.js';
import { plugRunning, unplugRunning } from '../network/plug-running.js';
import { bindingsOf } from '../network/publish/bindings.js';
import { findNetwork, settleEndpoint } from '../network/settle.js';
import { tellHost } from '../network/tell-host.js';
import type { Container } from '../model.js';
import { requireMove } from '../states.js';
import { ownSupervisor } from './looking-after.js';
import { tellOfNetwork, type Parts } from './parts.js';

export type ConnectWishes = Partial<Omit<EndpointConfig, 'network'>>;

/** @throws TscontainError NO_SUCH_NETWORK, NO_SUCH_CONTAINER, INVALID_VALUE, ADDRESS_IN_USE, ILLEGAL_STATE */
export async function connect(parts: Parts, ref: string, who: string, wishes: ConnectWishes = {}): Promise<void> {
  const { store } = parts;
  const network = await findNetwork(parts, ref);
  const wanted = settleEndpoint(network, {
    network: network.id,
    aliases: (wishes.aliases ?? []).map(parseAlias),
    ...addressesOf({ ip: wishes.ipv4Address, ip6: wishes.ipv6Address, mac: wishes.macAddress }),
  });
  const id = store.resolve(who);
  await store.withLock(id, async () => {
    const container = store.load(id);
    const { config } = container;
    requireMove('update', { name: config.name, status: container.state.status });
    requireInterfaces(container, network);
    const before = await wantedEndpoints(parts, config);
    if (before.some((endpoint) => endpoint.network === network.id))
      throw new TscontainError('INVALID_VALUE', `container ${config.name} is on network ${network.name} already`, {
        hint: 'disconnect it first, to connect it otherwise',
      });
    const attachment = hasProcess(container) ? await comeOn(parts, container, wanted) : undefined;
    try {
      await store.writeConfig({ ...config, endpoints: [...before, wanted] });
    } catch (error) {
      if (attachment !== undefined) await goFrom(parts, container, attachment);
      throw error;
    }
  });
  store.touch();
  tellOfNetwork(parts, network, 'connect', { container: id });
}

/** @throws TscontainError NO_SUCH_NETWORK, NO_SUCH_CONTAINER, INVALID_VALUE (it is not on it), ILLEGAL_STATE */
export async function disconnect(
  parts: Parts,
  ref: string,
  who: string,
  { force = false }: { force?: boolean } = {},
): Promise<void> {
  const { store, networks } = parts;
  const network = networks.get(networks.resolve(ref));
  let id: string;
  try {
    id = store.resolve(who);
  } catch (error) {
    const left = force && isTscontainError(error, 'NO_SUCH_CONTAINER') ? leftOn(parts, network, who) : undefined;
    if (left === undefined) throw error;
    await leave(parts, network.id, left);
    return;
  }
  await store.withLock(id, async () => {
    const container = store.load(id);
    const { config } = container;
    requireMove('update', { name: config.name, status: container.state.status });
    const wanted = await wantedEndpoints(parts, config);
    const attachment = networks.attachments(id).find((each) => each.network.id === network.id);
    const rest = wanted.filter((endpoint) => endpoint.network !== network.id);
    if (attachment === undefined && rest.length === wanted.length)
      throw new TscontainError('INVALID_VALUE', `container ${config.name} is not on network ${network.name}`, {
        hint: `tscontain network inspect ${network.name} lists who is`,
      });
    await store.writeConfig({ ...config, endpoints: rest });
    if (attachment !== undefined) await goFrom(parts, container, attachment);
  });
  store.touch();
  tellOfNetwork(parts, network, 'disconnect', { container: id });
}

/** The link of one that runs, with what the host has to be told of it. @throws TscontainError; nothing is left then */
async function comeOn(parts: Parts, container: Container, wanted: EndpointConfig): Promise<Attachment> {
  const { root, networks, keeper } = parts;
  const { id, config, state } = container;
  const taken = new Set(networks.attachments(id).map(({ endpoint }) => endpoint.interfaceName));
  let number = 0;
  while (taken.has(`eth${number}`)) number += 1;
  const ports = await portsBy(parts, container, wanted);
  const { attachments, changesHost } = await joinNetwork(parts, config, wanted, { number, ports });
  const attachment = attachments[0]!;
  try {
    await plugRunning(attachment, state.init!);
    if (ports.length > 0) await publish(parts, container);
    if (changesHost) await tellHost(root, networks);
    writeEtcFiles(root, config, networks.attachments(id));
    await keeper.look();
    return attachment;
  } catch (error) {
    await goFrom(parts, container, attachment);
    throw error;
  }
}

/** What it publishes, where it does not by another network already. */
async function portsBy(parts: Parts, container: Container, wanted: EndpointConfig): Promise<readonly PublishedPort[]> {
  const { networks } = parts;
  const isPublished = networks.attachments(container.id).some(({ endpoint }) => endpoint.ports.length > 0);
  if (isPublished || networks.get(wanted.network).internal || bindingsOf(container.config).length === 0) return [];
  return publish(parts, container);
}

/**
 * Its supervisor holds the ports, and knows which it got where any would do. Where that was killed a moment ago, whoever takes the
 * container over holds what stands with its network: those that are known.
 */
async function publish(parts: Parts, container: Container): Promise<readonly PublishedPort[]> {
  const supervisor = await ownSupervisor(parts, container);
  if (supervisor !== undefined) return supervisor.publish(container.id);
  return bindingsOf(container.config).flatMap(({ hostPortEnd, ...port }) =>
    port.hostPort > 0 && hostPortEnd === undefined ? [port] : [],
  );
}

/** By the first that is left and leads out. */
async function publishByAnother({ networks }: Parts, id: string, ports: readonly PublishedPort[]): Promise<void> {
  const way = networks.attachments(id).find(({ network }) => !network.internal);
  if (way === undefined) return;
  await networks.withLock(way.network.id, ({ id: network }) => {
    const endpoints = networks.endpoints(network);
    networks.writeEndpoints(
      network,
      endpoints.map((each) => (each.container === id ? { ...each, ports } : each)),
    );
  });
}

/** The names that it has there go first: nobody is to be told of an address that nobody has. */
async function goFrom(parts: Parts, { id, config, state }: Container, attachment: Attachment): Promise<void> {
  const { root, networks } = parts;
  await leave(parts, attachment.network.id, id);
  // It may have ended meanwhile: the kernel has taken the link away with its namespace.
  if (state.init !== undefined)
    await unplugRunning(attachment, state.init, networks.attachments(id)).catch((error: unknown) => {
      if (!isTscontainError(error, 'ILLEGAL_STATE')) throw error;
    });
  const { ports } = attachment.endpoint;
  if (ports.length > 0) {
    await publishByAnother(parts, id, ports);
    await tellHost(root, networks);
  }
  writeEtcFiles(root, config, networks.attachments(id));
}

function hasProcess({ state }: Container): boolean {
  return state.init !== undefined && (state.status === 'running' || state.status === 'paused');
}

function requireInterfaces({ config }: Container, { name }: NetworkConfig): void {
  if (config.network === 'bridge') return;
  const has =
    config.network === 'none'
      ? 'no network'
      : config.network === 'host'
        ? 'the network of the host'
        : 'that of another container';
  throw new TscontainError(
    'INVALID_VALUE',
    `container ${config.name} cannot be connected to network ${name}: it has ${has}, which it cannot have another beside`,
    { hint: `make it anew with --network ${name}` },
  );
}

/** A container that is gone and still stands there, by its name or the beginning of its id. */
function leftOn({ networks }: Parts, { id }: NetworkConfig, who: string): string | undefined {
  return networks.endpoints(id).find(({ name, container }) => name === who || container.startsWith(who))?.container;
}
