// A fact of the pane in focus in full: of an image, a network, a volume.
import { refuse, step } from '../actions.js';
import type { Fact } from '../present/fact.js';
import type { State } from '../state.js';
import type { Handler } from './handler.js';
import { factsOf, panePosition } from './images.js';
import { networkFactsOf, networkPosition } from './networks.js';
import { volumeFactsOf, volumePosition } from './volumes.js';

/** What stands in the pane of facts of the page in front, and which line of it is selected. */
function inFront(state: State): { readonly facts: readonly Fact[]; readonly at: number } {
  switch (state.view.page) {
    case 'images':
      return { facts: factsOf(state), at: panePosition(state, 'config').selected };
    case 'networks':
      return { facts: networkFactsOf(state), at: networkPosition(state, 'settings').selected };
    case 'volumes':
      return { facts: volumeFactsOf(state), at: volumePosition(state, 'about').selected };
    default:
      return { facts: [], at: 0 };
  }
}

const openFact: Handler = (state) => {
  const { facts, at } = inFront(state);
  const fact = facts[at];
  if (fact === undefined) return refuse(state, 'There is nothing to open.');
  // A line without a label goes on with the one above.
  const title = facts.slice(0, at + 1).findLast(({ label }) => label !== '')?.label ?? '';
  const lines = fact.value.split('\n').map((text) => ({ text }));
  return step({ ...state, overlay: { kind: 'text', title, lines, copy: fact.value, top: 0 } });
};

export const factCommands = { 'open-fact': openFact } satisfies Record<string, Handler>;
