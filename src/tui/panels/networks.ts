// The Networks view: the networks there are, and below them who is on the selected one, who is connected to what, what it is like.
import { cataloguePanes } from '../catalogue.js';
import { networkRows, selectedNetwork } from '../network-rows.js';
import { NETWORK_TABS, type NetworkTab } from '../networks/columns.js';
import { plural } from '../present/units.js';
import { mappedContainers, networkCatalogue, networkFactsOf, networkPosition } from '../reducers/networks.js';
import type { Canvas, Rect } from '../screen/index.js';
import type { Sources } from '../sources.js';
import type { State } from '../state.js';
import { paintCatalogue } from './catalogue.js';
import { paintFactLines } from './facts.js';
import { paintNetworkList } from './networks/list.js';
import { paintMap } from './networks/map.js';
import { paintMembers } from './networks/members.js';

export function paintNetworks(canvas: Canvas, state: State, sources: Sources): void {
  const { list = [], tab } = state.networks;
  paintCatalogue(canvas, state, {
    noun: 'networks',
    slice: state.networks,
    panes: cataloguePanes(networkCatalogue, state),
    shown: networkRows(state).length,
    sum: list.length === 0 ? undefined : `${plural(mappedContainers(state).length, 'container')} connected`,
    nothing: {
      sentence: 'There is no network here yet; the first container that runs brings the default one.',
      choices: [['create-network', 'make one, for containers that are to reach each other by name']],
    },
    paintRows: (rect, focused) => paintNetworkList(canvas, rect, state, sources, focused),
    tabs: NETWORK_TABS.map((id) => ({ id, text: id })),
    remark: tab === 'map' ? undefined : selectedNetwork(state)?.network.name,
    paintTab: (rect, focused) => paintTab(canvas, rect, state, sources, tab, focused),
  });
}

function paintTab(canvas: Canvas, rect: Rect, state: State, sources: Sources, tab: NetworkTab, focused: boolean): void {
  switch (tab) {
    case 'members': {
      paintMembers(canvas, rect, state, sources, focused);
      return;
    }
    case 'map': {
      paintMap(canvas, rect, state, sources, focused);
      return;
    }
    case 'settings': {
      const position = networkPosition(state, 'settings');
      const nothing = 'No network is selected.';
      paintFactLines(canvas, rect, { facts: networkFactsOf(state), position, tab, focused, nothing });
      return;
    }
  }
}
