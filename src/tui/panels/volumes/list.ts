// The table of volumes: how large each is, as far as that was measured, and whose it is.
import { parseBytes } from '../../../engine/index.js';
import { pairs } from '../../present/fact.js';
import { age, bytes, NOT_MEASURED } from '../../present/units.js';
import { isRunning } from '../../rows.js';
import { widthOf, type Attr, type Canvas, type Rect, type Span } from '../../screen/index.js';
import type { State } from '../../state.js';
import { volumeKey, volumeRows } from '../../volume-rows.js';
import type { VolumeColumn } from '../../volumes/columns.js';
import type { VolumeRow } from '../../volumes/port.js';
import { namedLabels, shownName, sizeOf } from '../../volumes/using.js';
import { paintMeter, paintSizes, paintTable, type Column } from '../../widgets/index.js';

const widest = (texts: readonly string[], least: number, most: number): number =>
  Math.min(most, Math.max(least, ...texts.map(widthOf)));

/** What a click on a title sorts by. */
const HEADINGS: Readonly<Partial<Record<string, string>>> = {
  name: 'name',
  size: 'size',
  share: 'size',
  used: 'used',
  age: 'age',
};

export function paintVolumeList(canvas: Canvas, rect: Rect, state: State, focused: boolean): void {
  const { sort, descending, position } = state.volumes;
  paintTable(canvas, rect, {
    columns: columnsOf(canvas, state),
    rows: volumeRows(state),
    position,
    focused,
    sort: { column: sort, descending },
    rowTarget: (volume) => ({ kind: 'entry', id: volumeKey(volume) }),
    headerTarget: ({ id }) => ({ kind: 'entry-column', id: HEADINGS[id] ?? '' }),
  });
}

/** The most that it may take, bytes; undefined without a limit or with one that says nothing. */
function limitOf({ options }: VolumeRow): number | undefined {
  const { size } = options;
  if (size === undefined) return undefined;
  try {
    return parseBytes(size, 'the size');
  } catch {
    return undefined;
  }
}

function columnsOf({ theme, glyphs }: Canvas, state: State): readonly Column<VolumeRow>[] {
  const { list = [], marks, columns, sizes } = state.volumes;
  const { byId } = state.containers;
  const largest = Math.max(1, ...list.map(({ name }) => sizeOf(sizes, name) ?? 0));
  const right = { align: 'right' } as const;
  const dim = (): Attr => theme.dim;
  const usersOf = ({ usedBy }: VolumeRow): string => usedBy.map(({ name }) => name).join(' ');
  const labelsOf = ({ labels }: VolumeRow): string => pairs(namedLabels(labels)).join(' ');
  const mark = (volume: VolumeRow): readonly Span[] => {
    const isAlive = volume.usedBy.some(({ id }) => isRunning(byId.get(id)?.state.status ?? 'exited'));
    const sign = volume.usedBy.length === 0 ? ' ' : isAlive ? glyphs.mark.running : glyphs.mark.stopped;
    return [
      { text: marks.has(volumeKey(volume)) ? glyphs.mark.marked : ' ', attr: theme.key },
      { text: sign, attr: isAlive ? theme.good : theme.dim },
    ];
  };
  const known: Readonly<Record<VolumeColumn, Column<VolumeRow>>> = {
    name: {
      id: 'name',
      title: 'NAME',
      min: 20,
      max: widest(list.map(shownName), 20, 48),
      priority: 0,
      cell: shownName,
      style: ({ note }) => (note === undefined ? theme.text : theme.notice),
    },
    size: {
      id: 'size',
      title: 'SIZE',
      min: 5,
      priority: 0,
      ...right,
      cell: ({ name }) => (sizes.get(name) === 'measuring' ? glyphs.ellipsis : bytes(sizeOf(sizes, name))),
      style: ({ name }) => (sizeOf(sizes, name) === undefined ? theme.dim : theme.text),
    },
    share: {
      id: 'share',
      title: '',
      min: 10,
      max: 30,
      priority: 3,
      cell:
        (volume) =>
        (view, { x, y, width }) => {
          const size = sizeOf(sizes, volume.name);
          const limit = limitOf(volume);
          if (size === undefined) return;
          if (limit === undefined)
            paintSizes(view, x, y, width, [{ share: size / largest, attr: theme.resource.io[0] }]);
          else paintMeter(view, x, y, width, size / limit, theme.resource.io);
        },
    },
    used: {
      id: 'used',
      title: 'USED BY',
      min: 12,
      max: widest(list.map(usersOf), 12, 36),
      priority: 1,
      cell: (volume) => usersOf(volume) || NOT_MEASURED,
      style: ({ usedBy }) => (usedBy.length === 0 ? theme.dim : theme.text),
    },
    age: {
      id: 'age',
      title: 'AGE',
      min: 4,
      priority: 2,
      ...right,
      cell: ({ created }) => age(state.now - Date.parse(created)),
      style: dim,
    },
    driver: { id: 'driver', title: 'DRIVER', min: 6, priority: 6, cell: ({ driver }) => driver, style: dim },
    limit: {
      id: 'limit',
      title: 'AT MOST',
      min: 7,
      priority: 4,
      ...right,
      cell: (volume) => bytes(limitOf(volume)),
      style: dim,
    },
    labels: {
      id: 'labels',
      title: 'LABELS',
      min: 10,
      max: widest(list.map(labelsOf), 10, 36),
      priority: 5,
      cell: labelsOf,
      style: dim,
    },
    where: {
      id: 'where',
      title: 'WHERE',
      min: 20,
      max: 70,
      priority: 7,
      cell: ({ mountpoint }) => mountpoint,
      style: dim,
    },
  };
  const names = columns.includes('name') ? columns : (['name', ...columns] as const);
  return [{ id: 'mark', title: '', min: 2, priority: 0, cell: mark }, ...names.map((name) => known[name])];
}
