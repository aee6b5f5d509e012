// From the networks to the rows of their table: filtered, sorted; which of them is selected, and what commands are about. Pure.
import { rowsMemo, selectedOf, subjectsOf } from './catalogue.js';
import type { NetworkSort } from './networks/columns.js';
import { byName, keyOf } from './networks/members.js';
import type { NetworkRow } from './networks/port.js';
import type { State } from './state.js';

/** Text of a network that the filter looks at: who is on it finds it too. */
const filterText = ({ network, endpoints }: NetworkRow): string =>
  [
    network.name,
    network.id,
    ...network.subnets.map(({ subnet }) => subnet),
    ...endpoints.flatMap(({ name, ipv4Address }) => [name, ipv4Address]),
  ].join(' ');

function valueOf(sort: NetworkSort): (row: NetworkRow) => number {
  switch (sort) {
    case 'name':
      return () => 0;
    case 'on':
      return ({ endpoints }) => endpoints.length;
    case 'ports':
      return ({ endpoints }) => endpoints.reduce((sum, { ports }) => sum + ports.length, 0);
    case 'age':
      // The oldest has the least moment and the greatest age.
      return ({ network }) => -(Date.parse(network.created) || 0);
  }
}

/** The rows in the order in which they stand. */
export const networkRows = rowsMemo<NetworkRow, NetworkSort>({
  slice: ({ networks }) => networks,
  text: filterText,
  byName,
  value: valueOf,
  of: () => undefined,
});

const catalogue = { slice: ({ networks }: State) => networks, rows: networkRows, keyOf };

export const selectedNetwork = (state: State): NetworkRow | undefined => selectedOf(catalogue, state);

/** What a command is about: the marked networks, else the selected one. */
export const networkSubjects = (state: State): readonly NetworkRow[] => subjectsOf(catalogue, state);
