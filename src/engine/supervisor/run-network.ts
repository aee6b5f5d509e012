// The network of a run: come onto before the launch, and gone from after the end.
import type { StartRequest } from '../launch/prepare.js';
import type { Container } from '../model.js';
import { chooseAddresses } from '../network/addresses.js';
import { bridgeOf } from '../network/bridge.js';
import { joinNetworks, leaveNetworks } from '../network/join.js';
import type { Attachment, PublishedPort } from '../network/model.js';
import { unplug } from '../network/plug.js';
import { bindingsOf, publishedByOthers } from '../network/publish/bindings.js';
import type { Target } from '../network/publish/proxy.js';
import type { NetworkStore } from '../network/store.js';
import { tellHost } from '../network/tell-host.js';
import type { Parts } from './parts.js';

const SHARED = 'container:';

export interface JoinedRun {
  /** what the launch has to know of it */
  readonly network?: NonNullable<StartRequest['network']>;
  /** Resolves when names are answered for it and its ports lead to it, with what could not be had, a sentence each. */
  readonly named: Promise<readonly string[]>;
}

/**
 * The caller holds the container's lock. What fails leaves it on no network.
 * @throws TscontainError NO_SUCH_NETWORK, NO_SUCH_CONTAINER (whose network it shares), ADDRESS_IN_USE, LAUNCH_FAILED, and what
 *   holding its ports throws
 */
export async function joinRun(parts: Parts, { id, config }: Container): Promise<JoinedRun> {
  const { root, networks, store, keeper, ports } = parts;
  const named = Promise.resolve([]);
  if (config.network === 'none' || config.network === 'host') return { named };
  if (config.network !== 'bridge')
    return { network: { sharedWith: store.load(config.network.slice(SHARED.length)) }, named };
  const held = await ports.hold(id, bindingsOf(config), publishedByOthers(networks, id));
  try {
    const { attachments, changesHost } = await joinNetworks(parts, config, held);
    leadPorts(parts, id, attachments);
    const told = changesHost ? tellHost(root, networks) : [];
    const answered = attachments.length === 0 ? [] : keeper.hold(id);
    const all = Promise.all([told, answered]).then((notes) => notes.flat());
    // Whoever joined waits for it in the end, but may fail before.
    all.catch(() => undefined);
    return { network: { attachments }, named: all };
  } catch (error) {
    await leaveRun(parts, id);
    throw error;
  }
}

/**
 * Of one that runs and comes on a network: what it publishes, held now where it was not yet. Once it is on that network it is asked
 * for again, and the ports lead there; until then they keep who comes waiting.
 * @throws TscontainError what holding its ports throws
 */
export async function publishRunning(parts: Parts, { id, config }: Container): Promise<readonly PublishedPort[]> {
  const { networks, ports } = parts;
  const held = ports.heldBy(id) ?? (await ports.hold(id, bindingsOf(config), publishedByOthers(networks, id)));
  const through = networks.attachments(id).find(({ endpoint }) => endpoint.ports.length > 0);
  if (through !== undefined) ports.leadTo(id, whereabouts(networks, id, through.endpoint));
  return held;
}

/** Looks for a place on each network, without taking it: what is slow the first time has been done then. */
export function rehearseJoining({ networks }: Pick<Parts, 'networks'>): void {
  for (const network of networks.all()) {
    bridgeOf(network);
    chooseAddresses(network, {}, networks.endpoints(network.id));
  }
}

/** Into the network that they are published through; on internal ones alone it has none to publish. */
function leadPorts({ ports, networks }: Parts, id: string, attachments: readonly Attachment[]): void {
  const through = attachments.find(({ endpoint }) => endpoint.ports.length > 0);
  if (through === undefined) ports.release(id);
  else ports.leadTo(id, whereabouts(networks, id, through.endpoint));
}

/** Where it is whenever somebody comes: it can be taken off that network while it runs, and connected to another. */
function whereabouts(networks: NetworkStore, id: string, first: Target): Target {
  let last = first;
  const now = (): Target => {
    const through = networks.attachments(id).find(({ endpoint }) => endpoint.ports.length > 0);
    return (last = through?.endpoint ?? last);
  };
  return {
    get ipv4Address() {
      return now().ipv4Address;
    },
    get ipv6Address() {
      return now().ipv6Address;
    },
  };
}

/** One that began under a supervisor that is no more: this one holds its ports now, and sees to it that its names are answered. */
export function adoptNetwork(parts: Parts, id: string): void {
  const { networks, keeper, ports, say } = parts;
  const attachments = networks.attachments(id);
  if (attachments.length === 0) return;
  void keeper.hold(id).then((notes) => notes.forEach(say));
  const published: readonly PublishedPort[] = attachments.flatMap(({ endpoint }) => endpoint.ports);
  if (published.length === 0) return;
  // It may have ended meanwhile, and is on no network any more then.
  void ports.holdAgain(id, published, say).then(() => leadPorts(parts, id, networks.attachments(id)));
}

/** Nothing happens where it is on none. Never throws: what is left is found by the next manager. */
export async function leaveRun(parts: Parts, id: string): Promise<void> {
  const { root, networks, say, keeper, ports } = parts;
  keeper.release(id);
  ports.release(id);
  try {
    const left = await leaveNetworks(parts, id);
    if (left.some(({ endpoint }) => endpoint.ports.length > 0))
      tellHost(root, networks).catch((error: unknown) => say(`the ports of ${id}: ${String(error)}`));
    for (const { endpoint } of left) {
      // With the namespace the kernel takes the link away by itself, but for one that another container shares. Nobody waits.
      unplug(endpoint).catch((error: unknown) => say(`unplugging ${id}: ${String(error)}`));
    }
  } catch (error) {
    say(`taking ${id} off its networks: ${String(error)}`);
  }
}
