// A page that lists things of one kind: the frame of its list, and below it that of the tabs about the selected one. What stands in
// them is painted by who knows the kind.
import type { CataloguePanes } from '../catalogue.js';
import type { CommandName } from '../keymap.js';
import { alarmOf } from '../reducers/splits.js';
import { truncate, type Canvas, type Rect } from '../screen/index.js';
import type { CatalogueSlice, State } from '../state.js';
import { paintFrame, type Title } from '../widgets/index.js';
import { paintChoices } from './empty.js';
import { hintsOf } from './hints.js';

export interface PaintedCatalogue<Tab extends string> {
  /** "images" */
  readonly noun: string;
  readonly slice: CatalogueSlice<unknown, string, string, Tab>;
  readonly panes: CataloguePanes;
  /** how many rows pass the filter */
  readonly shown: number;
  /** at the right of the list's border */
  readonly sum: string | undefined;
  /** what is said, and what can be done, where there is nothing */
  readonly nothing: { readonly sentence: string; readonly choices: readonly (readonly [CommandName, string])[] };
  readonly paintRows: (rect: Rect, focused: boolean) => void;
  readonly tabs: readonly { readonly id: Tab; readonly text: string }[];
  /** at the right of the border of the tabs: what they are about */
  readonly remark: string | undefined;
  readonly paintTab: (rect: Rect, focused: boolean) => void;
}

/** Cells of the widest of the choices. */
const CHOICES_CELLS = 84;

export function paintCatalogue<Tab extends string>(canvas: Canvas, state: State, painted: PaintedCatalogue<Tab>): void {
  const { list, pane } = painted.panes;
  if (list !== undefined) paintList(canvas, list, state, painted);
  if (pane !== undefined) paintPane(canvas, pane, state, painted);
}

function paintList<Tab extends string>(canvas: Canvas, rect: Rect, state: State, painted: PaintedCatalogue<Tab>): void {
  const { slice, sum, nothing, paintRows } = painted;
  const focused = slice.focus === 'list' && state.overlay === undefined;
  const alarm = alarmOf(state);
  const inner = paintFrame(canvas, rect, {
    titles: listTitles(canvas, painted),
    focused,
    keys: hintsOf(state, canvas.glyphs),
    ...(sum === undefined ? {} : { right: sum }),
    ...(alarm === undefined ? {} : { alarm }),
  });
  canvas.region(inner, { kind: 'text' }, true);
  canvas.region(inner, { kind: 'entries' });
  const view = canvas.within(inner);
  const { list, error } = slice;
  if (error !== undefined) {
    view.text(inner.x + 1, inner.y + 1, truncate(error, inner.width - 2, canvas.glyphs.ellipsis), canvas.theme.error);
    return;
  }
  if (list === undefined) return;
  if (list.length === 0) {
    const x = inner.x + Math.max(2, Math.floor((inner.width - CHOICES_CELLS) / 2) - 1);
    const y = inner.y + Math.max(1, Math.floor(inner.height / 3) - 1);
    paintChoices(view, x, y, state, nothing.sentence, nothing.choices);
    return;
  }
  const area = { ...inner, x: inner.x + 1, width: inner.width - 2 };
  paintRows(area, focused);
  if (painted.shown === 0)
    canvas
      .within(area)
      .text(area.x + 2, area.y + 1, `Nothing fits /${slice.filter.text}; esc clears the filter.`, canvas.theme.dim);
}

function listTitles<Tab extends string>(
  { glyphs }: Canvas,
  { noun, slice, shown }: PaintedCatalogue<Tab>,
): readonly Title[] {
  const { list = [], filter, sort, descending, marks } = slice;
  return [
    {
      text:
        list.length === 0 ? noun : shown === list.length ? `${noun} ${shown}` : `${noun} ${shown} of ${list.length}`,
      number: 1,
      target: { kind: 'entries' },
    },
    {
      text: `sort ${sort} ${descending ? glyphs.descending : glyphs.ascending}`,
      target: { kind: 'command', id: 'sort' },
    },
    ...(filter.editing || filter.text !== ''
      ? [{ text: `/${filter.text}${filter.editing ? '_' : ''}`, target: { kind: 'command', id: 'filter' } }]
      : []),
    ...(marks.size > 0 ? [{ text: `${marks.size} marked`, target: { kind: 'command', id: 'clear-marks' } }] : []),
  ];
}

function paintPane<Tab extends string>(canvas: Canvas, rect: Rect, state: State, painted: PaintedCatalogue<Tab>): void {
  const { slice, tabs, remark, paintTab } = painted;
  const focused = slice.focus === 'pane' && state.overlay === undefined;
  const alarm = alarmOf(state);
  const inner = paintFrame(canvas, rect, {
    titles: tabs.map(({ id, text }, i): Title => ({
      text,
      number: i + 2,
      active: id === slice.tab,
      target: { kind: 'entry-tab', id },
    })),
    focused,
    keys: hintsOf(state, canvas.glyphs),
    ...(remark === undefined ? {} : { right: remark }),
    ...(alarm === undefined ? {} : { alarm }),
  });
  canvas.region(inner, { kind: 'text' }, true);
  canvas.region(inner, { kind: 'entry-tab', id: slice.tab });
  paintTab(inner, focused);
}
