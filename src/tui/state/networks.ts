// The Networks view, and the open connections of the container in front.
import type { OpenConnections } from '../../engine/index.js';
import type { NetworkColumn, NetworkSort, NetworkTab } from '../networks/columns.js';
import type { Talk } from '../networks/talks.js';
import type { NetworkRow } from '../networks/port.js';
import type { ListPosition } from '../widgets/index.js';
import type { CatalogueSlice } from './catalogue.js';

/** A row is known by the id of its network. */
export interface NetworksSlice extends CatalogueSlice<NetworkRow, NetworkSort, NetworkColumn, NetworkTab> {
  /** where each tab stands */
  readonly at: Readonly<Record<NetworkTab, ListPosition>>;
  /** who talks to whom, while the map is looked at; undefined until it was asked */
  readonly talks: readonly Talk[] | undefined;
}

export interface ConnectionsSlice {
  /** the container that they are of */
  readonly id: string | undefined;
  /** undefined: nothing of it runs, or it was not asked yet */
  readonly found: OpenConnections | undefined;
  readonly error: string | undefined;
  readonly position: ListPosition;
}
