// What holds of the dashboard whatever was done: nothing in the state points at what is not there, and its frame can be read.
import assert from 'node:assert/strict';
import { imageRows } from '../../src/tui/image-rows.js';
import { keyOf } from '../../src/tui/images/sharing.js';
import { layoutOf, MIN_COLUMNS, MIN_ROWS, panesOf } from '../../src/tui/layout.js';
import { rowsOf } from '../../src/tui/rows.js';
import { contains, type Canvas } from '../../src/tui/screen/index.js';
import { FIXED_TABS, type State, type TabId } from '../../src/tui/state.js';
import { idsIn } from './touched.js';

export function assertStands(state: State): void {
  assertTable(state);
  assertPanes(state);
  assertOverlay(state);
  assertImages(state);
  const { pending, byId, list } = state.containers;
  assert.deepEqual([...byId.keys()], list.map(({ id }) => id), 'containers are known by their ids'); // prettier-ignore
  assert.deepEqual([...pending.keys()], [], 'what was answered is no longer being done');
  const { until, pinned } = state.graphs;
  assert.ok(until === undefined || until <= state.now, 'nobody looks at the future');
  assert.ok(pinned === undefined || pinned <= state.now);
}

function assertTable(state: State): void {
  const { selected, position, marks } = state.table;
  const rows = rowsOf(state);
  if (rows.length === 0) assert.equal(selected, undefined, 'nothing is selected where there is nothing');
  else assert.equal(selected, rows[position.selected]?.key, 'what is selected stands where it is said to stand');
  for (const id of marks) assert.ok(state.containers.byId.has(id), `${id} is marked and not there`);
}

function assertPanes(state: State): void {
  const { view, split, shells, size } = state;
  const exists = (tab: TabId): boolean =>
    (FIXED_TABS as readonly string[]).includes(tab) || shells.list.some(({ number }) => tab === `shell:${number}`);
  assert.ok(exists(view.tab), `the tab ${view.tab} is in front and not there`);
  for (const tab of split.panes) assert.ok(exists(tab), `the pane ${tab} is not there`);
  assert.equal(new Set(split.panes).size, split.panes.length, 'a tab is in one pane');
  assert.equal(split.shares.length, split.panes.length);
  if (split.panes.length > 0) {
    const whole = split.shares.reduce((sum, share) => sum + share, 0);
    assert.ok(Math.abs(whole - 1) < 1e-6 && split.shares.every((share) => share > 0), `shares: ${split.shares.join(' ')}`); // prettier-ignore
  }
  for (const number of shells.broadcast) {
    const shell = shells.list.find((one) => one.number === number);
    assert.ok(shell && shell.status !== 'ended', `typing goes to shell ${number}, which is not there`);
  }
  assert.notEqual(shells.broadcast.length, 1, 'typing into many goes to more than one');
  if (view.page !== 'overview' || size.columns < MIN_COLUMNS || size.rows < MIN_ROWS) return;
  const layout = layoutOf(state);
  assert.ok(view.focus === 'table' || layout.tabs !== undefined, 'the focus is on what is to be seen');
  assert.ok(view.focus === 'tabs' || layout.table !== undefined, 'the focus is on what is to be seen');
  for (const { rect } of layout.tabs === undefined ? [] : panesOf(state)) {
    const { x, y, width, height } = rect;
    assert.ok(x >= 0 && y >= 0 && x + width <= size.columns && y + height <= size.rows, 'panes are on the screen');
    assert.ok(width > 2 && height > 2, 'panes have room');
  }
}

function assertOverlay(state: State): void {
  const { overlay, containers } = state;
  const isThere = (id: string): boolean => containers.byId.has(id);
  if (overlay?.kind === 'limits') assert.ok(overlay.ids.some(isThere), 'limits are of somebody who is there');
  if (overlay?.kind === 'form') assert.ok(overlay.subject === undefined || isThere(overlay.subject), 'a form is about somebody who is there'); // prettier-ignore
  if (overlay?.kind === 'form' || overlay?.kind === 'limits') assert.equal(overlay.busy, false, 'what was answered is no longer asked'); // prettier-ignore
  if (overlay?.kind !== 'question') return;
  const ids = idsIn(overlay.answers.flatMap(({ effects }) => effects));
  assert.ok(ids.length === 0 || ids.some(isThere), `“${overlay.title}” is about nobody who is there`);
}

function assertImages(state: State): void {
  const { list = [], selected, position, marks } = state.images;
  const rows = imageRows(state);
  const known = new Set(list.map(keyOf));
  const row = rows[position.selected];
  if (state.images.list !== undefined)
    assert.equal(
      selected,
      row === undefined ? undefined : keyOf(row),
      'the image that is selected stands where it is said to',
    );
  for (const key of marks) assert.ok(known.has(key), `${key} is marked and not there`);
  const { jobs } = state;
  for (const { number } of jobs.list) assert.ok(number < jobs.nextNumber, 'a job has a number of its own');
  assert.equal(new Set(jobs.list.map(({ number }) => number)).size, jobs.list.length);
}

/** Every row is as wide as the screen, and no cell holds what a terminal would obey. */
export function assertReadable(canvas: Canvas): void {
  for (let y = 0; y < canvas.height; y++) {
    let isHalf = false;
    for (let x = 0; x < canvas.width; x++) {
      const [, text] = canvas.cell(x, y)!;
      assert.ok(text !== '' || isHalf || x > 0, 'a row begins with a whole character');
      assert.doesNotMatch(text, /[\u0000-\u001f\u007f-\u009f]/, `a control character at ${x},${y}`);
      isHalf = text !== '' && !isHalf;
    }
    assert.equal(canvas.cell(canvas.width, y), undefined, 'nothing is outside');
  }
  assert.equal(canvas.cell(0, canvas.height), undefined, 'nothing is outside');
  const { cursor } = canvas;
  assert.ok(cursor === undefined || contains(canvas.rect, cursor.x, cursor.y), 'the cursor is on the screen');
}
