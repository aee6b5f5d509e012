// Several tabs at once: shells side by side or one above the other, typing that goes to all of them, borders that are dragged.
import { noticed, refuse, step, type Action, type Step } from '../actions.js';
import { takesKeys } from '../keymap.js';
import { isSplit, layoutOf, PANE_LEAST, panesOf } from '../layout.js';
import { plural } from '../present/units.js';
import type { Shell, SplitSlice, State, TabId } from '../state.js';
import type { Handler } from './handler.js';
import { openTab, withShell } from './shells.js';
import { settled } from './table.js';
import { ask, namesOf, one } from './verbs.js';
import { shellOf, showTab } from './view.js';

const MAX_PANES = 4;

const withSplit = (state: State, split: Partial<SplitSlice>): State => ({
  ...state,
  split: { ...state.split, ...split },
});

const evenly = (count: number): readonly number[] => Array.from({ length: count }, () => 1 / count);

const tabOf = ({ number }: Shell): TabId => `shell:${number}`;

const withPanes = (state: State, panes: readonly TabId[], direction: SplitSlice['direction']): State =>
  withSplit(state, { panes, direction, shares: evenly(panes.length), alone: false });

/** Whether so many panes can be read in the room there is; else the sentence that says why not. */
function noRoom(state: State, count: number, direction: SplitSlice['direction']): string | undefined {
  const view = { ...state.view, page: 'overview', focus: 'tabs' } as const;
  const layout = layoutOf({ ...state, view });
  const { width, height } = layout.tabs ?? layout.body;
  const fits = direction === 'side' ? width >= count * PANE_LEAST.columns : height >= count * PANE_LEAST.rows;
  return fits
    ? undefined
    : `There is no room for ${count} panes ${direction === 'side' ? 'side by side' : 'one above the other'}.`;
}

function split(direction: SplitSlice['direction']): Handler {
  return (state) => {
    if (state.view.page !== 'overview') return refuse(state, 'This page cannot be split; esc leaves it.');
    const marked = state.shells.list.filter((shell) => shell.marked).map(tabOf);
    if (marked.length > 1) return showMarked(state, marked, direction);
    const panes = isSplit(state) ? state.split.panes : [state.view.tab];
    if (panes.length >= MAX_PANES) return refuse(state, `${MAX_PANES} panes are the most.`);
    const full = noRoom(state, panes.length + 1, direction);
    if (full !== undefined) return refuse(state, full);
    const front = shellOf(state);
    const container = front === undefined ? one(state, 'exec') : state.containers.byId.get(front.containerId);
    if (container === undefined) return refuse(state, 'The container of this shell is gone.');
    if (typeof container === 'string') return refuse(state, container);
    const opened = openTab(state, { id: container.id, name: container.config.name }, 'shell');
    return step(settled(withPanes(opened.state, [...panes, opened.state.view.tab], direction)), ...opened.effects);
  };
}

function showMarked(state: State, marked: readonly TabId[], direction: SplitSlice['direction']): Step {
  const panes = marked.slice(0, MAX_PANES);
  const full = noRoom(state, panes.length, direction);
  if (full !== undefined) return refuse(state, full);
  const front = panes.includes(state.view.tab) ? state.view.tab : panes[0]!;
  const shown = settled(showTab(withPanes(state, panes, direction), front));
  return step(
    marked.length > MAX_PANES
      ? noticed(shown, 'info', `${MAX_PANES} panes are the most; the others are in their tabs.`)
      : shown,
  );
}

const nextSplit: Handler = (state) => {
  if (!isSplit(state)) return refuse(state, 'There is one pane; | and " split it.');
  const { panes } = state.split;
  return step(showTab(state, panes[(panes.indexOf(state.view.tab) + 1) % panes.length]!));
};

const unsplit: Handler = (state) =>
  state.split.panes.length < 2
    ? refuse(state, 'There is one pane; | and " split it.')
    : step(settled(withSplit(state, { panes: [], shares: [], alone: false })));

const markShell: Handler = (state) => {
  const front = shellOf(state);
  if (!front) return refuse(state, 'There is no shell here.');
  return step(withShell(state, front.number, { marked: !front.marked }));
};

/** Whom typing would go to: the marked shells, else those of the split. */
function audience(state: State): readonly Shell[] {
  const marked = state.shells.list.filter((shell) => shell.marked);
  const chosen =
    marked.length > 0 ? marked : isSplit(state) ? state.split.panes.flatMap((tab) => shellOf(state, tab) ?? []) : [];
  return chosen.filter(takesKeys);
}

const broadcast: Handler = (state) => {
  const shells = audience(state);
  if (shells.length < 2)
    return refuse(state, 'Typing into many needs at least two shells: mark them with space, or split with |.');
  const containers = shells.flatMap(({ containerId }) => state.containers.byId.get(containerId) ?? []);
  const where = namesOf([...new Set(containers)]);
  return ask(
    state,
    `type into ${plural(shells.length, 'shell')} at once?`,
    [
      { text: `Every key and every paste goes to all of them, in ${where}, until ctrl-] stops it.`, tone: 'notice' },
      { text: 'What is typed at a password prompt or a yes-or-no is typed in all of them.', tone: 'dim' },
    ],
    { label: 'Broadcast', effects: [{ type: 'broadcast', numbers: shells.map(({ number }) => number) }] },
  );
};

export const splitCommands = {
  'split-side': split('side'),
  'split-below': split('below'),
  'next-split': nextSplit,
  unsplit,
  'mark-shell': markShell,
  broadcast,
} satisfies Record<string, Handler>;

/** It was agreed to: the keys go to all of them. */
export function broadcasting(state: State, numbers: readonly number[]): State {
  const alive = numbers.filter((number) =>
    state.shells.list.some((shell) => shell.number === number && takesKeys(shell)),
  );
  if (alive.length < 2) return noticed(state, 'warning', 'There is only one shell left to type into.');
  const front = shellOf(state)?.number;
  const shown = front !== undefined && alive.includes(front) ? state : showTab(state, `shell:${alive[0]!}`);
  return { ...shown, shells: { ...shown.shells, broadcast: alive, captured: true } };
}

/** Who gets what is typed into a shell: itself, or all that it is broadcast to. */
export function listeners({ shells }: State, number: number): readonly number[] {
  return shells.broadcast.includes(number) ? shells.broadcast : [number];
}

/** What every border says while typing goes to many; undefined while it does not. */
export const alarmOf = ({ shells }: State): string | undefined =>
  shells.broadcast.length > 0 ? `TYPING GOES TO ${shells.broadcast.length} SHELLS · ctrl-] stops` : undefined;

/** A border was dragged: what lies on both its sides shares the room anew. */
export function dragged(state: State, { border, x, y }: Extract<Action, { type: 'drag' }>): State {
  const { body, table, tabs } = layoutOf(state);
  if (border === 'table') {
    if (!table || !tabs) return state;
    // As far as a saved layout can hold it.
    const tableShare = Math.max(15, Math.min(85, ((y - body.y) / body.height) * 100));
    return settled({ ...state, view: { ...state.view, tableShare: Math.round(tableShare * 10) / 10 } });
  }
  const panes = panesOf(state);
  const [first, second] = [panes[border], panes[border + 1]];
  if (!first || !second) return state;
  const isSide = state.split.direction === 'side';
  const whole = panes.reduce((sum, { rect }) => sum + (isSide ? rect.width : rect.height), 0);
  const from = isSide ? first.rect.x : first.rect.y;
  const to = isSide ? second.rect.x + second.rect.width : second.rect.y + second.rect.height;
  const least = isSide ? PANE_LEAST.columns : PANE_LEAST.rows;
  const at = Math.max(from + least, Math.min(to - least, isSide ? x : y));
  const lengths = panes.map(({ rect }, i) =>
    i === border ? at - from : i === border + 1 ? to - at : isSide ? rect.width : rect.height,
  );
  return withSplit(state, { shares: lengths.map((length) => length / whole) });
}
