// Where the panes stand for a size of the terminal. Pure; reducers ask it for the height of what they scroll.
import { rowsOf } from './rows.js';
import type { Rect } from './screen/index.js';
import type { State, TabId } from './state.js';

export const MIN_COLUMNS = 80;
export const MIN_ROWS = 24;
/** Below either of these one pane has the whole screen, and Enter and Esc go to and fro. */
const WIDE_COLUMNS = 100;
const WIDE_ROWS = 30;

/** Borders and the line of column names. */
const TABLE_FRAME_ROWS = 3;
const TABLE_MIN_ROWS = 9;
/** The table takes what its rows need, up to this share, so that the graphs below keep room. */
const TABLE_SHARE = 0.45;
/** Where the share was chosen, neither pane is lower than this. */
const LEAST_ROWS = 5;

/** Below these a pane of a split shows nothing that can be read. */
export const PANE_LEAST = { columns: 20, rows: 5 } as const;

export interface Layout {
  readonly tooSmall: boolean;
  /** one pane at a time */
  readonly narrow: boolean;
  readonly header: Rect;
  readonly notice: Rect;
  readonly body: Rect;
  /** on the overview; one of the two is absent where the other has the whole body */
  readonly table?: Rect;
  readonly tabs?: Rect;
}

/** Whether there is nothing that tabs could be about. */
export const isEmpty = ({ containers, shells }: State): boolean =>
  containers.list.length === 0 && shells.list.length === 0;

export function layoutOf(state: State): Layout {
  const { columns, rows } = state.size;
  const narrow = columns < WIDE_COLUMNS || rows < WIDE_ROWS;
  const line = (y: number): Rect => ({ x: 0, y, width: columns, height: 1 });
  const body: Rect = { x: 0, y: 2, width: columns, height: Math.max(0, rows - 2) };
  const base = { tooSmall: columns < MIN_COLUMNS || rows < MIN_ROWS, narrow, header: line(0), notice: line(1), body };
  if (state.view.page !== 'overview') return base;
  const alone = narrow || state.view.zoomed;
  if (isEmpty(state) || (alone && state.view.focus === 'table')) return { ...base, table: body };
  if (alone) return { ...base, tabs: body };
  const { tableShare } = state.view;
  const wanted = rowsOf(state).length + TABLE_FRAME_ROWS;
  const height =
    tableShare === undefined
      ? Math.max(TABLE_MIN_ROWS, Math.min(wanted, Math.floor(body.height * TABLE_SHARE)))
      : Math.max(LEAST_ROWS, Math.min(body.height - LEAST_ROWS, Math.round((body.height * tableShare) / 100)));
  return {
    ...base,
    table: { ...body, height },
    tabs: { ...body, y: body.y + height, height: body.height - height },
  };
}

export interface PlacedPane {
  readonly tab: TabId;
  readonly rect: Rect;
}

/** Whether several tabs are shown at once now. */
export const isSplit = ({ split, view }: State): boolean =>
  split.panes.length > 1 && !split.alone && split.panes.includes(view.tab);

/** The panes of the tabs: one, or those of the split in the room that each has. */
export function panesOf(state: State, room: Rect | undefined = layoutOf(state).tabs): readonly PlacedPane[] {
  if (!room) return [];
  if (!isSplit(state)) return [{ tab: state.view.tab, rect: room }];
  const { panes, shares, direction } = state.split;
  const isSide = direction === 'side';
  const total = isSide ? room.width : room.height;
  const least: number = isSide ? PANE_LEAST.columns : PANE_LEAST.rows;
  let from = 0;
  return panes.map((tab, i): PlacedPane => {
    const after = (panes.length - i - 1) * least;
    const wanted = i === panes.length - 1 ? total - from : Math.round(total * (shares[i] ?? 0));
    const length = Math.max(0, Math.min(Math.max(least, wanted), total - from - after));
    const rect = isSide ? { ...room, x: room.x + from, width: length } : { ...room, y: room.y + from, height: length };
    from += length;
    return { tab, rect };
  });
}

/** Where a tab is, or would be if it were in front. */
export function paneRect(state: State, tab: TabId = state.view.tab): Rect {
  const view = { ...state.view, page: 'overview', focus: 'tabs', tab } as const;
  const shown = { ...state, view };
  const layout = layoutOf(shown);
  const room = layout.tabs ?? layout.body;
  return panesOf(shown, room).find((pane) => pane.tab === tab)?.rect ?? room;
}

/** Rows of containers that the table has room for. */
export const tableRows = (layout: Layout): number => Math.max(1, (layout.table?.height ?? 0) - TABLE_FRAME_ROWS);

/** The inside of a framed pane. */
export function inside(rect: Rect): Rect {
  return { x: rect.x + 1, y: rect.y + 1, width: Math.max(0, rect.width - 2), height: Math.max(0, rect.height - 2) };
}

/** Least cells of a tile in the grid: a name and four graphs that can be read. */
const TILE = { columns: 36, rows: 6 };

export interface GridShape {
  readonly columns: number;
  /** rows of tiles that are in sight */
  readonly rows: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
}

/** How wide a tile is best for its height, in cells: about three to two for the eye, as cells are twice as high as wide. */
const TILE_SHAPE = 3;

/**
 * How tiles are laid out: where all can be in sight, in as many columns as give tiles of a good shape; else in as many as have
 * room.
 */
export function gridShape(size: { readonly width: number; readonly height: number }, count: number): GridShape {
  const most = Math.max(1, Math.min(Math.floor(size.width / TILE.columns), count));
  const linesOf = (columns: number): number => Math.max(1, Math.ceil(count / columns));
  const far = (columns: number): number =>
    Math.abs(Math.log((size.width * linesOf(columns)) / (columns * size.height * TILE_SHAPE)));
  const columns = Array.from({ length: most }, (_, i) => most - i)
    .filter((some) => some === most || linesOf(some) * TILE.rows <= size.height)
    .reduce((best, other) => (far(other) < far(best) ? other : best));
  const rows = Math.max(1, Math.min(linesOf(columns), Math.floor(size.height / TILE.rows)));
  return {
    columns,
    rows,
    tileWidth: Math.floor(size.width / columns),
    tileHeight: Math.max(1, Math.floor(size.height / rows)),
  };
}
