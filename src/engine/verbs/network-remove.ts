// network rm and network prune: networks that nobody is on go away, with what was made of them on the host.
import { isTscontainError } from '../errors.js';
import { hasLabel } from '../labels.js';
import { removeBridge } from '../network/bridge.js';
import type { NetworkConfig } from '../network/model.js';
import { DEFAULT_NETWORK } from '../network/specify.js';
import type { PruneNetworksWishes } from './networks.js';
import { tellOfNetwork, type Parts } from './parts.js';

/** @throws TscontainError NO_SUCH_NETWORK, AMBIGUOUS_ID, NETWORK_IN_USE */
export async function removeNetwork(parts: Parts, ref: string): Promise<void> {
  const { networks } = parts;
  await takeAway(parts, networks.get(networks.resolve(ref)));
}

/** Its rules name its bridge and hinder nobody without it: the keeper takes them away with the last one. */
async function takeAway(parts: Parts, network: NetworkConfig): Promise<void> {
  await parts.networks.remove(network.id, removeBridge);
  parts.store.touch();
  tellOfNetwork(parts, network, 'destroy');
}

/**
 * One that a container asks for stays, although it does not run: its next start would find no network.
 * @returns the names of those that are gone
 */
export async function pruneNetworks(parts: Parts, wishes: PruneNetworksWishes = {}): Promise<string[]> {
  const wanted = new Set(
    parts.store.loadAll().containers.flatMap(({ config }) => (config.endpoints ?? []).map(({ network }) => network)),
  );
  const removed: string[] = [];
  for (const network of parts.networks.all()) {
    if (network.name === DEFAULT_NETWORK || wanted.has(network.id) || !fits(network, wishes)) continue;
    try {
      await takeAway(parts, network);
      removed.push(network.name);
    } catch (error) {
      // Somebody came onto it a moment ago, or was faster.
      if (!isTscontainError(error, 'NETWORK_IN_USE') && !isTscontainError(error, 'NO_SUCH_NETWORK')) throw error;
    }
  }
  return removed;
}

function fits({ created, labels }: NetworkConfig, wishes: PruneNetworksWishes): boolean {
  const { until = Infinity, labels: needed = [], withoutLabels: unwanted = [] } = wishes;
  return (
    Date.parse(created) < until &&
    needed.every((label) => hasLabel(labels, label)) &&
    !unwanted.some((label) => hasLabel(labels, label))
  );
}
