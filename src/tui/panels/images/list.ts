// The table of images: how much each has, how much of it others have too, who uses it.
import type { ImageColumn } from '../../images/columns.js';
import type { ImageRow } from '../../images/port.js';
import { isAtWork, subjectOf } from '../../images/jobs.js';
import { keyOf, nameOf, sharedBytes, shortId, usersOf } from '../../images/sharing.js';
import { imageRows } from '../../image-rows.js';
import { commandLine } from '../../present/image.js';
import { workNow } from '../../present/transfer.js';
import { age, bytes, NOT_MEASURED } from '../../present/units.js';
import { isRunning } from '../../rows.js';
import { widthOf, type Attr, type Canvas, type Rect, type Span, type Theme } from '../../screen/index.js';
import type { State } from '../../state.js';
import { paintProgress, paintSizes, paintTable, type Column } from '../../widgets/index.js';

/** Cells that a column of these texts grows to: no room is given to what nobody has. */
const widest = (texts: readonly string[], least: number, most: number): number =>
  Math.min(most, Math.max(least, ...texts.map(widthOf)));

const HEADINGS: Readonly<Partial<Record<string, string>>> = {
  name: 'name',
  size: 'size',
  disk: 'size',
  shared: 'shared',
  own: 'own',
  used: 'used',
  age: 'age',
};

/** What is only its own has the hue of disks; what others have too is fainter, and lower in bars. */
export const ownAttr = ({ resource }: Theme): Attr => resource.io[0];
export const sharedAttr = (theme: Theme): Attr => theme.shadesOf(theme.resource.io).byScale[0]!;

export function paintImageList(canvas: Canvas, rect: Rect, state: State, focused: boolean): void {
  const rows = imageRows(state);
  const { sort, descending, position } = state.images;
  paintTable(canvas, rect, {
    columns: columnsOf(canvas, state),
    rows,
    position,
    focused,
    sort: { column: sort, descending },
    rowTarget: (image) => ({ kind: 'entry', id: keyOf(image) }),
    headerTarget: ({ id }) => ({ kind: 'entry-column', id: HEADINGS[id] ?? '' }),
  });
}

function columnsOf({ theme, glyphs }: Canvas, state: State): readonly Column<ImageRow>[] {
  const { list = [], marks, columns } = state.images;
  const containers = state.containers.list;
  const largest = Math.max(1, ...list.map(({ sizeBytes }) => sizeBytes));
  // What is pulled, pushed or built at this moment, with how far it is.
  const working = new Map(
    state.jobs.list.filter(isAtWork).map((job) => [subjectOf(job.request), workNow([job])?.share ?? NaN] as const),
  );
  const namesOfUsers = ({ id }: ImageRow): string =>
    usersOf(containers, id)
      .map(({ config: { name } }) => name)
      .join(' ');
  const right = { align: 'right' } as const;
  const dim = (): Attr => theme.dim;
  const quiet = (value: number): readonly Span[] => [{ text: value === 0 ? NOT_MEASURED : bytes(value), attr: value === 0 ? theme.dim : theme.text }]; // prettier-ignore
  const mark = (image: ImageRow): readonly Span[] => {
    const users = usersOf(containers, image.id);
    const isAlive = users.some(({ state: { status } }) => isRunning(status));
    const sign = users.length === 0 ? ' ' : isAlive ? glyphs.mark.running : glyphs.mark.stopped;
    return [
      { text: marks.has(keyOf(image)) ? glyphs.mark.marked : ' ', attr: theme.key },
      { text: sign, attr: isAlive ? theme.good : theme.dim },
    ];
  };
  const known: Readonly<Record<ImageColumn, Column<ImageRow>>> = {
    name: {
      id: 'name',
      title: 'NAME',
      min: 20,
      max: widest(list.map(nameOf), 20, 48),
      priority: 0,
      cell: ({ name }) => name ?? '<none>',
      style: ({ name }) => (name === undefined ? theme.dim : theme.text),
    },
    id: { id: 'id', title: 'ID', min: 12, priority: 6, cell: ({ id }) => shortId(id), style: dim },
    size: { id: 'size', title: 'SIZE', min: 5, priority: 0, ...right, cell: ({ sizeBytes }) => bytes(sizeBytes) },
    disk: {
      id: 'disk',
      title: 'own shared',
      min: 10,
      max: 30,
      priority: 3,
      cell:
        (image) =>
        (view, { x, y, width }) => {
          const share = working.get(nameOf(image));
          if (share !== undefined) {
            paintProgress(view, x, y, width, share, theme.resource.net[0]);
            return;
          }
          const shared = sharedBytes(list, image);
          paintSizes(view, x, y, width, [
            { share: (image.sizeBytes - shared) / largest, attr: ownAttr(theme) },
            { share: shared / largest, attr: sharedAttr(theme), low: true },
          ]);
        },
    },
    shared: {
      id: 'shared',
      title: 'SHARED',
      min: 7,
      priority: 2,
      ...right,
      cell: (image) => quiet(sharedBytes(list, image)),
    },
    own: {
      id: 'own',
      title: 'OWN',
      min: 5,
      priority: 3,
      ...right,
      cell: (image) => quiet(image.sizeBytes - sharedBytes(list, image)),
    },
    used: {
      id: 'used',
      title: 'USED BY',
      min: 10,
      max: widest(list.map(namesOfUsers), 10, 30),
      priority: 1,
      cell: (image) => namesOfUsers(image) || NOT_MEASURED,
      style: ({ id }) => (usersOf(containers, id).length === 0 ? theme.dim : theme.text),
    },
    age: {
      id: 'age',
      title: 'AGE',
      min: 4,
      priority: 1,
      ...right,
      cell: ({ created }) => age(created === undefined ? undefined : state.now - Date.parse(created)),
      style: dim,
    },
    platform: {
      id: 'platform',
      title: 'PLATFORM',
      min: 11,
      max: 14,
      priority: 5,
      cell: ({ platform }) => platform,
      style: dim,
    },
    layers: {
      id: 'layers',
      title: 'LAYERS',
      min: 6,
      priority: 6,
      ...right,
      cell: ({ layers }) => String(layers.length),
      style: dim,
    },
    command: {
      id: 'command',
      title: 'COMMAND',
      min: 12,
      max: 60,
      priority: 7,
      cell: ({ config: { entrypoint = [], cmd = [] } }) => commandLine([...entrypoint, ...cmd]),
      style: dim,
    },
  };
  const names = columns.includes('name') ? columns : (['name', ...columns] as const);
  return [{ id: 'mark', title: '', min: 2, priority: 0, cell: mark }, ...names.map((name) => known[name])];
}
