// Columns of the table of images, the orders of its rows, its panes.
import type { ColumnSet } from '../columns.js';

export const IMAGE_COLUMNS = [
  'name',
  'id',
  'size',
  'disk',
  'shared',
  'own',
  'used',
  'age',
  'platform',
  'layers',
  'command',
] as const;
export type ImageColumn = (typeof IMAGE_COLUMNS)[number];

export const DEFAULT_IMAGE_COLUMNS: readonly ImageColumn[] = [
  'name',
  'id',
  'size',
  'disk',
  'shared',
  'used',
  'age',
  'platform',
  'command',
];

export const IMAGE_COLUMN_SET: ColumnSet<ImageColumn> = {
  names: IMAGE_COLUMNS,
  usual: DEFAULT_IMAGE_COLUMNS,
  about: {
    name: 'what it is called; always shown',
    id: 'the first twelve digits of its id',
    size: 'bytes of its files, in all its layers',
    disk: 'its size as a bar: its own layers, then those that others have too',
    shared: 'bytes of layers that other images have too',
    own: 'bytes of layers that only it has: what goes with it',
    used: 'the containers that were made from it',
    age: 'when it was made',
    platform: 'what it runs on',
    layers: 'how many layers it has',
    command: 'what runs in it unless something else is asked for',
  },
};

export const IMAGE_SORTS = ['name', 'size', 'shared', 'own', 'used', 'age'] as const;
export type ImageSort = (typeof IMAGE_SORTS)[number];

export const IMAGE_TABS = ['layers', 'config', 'transfers', 'builds'] as const;
export type ImageTab = (typeof IMAGE_TABS)[number];
