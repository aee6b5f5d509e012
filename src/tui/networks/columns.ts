// Columns of the table of networks, the orders of its rows, its panes.
import type { ColumnSet } from '../columns.js';

export const NETWORK_COLUMNS = [
  'name',
  'id',
  'driver',
  'subnet',
  'gateway',
  'on',
  'ports',
  'in',
  'out',
  'age',
  'kind',
  'bridge',
] as const;
export type NetworkColumn = (typeof NETWORK_COLUMNS)[number];

export const DEFAULT_NETWORK_COLUMNS: readonly NetworkColumn[] = [
  'name',
  'subnet',
  'on',
  'ports',
  'in',
  'out',
  'kind',
  'age',
];

export const NETWORK_COLUMN_SET: ColumnSet<NetworkColumn> = {
  names: NETWORK_COLUMNS,
  usual: DEFAULT_NETWORK_COLUMNS,
  about: {
    name: 'what it is called; always shown',
    id: 'the first twelve digits of its id',
    driver: 'how it is made',
    subnet: 'where addresses are given from',
    gateway: "the host's own address on it",
    on: 'the containers that are on it',
    ports: "ports of the host's that lead onto it",
    in: 'bytes a second that its containers receive over it',
    out: 'bytes a second that they send over it',
    age: 'when it was made',
    kind: 'what is special about it: internal, without masquerading, IPv6',
    bridge: 'its interface on the host',
  },
};

export const NETWORK_SORTS = ['name', 'on', 'ports', 'age'] as const;
export type NetworkSort = (typeof NETWORK_SORTS)[number];

export const NETWORK_TABS = ['members', 'map', 'settings'] as const;
export type NetworkTab = (typeof NETWORK_TABS)[number];
