// The Volumes view: the volumes there are, how large they are as far as that was measured, and the directory that is looked at.
import type { VolumeColumn, VolumeSort, VolumeTab } from '../volumes/columns.js';
import type { VolumeDirectory, VolumeRow } from '../volumes/port.js';
import type { Sizes } from '../volumes/using.js';
import type { ListPosition } from '../widgets/index.js';
import type { CatalogueSlice } from './catalogue.js';

/** A row is known by the name of its volume. */
export interface VolumesSlice extends CatalogueSlice<VolumeRow, VolumeSort, VolumeColumn, VolumeTab> {
  readonly at: Readonly<Record<VolumeTab, ListPosition>>;
  readonly sizes: Sizes;
  /** where one is in the selected volume: names of directories from its root on */
  readonly path: readonly string[];
  /** what is there, once it came */
  readonly directory:
    | {
        readonly volume: string;
        readonly path: string;
        readonly found: VolumeDirectory | { readonly failed: string };
      }
    | undefined;
}
