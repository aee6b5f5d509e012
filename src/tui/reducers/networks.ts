// The Networks view: what its panes show, line by line, and what its own keys do; all else is as on every page that lists things.
import { noticed, refuse, step, type Action, type Step } from '../actions.js';
import type { Catalogue } from '../catalogue.js';
import { networkRows, networkSubjects, selectedNetwork } from '../network-rows.js';
import {
  NETWORK_SORTS,
  NETWORK_TABS,
  type NetworkColumn,
  type NetworkSort,
  type NetworkTab,
} from '../networks/columns.js';
import { absentOf, keyOf, membershipsOf } from '../networks/members.js';
import type { NetworkRow } from '../networks/port.js';
import type { Container, Endpoint } from '../../engine/index.js';
import type { Fact } from '../present/fact.js';
import { networkFacts } from '../present/network.js';
import { plural } from '../present/units.js';
import type { NetworksSlice, State } from '../state.js';
import { LIST_START, type ListPosition } from '../widgets/index.js';
import { actsOf, linePosition, listed } from './catalogue.js';
import type { Handler } from './handler.js';

export const withNetworks = (state: State, networks: Partial<NetworksSlice>): State => ({
  ...state,
  networks: { ...state.networks, ...networks },
});

export const networksListed = (state: State, list: Extract<Action, { type: 'networks' }>['list']): State =>
  listed(NETWORKS, state, list);

/** A line of the pane of members: who is on the network, or will be once it runs. */
export interface Member {
  readonly id: string;
  readonly name: string;
  /** absent while it does not run */
  readonly endpoint: Endpoint | undefined;
}

export function membersOf(state: State): readonly Member[] {
  const row = selectedNetwork(state);
  if (row === undefined) return [];
  const on = row.endpoints.map((endpoint): Member => {
    // A rename may not have come to the network's own file yet.
    const name = state.containers.byId.get(endpoint.container)?.config.name ?? endpoint.name;
    return { id: endpoint.container, name, endpoint };
  });
  const absent = absentOf(row, state.containers.list).map(({ id, config }): Member => ({
    id,
    name: config.name,
    endpoint: undefined,
  }));
  return [...on, ...absent];
}

export function networkFactsOf(state: State): readonly Fact[] {
  const row = selectedNetwork(state);
  return row === undefined ? [] : networkFacts(row, state.containers.list, state.now);
}

/** Containers that have a line on the map. */
export const mappedContainers = (state: State): readonly Container[] =>
  state.containers.list.filter(({ id }) => membershipsOf(state.networks.list ?? [], id).length > 0);

/** Lines above each list: titles of columns; the names of the networks, and below them the host. */
const ABOVE: Readonly<Record<NetworkTab, number>> = { members: 1, map: 3, settings: 0 };

function linesOf(state: State, tab: NetworkTab): number {
  switch (tab) {
    case 'members':
      return membersOf(state).length;
    case 'map':
      return mappedContainers(state).length;
    case 'settings':
      return networkFactsOf(state).length;
  }
}

const NOTHING = 'There is no network here yet; n makes one, and the first container that runs makes the default one.';

const NETWORKS: Catalogue<NetworkRow, NetworkSort, NetworkColumn, NetworkTab> = {
  name: 'networks',
  tabs: NETWORK_TABS,
  sorts: NETWORK_SORTS,
  slice: ({ networks }) => networks,
  with: withNetworks,
  keyOf,
  rows: networkRows,
  isEmpty: ({ networks }) => (networks.list?.length ?? 0) === 0,
  nothing: NOTHING,
  lines: (state, tab) => ({ total: linesOf(state, tab), above: ABOVE[tab] }),
  position: ({ networks }, tab) => networks.at[tab],
  withPosition: (state, tab, position) => withNetworks(state, { at: { ...state.networks.at, [tab]: position } }),
  // The map is of all of them: only what is of one begins anew.
  afresh: (state) => withNetworks(state, { at: { ...state.networks.at, members: LIST_START, settings: LIST_START } }),
};

export const networkCatalogue = NETWORKS;

export const networkPosition = (state: State, tab: NetworkTab): ListPosition => linePosition(NETWORKS, state, tab);

/** The container that the line of the pane in focus is of. */
export function containerInPane(state: State): string | undefined {
  const { focus, tab } = state.networks;
  if (focus !== 'pane' || tab === 'settings') return undefined;
  const at = networkPosition(state, tab).selected;
  return tab === 'members' ? membersOf(state)[at]?.id : mappedContainers(state)[at]?.id;
}

export const networkNames = (networks: readonly NetworkRow[]): string =>
  networks.length <= 3 ? networks.map(({ network }) => network.name).join(', ') : plural(networks.length, 'network');

const copied = (state: State, what: string, text: string): Step =>
  step(noticed(state, 'info', `Copied ${what}.`), { type: 'copy', what: 'text', text });

const copy: Handler = (state) => {
  const { focus, tab } = state.networks;
  const row = selectedNetwork(state);
  if (row === undefined) return refuse(state, 'There is nothing to copy.');
  if (focus === 'pane' && tab === 'settings')
    return copied(
      state,
      'all that is known of it',
      networkFactsOf(state)
        .map(({ label, value }) => `${label}\t${value}`)
        .join('\n'),
    );
  if (focus === 'pane')
    return copied(
      state,
      'who is on it',
      membersOf(state)
        .map(({ name, endpoint }) => `${name}\t${endpoint?.ipv4Address ?? ''}`)
        .join('\n'),
    );
  return copied(state, `the name ${row.network.name}`, row.network.name);
};

export const networkActs = actsOf(NETWORKS, {
  copy,
  opens: { members: 'go-to-member', map: 'go-to-member', settings: 'open-fact' },
});

export const networkCommands = {
  'copy-network': (state) => {
    const networks = networkSubjects(state);
    if (networks.length === 0) return refuse(state, NOTHING);
    return copied(state, `the id of ${networkNames(networks)}`, networks.map(keyOf).join('\n'));
  },
} satisfies Record<string, Handler>;
