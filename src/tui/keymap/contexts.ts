// Which keys hold now: a question of what is in front.
import type { Shell, State } from '../state.js';
import type { Context } from './binding.js';

/** Whether a shell's tab can be typed into; what is typed while it opens waits for it. */
export const takesKeys = ({ status, input }: Shell): boolean => status !== 'ended' && input;

/** Which contexts hold now, the most particular first. */
export function contextsOf(state: State): readonly Context[] {
  const { page, focus, tab } = state.view;
  if (page === 'grid') return ['grid', 'container', 'global'];
  if (page === 'neighbours') return ['neighbours', 'container', 'global'];
  if (page === 'compare') return ['compare', 'container', 'global'];
  if (page === 'images') return [state.images.focus === 'list' ? 'images' : state.images.tab, 'image', 'global'];
  if (page === 'networks')
    return [state.networks.focus === 'list' ? 'networks' : state.networks.tab, 'one-network', 'global'];
  if (page === 'volumes') return [state.volumes.focus === 'list' ? 'volumes' : state.volumes.tab, 'volume', 'global'];
  if (page === 'events') return ['events', 'global'];
  if (focus === 'table') {
    return state.containers.list.length === 0 ? ['empty', 'global'] : ['table', 'container', 'global'];
  }
  if (!tab.startsWith('shell:')) return [tab as Context, 'container', 'global'];
  const shell = state.shells.list.find(({ number }) => tab === `shell:${number}`);
  return state.shells.captured && shell !== undefined && takesKeys(shell)
    ? ['typing']
    : ['shell', 'container', 'global'];
}
