// Names of what there is to be seen and chosen: columns of the table, orders of rows, tabs, pages.

/** The columns that a table can have: in the order of the dialog, those it has by itself, what each shows. */
export interface ColumnSet<Name extends string> {
  readonly names: readonly Name[];
  readonly usual: readonly Name[];
  readonly about: Readonly<Record<Name, string>>;
}

/** Columns beside the mark at the left edge, which is always there. */
export const COLUMN_NAMES = [
  'name',
  'image',
  'cpu',
  'cores',
  'memory',
  'used',
  'read',
  'write',
  'net',
  'packets',
  'drops',
  'errors',
  'pressure',
  'pids',
  'age',
  'ports',
  'status',
  'restarts',
  'project',
  'id',
  'command',
] as const;
export type ColumnName = (typeof COLUMN_NAMES)[number];

export const DEFAULT_COLUMNS: readonly ColumnName[] = [
  'name',
  'image',
  'cpu',
  'cores',
  'memory',
  'used',
  'read',
  'write',
  'net',
  'pressure',
  'pids',
  'age',
  'ports',
  'command',
];

/** What each column shows, for the dialog and the docs. */
export const ABOUT_COLUMNS: Readonly<Record<ColumnName, string>> = {
  name: 'what it is called; always shown',
  image: 'what it was made from',
  cpu: 'CPU over time',
  cores: 'cores in use, and the limit',
  memory: 'memory as a bar: the share of its limit',
  used: 'memory in use, and the limit',
  read: 'bytes read a second; on a narrow screen with writes',
  write: 'bytes written a second',
  net: 'bytes received and sent a second',
  packets: 'packets received and sent a second',
  drops: 'packets dropped a second, both ways together',
  errors: 'packets damaged a second, both ways together',
  pressure: 'what it waits for, and how much of its time',
  pids: 'processes',
  age: 'since when it is what it is',
  ports: "the host's ports that lead into it, as -p says them; there is none where nobody has any",
  status: 'running, paused, exited …; of what is checked starting, healthy, unhealthy',
  restarts: 'how often it was restarted by its policy',
  project: 'the project it belongs to',
  id: 'the first twelve digits of its id',
  command: 'what runs in it',
};

export const CONTAINER_COLUMN_SET: ColumnSet<ColumnName> = {
  names: COLUMN_NAMES,
  usual: DEFAULT_COLUMNS,
  about: ABOUT_COLUMNS,
};

export const SORT_COLUMNS = ['name', 'cpu', 'memory', 'io', 'net', 'pressure', 'pids', 'age', 'status'] as const;
export type SortColumn = (typeof SORT_COLUMNS)[number];

export const FIXED_TABS = ['graphs', 'logs', 'processes', 'inspect', 'launch', 'network'] as const;
export type FixedTab = (typeof FIXED_TABS)[number];

/** Pages that a saved layout can open with. */
export const LAYOUT_PAGES = ['overview', 'grid', 'images', 'networks', 'volumes', 'events'] as const;
export type LayoutPage = (typeof LAYOUT_PAGES)[number];
