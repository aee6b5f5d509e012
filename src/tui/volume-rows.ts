// From the volumes to the rows of their table: filtered, sorted; which of them is selected, and what commands are about. Pure.
import { rowsMemo, selectedOf, subjectsOf } from './catalogue.js';
import type { State } from './state.js';
import type { VolumeSort } from './volumes/columns.js';
import type { VolumeRow } from './volumes/port.js';
import { byName, sizeOf } from './volumes/using.js';

const keyOf = ({ name }: VolumeRow): string => name;

/** Text of a volume that the filter looks at: who uses it finds it too. */
const filterText = ({ name, labels, usedBy }: VolumeRow): string =>
  [name, ...Object.entries(labels).map(([key, value]) => `${key}=${value}`), ...usedBy.map((user) => user.name)].join(
    ' ',
  );

function valueOf(sort: VolumeSort, { volumes }: State): (volume: VolumeRow) => number {
  switch (sort) {
    case 'name':
      return () => 0;
    case 'size':
      // What is not measured yet stands with the least.
      return ({ name }) => sizeOf(volumes.sizes, name) ?? -1;
    case 'used':
      return ({ usedBy }) => usedBy.length;
    case 'age':
      return ({ created }) => -(Date.parse(created) || 0);
  }
}

/** The rows in the order in which they stand. */
export const volumeRows = rowsMemo<VolumeRow, VolumeSort>({
  slice: ({ volumes }) => volumes,
  text: filterText,
  byName,
  value: valueOf,
  of: (sort, { volumes }) => (sort === 'size' ? volumes.sizes : undefined),
});

export const volumeKey = keyOf;

const catalogue = { slice: ({ volumes }: State) => volumes, rows: volumeRows, keyOf };

export const selectedVolume = (state: State): VolumeRow | undefined => selectedOf(catalogue, state);

/** What a command is about: the marked volumes, else the selected one. */
export const volumeSubjects = (state: State): readonly VolumeRow[] => subjectsOf(catalogue, state);
