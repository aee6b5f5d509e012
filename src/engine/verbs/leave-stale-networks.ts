// Containers that stand on a network and do not run: who was killed between putting one there and starting it, or between its end
// and taking it off, has left it, and its name would be answered with an address that nobody has.
import type { Container } from '../model.js';
import { leaveNetworks } from '../network/join.js';
import { bootId } from '../state/boot.js';
import { loadIfThere, type Parts } from './parts.js';

type StaleParts = Pick<Parts, 'store' | 'networks'>;

export async function leaveStaleNetworks(parts: StaleParts): Promise<void> {
  const { store, networks } = parts;
  const found = new Set(networks.all().flatMap(({ id }) => networks.endpoints(id).map(({ container }) => container)));
  for (const id of found) {
    try {
      const container = loadIfThere(store, id);
      if (container === undefined) await leaveNetworks(parts, id);
      // Who holds its lock may be starting it at this moment, or writing down its end.
      else if (!isOnNetworks(container))
        await store.tryLock(id, async () => (isOnNetworks(store.load(id)) ? undefined : leaveNetworks(parts, id)));
    } catch {
      // It cannot be read or written to: what is wrong with it is told where that is looked at.
    }
  }
}

function isOnNetworks({ state }: Container): boolean {
  return (state.status === 'running' || state.status === 'paused') && state.bootId === bootId();
}
