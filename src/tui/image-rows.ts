// From the images to the rows of their table: filtered, sorted; which of them is selected, and what commands are about. Pure.
import { filterPattern } from './filter.js';
import type { ImageSort } from './images/columns.js';
import type { ImageRow } from './images/port.js';
import { keyOf, nameOf, sharedBytes, usersOf } from './images/sharing.js';
import type { State } from './state.js';

/** Text of an image that the filter looks at. */
const filterText = ({ name, id, platform }: ImageRow): string => `${name ?? '<none>'} ${id} ${platform}`;

const byName = (a: ImageRow, b: ImageRow): number => {
  // What has no name comes last.
  if ((a.name === undefined) !== (b.name === undefined)) return a.name === undefined ? 1 : -1;
  const [first, second] = [nameOf(a), nameOf(b)];
  return first < second ? -1 : first > second ? 1 : 0;
};

function valueOf(sort: Exclude<ImageSort, 'name'>, { images, containers }: State): (image: ImageRow) => number {
  const list = images.list ?? [];
  switch (sort) {
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

function makeRows(state: State): readonly ImageRow[] {
  const { list = [], filter, sort, descending } = state.images;
  const pattern = filterPattern(filter.text);
  const shown = filter.text === '' ? [...list] : list.filter((image) => pattern.matches(filterText(image)));
  const sign = descending ? -1 : 1;
  if (sort === 'name') return shown.sort((a, b) => sign * byName(a, b));
  const pick = valueOf(sort, state);
  const values = new Map(shown.map((image) => [image, pick(image)]));
  return shown.sort((a, b) => sign * (values.get(a)! - values.get(b)!) || byName(a, b));
}

let lastInput: readonly unknown[] = [];
let lastRows: readonly ImageRow[] = [];

/** The rows in the order in which they stand. The last answer is kept, as one frame asks several times. */
export function imageRows(state: State): readonly ImageRow[] {
  const { list, filter, sort, descending } = state.images;
  const input = [list, filter.text, sort, descending, sort === 'used' ? state.containers.list : undefined];
  if (input.some((value, i) => value !== lastInput[i])) {
    lastInput = input;
    lastRows = makeRows(state);
  }
  return lastRows;
}

export const selectedImage = (state: State): ImageRow | undefined =>
  imageRows(state).find((image) => keyOf(image) === state.images.selected);

/** What a command is about: the marked images, else the selected one. */
export function imageSubjects(state: State): readonly ImageRow[] {
  const { marks, list = [] } = state.images;
  if (marks.size > 0) return list.filter((image) => marks.has(keyOf(image)));
  const image = selectedImage(state);
  return image === undefined ? [] : [image];
}
