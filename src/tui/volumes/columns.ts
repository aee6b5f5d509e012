// Columns of the table of volumes, the orders of its rows, its panes.
import type { ColumnSet } from '../columns.js';

export const VOLUME_COLUMNS = ['name', 'size', 'share', 'used', 'age', 'driver', 'limit', 'labels', 'where'] as const;
export type VolumeColumn = (typeof VOLUME_COLUMNS)[number];

export const DEFAULT_VOLUME_COLUMNS: readonly VolumeColumn[] = [
  'name',
  'size',
  'share',
  'used',
  'age',
  'labels',
  'where',
];

export const VOLUME_COLUMN_SET: ColumnSet<VolumeColumn> = {
  names: VOLUME_COLUMNS,
  usual: DEFAULT_VOLUME_COLUMNS,
  about: {
    name: 'what it is called; always shown',
    size: 'what its files take on the disk, measured in the background',
    share: 'its size as a bar: by the largest of them, or by its own limit',
    used: 'the containers that it belongs to',
    age: 'when it was made',
    driver: 'how it is made',
    limit: 'the most that it may take',
    labels: 'what it was marked with',
    where: 'where its files are on the host',
  },
};

export const VOLUME_SORTS = ['name', 'size', 'used', 'age'] as const;
export type VolumeSort = (typeof VOLUME_SORTS)[number];

export const VOLUME_TABS = ['files', 'about'] as const;
export type VolumeTab = (typeof VOLUME_TABS)[number];
