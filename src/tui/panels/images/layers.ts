// How an image came to be, newest first, as its layers lie on each other: each line of its history with the bytes of its layer as
// a bar, and beside it, where there is room, the layers as a stack as high as they are large.
import { selectedImage } from '../../image-rows.js';
import type { ImageRow } from '../../images/port.js';
import { sharedBytes } from '../../images/sharing.js';
import { sharersShort, type HistoryRow } from '../../present/image.js';
import { age, bytes, plural } from '../../present/units.js';
import { layerRows, panePosition } from '../../reducers/images.js';
import { truncate, widthOf, type Canvas, type Rect } from '../../screen/index.js';
import type { State } from '../../state.js';
import { paintSizes } from '../../widgets/index.js';
import { ownAttr, sharedAttr } from './list.js';

/** Below this width there is no room for a stack beside the lines. */
const STACK_COLUMNS = 116;
const STACK_CELLS = 25;
const BLOCK_CELLS = 12;
const BAR_CELLS = { narrow: 10, wide: 20 } as const;
const WIDE_COLUMNS = 90;
const SIZE_CELLS = 5;
const AGE_CELLS = 5;
const SHARED_CELLS = 28;
/** Lines above the rows: what all of it is. */
const HEAD_ROWS = 1;

export function paintLayers(canvas: Canvas, rect: Rect, state: State, focused: boolean): void {
  const { theme, glyphs } = canvas;
  const image = selectedImage(state);
  const view = canvas.within(rect);
  if (image === undefined) {
    view.text(rect.x + 1, rect.y, 'No image is selected.', theme.dim);
    return;
  }
  const { details } = state.images;
  if (details?.id === image.id && 'failed' in details.found)
    view.text(rect.x + 1, rect.y, truncate(details.found.failed, rect.width - 2, glyphs.ellipsis), theme.error);
  else paintHead(view, rect, state, image);
  const rows = layerRows(state);
  const stack = rect.width >= STACK_COLUMNS ? STACK_CELLS : 0;
  const body = { ...rect, y: rect.y + HEAD_ROWS, height: rect.height - HEAD_ROWS };
  paintHistory(canvas, { ...body, width: body.width - stack }, state, rows, focused);
  if (stack > 0) paintStack(canvas, { ...body, x: body.x + body.width - stack + 2, width: stack - 3 }, state, rows);
}

function paintHead(view: Canvas, rect: Rect, state: State, image: ImageRow): void {
  const { theme } = view;
  const shared = sharedBytes(state.images.list ?? [], image);
  view.spans(
    rect.x + 1,
    rect.y,
    [
      { text: bytes(image.sizeBytes), attr: theme.strong },
      { text: ` in ${plural(image.layers.length, 'layer')}   `, attr: theme.dim },
      { text: bytes(image.sizeBytes - shared), attr: ownAttr(theme) },
      { text: ' its own   ', attr: theme.dim },
      { text: bytes(shared), attr: theme.text },
      { text: ' shared   the newest is on top', attr: theme.dim },
    ],
    rect.width - 2,
  );
}

function paintHistory(canvas: Canvas, rect: Rect, state: State, rows: readonly HistoryRow[], focused: boolean): void {
  const { theme, glyphs } = canvas;
  const view = canvas.within(rect);
  const position = panePosition(state, 'layers');
  const largest = Math.max(1, ...rows.map(({ line }) => line.layer?.sizeBytes ?? 0));
  const isWide = rect.width >= WIDE_COLUMNS;
  const bar = isWide ? BAR_CELLS.wide : BAR_CELLS.narrow;
  const numbers = String(rows.length).length;
  for (let i = 0; i < rect.height; i++) {
    const row = rows[position.top + i];
    if (row === undefined) break;
    const y = rect.y + i;
    const { line, layerNumber, instruction, sharers } = row;
    let x = rect.x + 1;
    view.text(x, y, (layerNumber === undefined ? '' : String(layerNumber)).padStart(numbers), theme.dim);
    x += numbers + 1;
    const size = line.layer?.sizeBytes;
    const low = sharers.length > 0;
    const attr = low ? sharedAttr(theme) : ownAttr(theme);
    if (size !== undefined) paintSizes(view, x, y, bar, [{ share: size / largest, attr, low }]);
    x += bar + 1;
    view.text(x, y, (size === undefined ? '' : bytes(size)).padStart(SIZE_CELLS), size === 0 ? theme.dim : theme.text);
    x += SIZE_CELLS + 1;
    const at = Date.parse(line.created ?? '');
    view.text(x, y, (Number.isNaN(at) ? '' : age(state.now - at)).padStart(AGE_CELLS), theme.dim);
    x += AGE_CELLS + 2;
    const names = sharersShort(sharers);
    const aside = isWide && names !== '' ? Math.min(SHARED_CELLS, widthOf(names)) + 2 : 0;
    const end = rect.x + rect.width - 1;
    const isSetting = size === undefined;
    x += view.text(x, y, instruction.word === '' ? '' : `${instruction.word} `, isSetting ? theme.dim : theme.strong);
    const rest = instruction.word === '' && instruction.rest === '' ? 'not told how' : instruction.rest;
    view.text(x, y, truncate(rest, end - aside - x, glyphs.ellipsis), isSetting ? theme.dim : theme.text);
    if (aside > 0) view.text(end - aside + 2, y, truncate(names, SHARED_CELLS, glyphs.ellipsis), theme.dim);
    const whole = { x: rect.x, y, width: rect.width, height: 1 };
    canvas.region(whole, { kind: 'entry-line', id: 'layers', index: position.top + i });
    if (position.top + i === position.selected) view.restyle(whole, (attr) => theme.selected(attr, focused));
  }
}

/** How many rows each layer has: one at least, more by its size; of more layers than rows the lowest are left out. */
export function stackRows(sizes: readonly number[], height: number): readonly number[] {
  const shown = sizes.slice(0, Math.max(0, height));
  const rows = shown.map(() => 1);
  let spare = height - shown.length;
  const total = shown.reduce((sum, size) => sum + size, 0);
  if (total === 0) return rows;
  const wanted = shown.map((size) => (size / total) * height);
  while (spare > 0) {
    // The one that is furthest below what its size would give it.
    let least = 0;
    for (let i = 1; i < rows.length; i++) if (wanted[i]! / rows[i]! > wanted[least]! / rows[least]!) least = i;
    if (wanted[least]! <= rows[least]!) break;
    rows[least]! += 1;
    spare -= 1;
  }
  return rows;
}

function paintStack(canvas: Canvas, rect: Rect, state: State, rows: readonly HistoryRow[]): void {
  const { theme, glyphs } = canvas;
  const view = canvas.within(rect);
  const layers = rows.flatMap((row, index) =>
    row.line.layer === undefined ? [] : [{ row, index, layer: row.line.layer }],
  );
  const heights = stackRows(layers.map(({ layer }) => layer.sizeBytes), rect.height); // prettier-ignore
  const numbers = String(layers.length).length;
  const selected = panePosition(state, 'layers').selected;
  // It stands on the ground, as layers do.
  let y = rect.y + rect.height - heights.reduce((sum, rowsOf) => sum + rowsOf, 0);
  heights.forEach((height, i) => {
    const { row, index, layer } = layers[i]!;
    const isSelected = index === selected;
    // Which one it is that the line speaks of is seen at once.
    const attr = isSelected ? ownAttr(theme) : sharedAttr(theme);
    for (let line = 0; line < height; line++) {
      // The gap at the top of each tells it from the one above.
      const cell = glyphs.heights[line === 0 ? 7 : 8]!;
      for (let x = 0; x < BLOCK_CELLS; x++) view.put(rect.x + 1 + x, y + line, cell, attr);
    }
    const label = `${String(row.layerNumber).padStart(numbers)} ${bytes(layer.sizeBytes).padStart(4)}`;
    view.text(rect.x + BLOCK_CELLS + 2, y, label, isSelected ? theme.strong : theme.dim);
    canvas.region({ x: rect.x, y, width: rect.width, height }, { kind: 'entry-line', id: 'layers', index });
    y += height;
  });
}
