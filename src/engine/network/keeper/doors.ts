// The keeper's doors to the host: names, bridges, rules, settings, and containers that nobody looks after.
import { processRuns } from '../../../native/index.js';
import { removeBridge } from '../bridge.js';
import { applyFirewall } from '../firewall/apply.js';
import { guardFirewall } from '../firewall/guard.js';
import { keptHostSettings, restoreHostSettings, type KeptSettings } from '../host-settings.js';
import { leaveNetworks } from '../join.js';
import { createResolver } from '../names/resolver.js';
import type { NetworkStore } from '../store.js';
import { tellHost } from '../tell-host.js';
import type { Store } from '../../state/store.js';
import { isTscontainError } from '../../errors.js';
import { isSupervisorAlive } from '../../supervisor/registry.js';
import type { Doors, Keeper } from './keeper.js';
import { nameParts } from './name-parts.js';
import { Serving } from './serving.js';

export interface DoorParts {
  readonly networks: NetworkStore;
  readonly store: Store;
  readonly say: (sentence: string) => void;
}

/** @param keeper asked when there is one: it says which networks somebody is on */
export function openDoors({ networks, store, say }: DoorParts, keeper: () => Keeper): Doors & { close(): void } {
  const { root } = networks;
  const parts = nameParts(networks, () => keeper().inUse);
  const serving = new Serving(createResolver(parts));
  const guard = guardFirewall(networks, {
    onPutBack: () => say('the rules of nft were not as they should be, and are again'),
    say,
  });
  let kept: KeptSettings | undefined;
  return {
    networks,
    serve: (inUse) => {
      kept = keptHostSettings(root) ?? kept;
      return serving.follow(inUse);
    },
    forget: (network) => serving.forget(network),
    putUp: () => tellHost(root, networks),
    takeDown: async () => {
      const { note } = await applyFirewall(root);
      if (note !== undefined) say(note);
      restoreHostSettings(root, kept);
    },
    removeBridge,
    sweep: () => sweep({ networks, store, say }),
    say,
    now: () => performance.now(),
    close() {
      guard.close();
      serving.close();
      parts.forwarder.close();
    },
  };
}

async function sweep({ networks, store, say }: DoorParts): Promise<boolean> {
  const containers = new Set(
    networks.all().flatMap(({ id }) => networks.endpoints(id).map(({ container }) => container)),
  );
  const isWatching = rememberingAnswers((supervisor: string) => isSupervisorAlive(store.root, supervisor));
  let isSwept = false;
  for (const id of containers) {
    try {
      if (!hasEndedAlone(store, id, isWatching)) continue;
      // Who starts it holds its lock: its endpoints come before its state says that it runs.
      const left = await store.tryLock(id, () =>
        hasEndedAlone(store, id, isWatching) ? leaveNetworks({ networks }, id) : undefined,
      );
      const isGone = left === undefined && !isThere(store, id);
      if (isGone) await leaveNetworks({ networks }, id);
      isSwept ||= isGone || left !== undefined;
    } catch (error) {
      say(`taking ${id.slice(0, 12)} off its networks: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return isSwept;
}

/** Its init is no more, nor is the supervisor that would see to it; or it has been removed. */
function hasEndedAlone(store: Store, id: string, isWatching: (supervisor: string) => boolean): boolean {
  try {
    const { init, supervisor } = store.readState(id);
    if (supervisor !== undefined && isWatching(supervisor)) return false;
    return init === undefined || !processRuns(init.pid, init.startTime);
  } catch (error) {
    return isTscontainError(error, 'NO_SUCH_CONTAINER');
  }
}

/** A supervisor has dozens of containers: it is looked at once for all of them. */
function rememberingAnswers<K, V>(ask: (about: K) => V): (about: K) => V {
  const answers = new Map<K, V>();
  return (about) => {
    const known = answers.get(about);
    if (known !== undefined) return known;
    const answer = ask(about);
    answers.set(about, answer);
    return answer;
  };
}

function isThere(store: Store, id: string): boolean {
  try {
    store.readState(id);
    return true;
  } catch (error) {
    return !isTscontainError(error, 'NO_SUCH_CONTAINER');
  }
}
