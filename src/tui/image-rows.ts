// From the images to the rows of their table: filtered, sorted; which of them is selected, and what commands are about. Pure.
import { compareNames, rowsMemo, selectedOf, subjectsOf } from './catalogue.js';
import type { ImageSort } from './images/columns.js';
import type { ImageRow } from './images/port.js';
import { keyOf, nameOf, sharedBytes, usersOf } from './images/sharing.js';
import type { State } from './state.js';

/** Text of an image that the filter looks at. */
const filterText = ({ name, id, platform }: ImageRow): string => `${name ?? '<none>'} ${id} ${platform}`;

const byName = (a: ImageRow, b: ImageRow): number => {
  // What has no name comes last.
  if ((a.name === undefined) !== (b.name === undefined)) return a.name === undefined ? 1 : -1;
  return compareNames(nameOf(a), nameOf(b));
};

function valueOf(sort: ImageSort, { images, containers }: State): (image: ImageRow) => number {
  const list = images.list ?? [];
  switch (sort) {
    case 'name':
      return () => 0;
    case 'size':
      return ({ sizeBytes }) => sizeBytes;
    case 'shared':
      return (image) => sharedBytes(list, image);
    case 'own':
      return (image) => image.sizeBytes - sharedBytes(list, image);
    case 'used':
      return ({ id }) => usersOf(containers.list, id).length;
    case 'age':
      // The oldest has the least moment and the greatest age.
      return ({ created }) => -(Date.parse(created ?? '') || 0);
  }
}

/** The rows in the order in which they stand. */
export const imageRows = rowsMemo<ImageRow, ImageSort>({
  slice: ({ images }) => images,
  text: filterText,
  byName,
  value: valueOf,
  of: (sort, { containers }) => (sort === 'used' ? containers.list : undefined),
});

const catalogue = { slice: ({ images }: State) => images, rows: imageRows, keyOf };

export const selectedImage = (state: State): ImageRow | undefined => selectedOf(catalogue, state);

/** What a command is about: the marked images, else the selected one. */
export const imageSubjects = (state: State): readonly ImageRow[] => subjectsOf(catalogue, state);
