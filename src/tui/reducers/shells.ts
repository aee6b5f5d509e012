// Shell tabs: opened, typed into, left, ended. The terminals themselves are with effects/shells.ts.
import { noticed, refuse, step, type Step } from '../actions.js';
import { controlByte } from '../config/index.js';
import { takesKeys } from '../keymap.js';
import type { Shell, State } from '../state.js';
import type { Handler } from './handler.js';
import { ask, one } from './verbs.js';
import { shellOf, showTab, showTable, withRowsChanged } from './view.js';

const withShells = (state: State, list: readonly Shell[]): State => ({ ...state, shells: { ...state.shells, list } });

export function withShell(state: State, number: number, change: Partial<Shell>): State {
  return withShells(
    state,
    state.shells.list.map((shell) => (shell.number === number ? { ...shell, ...change } : shell)),
  );
}

/** A new tab in front, and the effect that brings its terminal. */
export function openTab(
  state: State,
  { id, name }: { readonly id: string; readonly name: string },
  kind: Shell['kind'],
  input = kind === 'shell',
): Step {
  const number = state.shells.nextNumber;
  const shell: Shell = {
    number,
    containerId: id,
    containerName: name,
    kind,
    status: 'opening',
    input,
    title: kind === 'attach' ? 'attached' : 'shell',
    message: undefined,
    bell: false,
    marked: false,
  };
  const added = { ...state, shells: { ...state.shells, list: [...state.shells.list, shell], nextNumber: number + 1 } };
  return step(showTab(added, `shell:${number}`), { type: 'open-shell', number, id, kind });
}

const tabOf = (state: State, id: string, kind: Shell['kind']): Shell | undefined =>
  state.shells.list.find((shell) => shell.containerId === id && shell.kind === kind && shell.status !== 'ended');

/** `e`: to the shell of this container; where that is in front already, or there is none, a new one. */
const shell: Handler = (state) => {
  const container = one(state, 'exec');
  if (typeof container === 'string') return refuse(state, container);
  const existing = tabOf(state, container.id, 'shell');
  const isInFront = state.view.focus === 'tabs' && existing !== undefined && shellOf(state) === existing;
  return existing && !isInFront
    ? step(showTab(state, `shell:${existing.number}`))
    : openTab(state, { id: container.id, name: container.config.name }, 'shell');
};

const attach: Handler = (state) => {
  const container = one(state, 'attach');
  if (typeof container === 'string') return refuse(state, container);
  const existing = tabOf(state, container.id, 'attach');
  return existing
    ? step(showTab(state, `shell:${existing.number}`))
    : openTab(state, { id: container.id, name: container.config.name }, 'attach');
};

/** Enter in a shell's tab whose keys the dashboard has. */
const type: Handler = (state) => {
  const front = shellOf(state);
  if (!front) return refuse(state, 'There is no shell here.');
  if (front.status === 'ended') return close(state, front);
  if (takesKeys(front)) return step({ ...state, shells: { ...state.shells, captured: true } });
  const container = state.containers.byId.get(front.containerId);
  if (!container?.config.openStdin) {
    return refuse(
      state,
      `${front.containerName} has no standard input: it can be watched, not typed into (create it with -i).`,
    );
  }
  const asked = withShell(state, front.number, { status: 'opening', input: true });
  const captured = { ...asked, shells: { ...asked.shells, captured: true } };
  return step(noticed(captured, 'info', `Keys now go to ${front.containerName} itself.`), {
    type: 'attach-input',
    number: front.number,
    id: front.containerId,
  });
};

function close(state: State, { number }: Shell): Step {
  return step(withoutShell(state, number), { type: 'close-shell', number });
}

function withoutShell(state: State, number: number): State {
  const wasInFront = shellOf(state)?.number === number;
  const rest = withShells(
    state,
    state.shells.list.filter((shell) => shell.number !== number),
  );
  const panes = state.split.panes.filter((tab) => tab !== `shell:${number}`);
  const split =
    panes.length === state.split.panes.length
      ? state.split
      : { ...state.split, panes, shares: panes.map(() => 1 / panes.length), alone: false };
  // One that is gone gets no keys; typing into one is no broadcast.
  const broadcast = state.shells.broadcast.filter((one) => one !== number);
  const left = { ...rest, split, shells: { ...rest.shells, broadcast: broadcast.length > 1 ? broadcast : [] } };
  if (!wasInFront) return withRowsChanged(left);
  if (panes.length > 0 && split !== state.split) return showTab(left, panes[0]!);
  return showTable({ ...left, view: { ...left.view, tab: 'graphs', zoomed: false } });
}

const closeShell: Handler = (state) => {
  const front = shellOf(state);
  if (!front) return refuse(state, 'There is no shell here.');
  if (front.kind === 'attach' || front.status !== 'open') return close(state, front);
  return ask(
    state,
    `close the shell in ${front.containerName}?`,
    [{ text: 'What runs in it is hung up.' }, { text: 'The container runs on.', tone: 'dim' }],
    { label: 'Close', effects: [{ type: 'close-shell', number: front.number }] },
  );
};

export const shellCommands = {
  shell,
  attach,
  type,
  'close-shell': closeShell,
  release: (state) => {
    const wasMany = state.shells.broadcast.length > 0;
    const released = { ...state, shells: { ...state.shells, captured: false, broadcast: [] } };
    return step(wasMany ? noticed(released, 'good', 'Typing goes to one shell again.') : released);
  },
  'send-escape-key': (state) => {
    const front = shellOf(state);
    if (!front || !takesKeys(front)) return refuse(state, 'This shell takes no keys.');
    const captured = { ...state, shells: { ...state.shells, captured: true } };
    return step(captured, {
      type: 'shell-key',
      number: front.number,
      bytes: String.fromCharCode(controlByte(state.keymap.escapeKey) ?? 0x1d),
    });
  },
} satisfies Record<string, Handler>;

export function shellOpened(state: State, number: number, title: string, input: boolean): State {
  return withShell(state, number, { status: 'open', input, title });
}

export const shellTitled = (state: State, number: number, title: string): State => withShell(state, number, { title });

/** A bell in a tab that is not in front is a mark on it; in front of one's eyes it needs none. */
export const shellRang = (state: State, number: number): State =>
  shellOf(state)?.number === number ? state : withShell(state, number, { bell: true });

export function shellEnded(state: State, number: number, message: string, clean: boolean): State {
  const ended = state.shells.list.find((shell) => shell.number === number);
  if (!ended) return state;
  if (!clean) {
    const broadcast = state.shells.broadcast.filter((one) => one !== number);
    const told = withShell(state, number, { status: 'ended', input: false, message });
    return { ...told, shells: { ...told.shells, broadcast: broadcast.length > 1 ? broadcast : [] } };
  }
  return noticed(withoutShell(state, number), 'info', message);
}
