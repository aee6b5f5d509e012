// The table put back after somebody has flushed it, or a part of it. The kernel counts the changes of all of nf_tables: as long as
// that count stays, a look costs one question of 20 µs, and no event of anybody's can be missed or pile up.
import { Nftables } from '../../../native/index.js';
import type { NetworkStore } from '../store.js';
import { applyFirewall, firewallIsIntact } from './apply.js';

/** ms: so long a published port may be gone. */
const LOOK_MS = 1_000;

export interface FirewallGuard {
  close(): void;
}

/**
 * @param options.onPutBack it was gone, and is there again
 * @param options.say what cannot be done, once as long as it stays the same
 */
export function guardFirewall(
  networks: NetworkStore,
  options: { readonly lookMs?: number; readonly onPutBack?: () => void; readonly say: (sentence: string) => void },
): FirewallGuard {
  const { lookMs = LOOK_MS, onPutBack, say } = options;
  const nftables = openIfThere();
  let seen: number | undefined;
  let said = '';
  let isBusy = false;

  async function look(): Promise<void> {
    const generation = nftables!.generation();
    if (generation === seen) return;
    if (firewallIsIntact(networks)) {
      seen = generation;
      return;
    }
    const { note = '' } = await applyFirewall(networks.root);
    if (note === '') onPutBack?.();
    // Without nft it would be tried in vain for ever: not before something changes.
    else seen = generation;
    if (note !== said && note !== '') say(note);
    said = note;
  }

  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    look()
      .catch((error: unknown) => say(`the rules of nft: ${error instanceof Error ? error.message : String(error)}`))
      .finally(() => (isBusy = false));
  }, lookMs);
  if (nftables === undefined) clearInterval(timer);

  return {
    close() {
      clearInterval(timer);
      nftables?.close();
    },
  };
}

/** A kernel without nf_tables has nothing that could be flushed. */
function openIfThere(): Nftables | undefined {
  try {
    return Nftables.open();
  } catch {
    return undefined;
  }
}
