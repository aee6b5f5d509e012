// The open connections of the container in front: what came of asking, and what one of them is.
import { refuse, step, type Action } from '../actions.js';
import { openRows } from '../network-pane.js';
import { STATE_WORDS, type ConnectionRow } from '../present/network.js';
import { bytes } from '../present/units.js';
import type { State } from '../state.js';
import { fitPosition, LIST_START } from '../widgets/index.js';
import type { Handler } from './handler.js';
import { goTo } from './palette.js';
import { showTab } from './view.js';

export function connectionsCame(state: State, { id, found }: Extract<Action, { type: 'connections' }>): State {
  const isSame = state.connections.id === id;
  const position = isSame ? state.connections.position : LIST_START;
  if (found !== undefined && 'message' in found)
    return { ...state, connections: { id, found: undefined, error: found.message, position } };
  const next = { ...state, connections: { id, found, error: undefined, position } };
  // What was closed meanwhile has no line any more.
  const fitted = fitPosition(position, openRows(next).length, Math.max(1, state.size.rows));
  return { ...next, connections: { ...next.connections, position: fitted } };
}

const endWords = ({ address, port }: { readonly address: string; readonly port: number }): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

function aboutLines({ socket, way, who, over }: ConnectionRow): readonly string[] {
  const { protocol, local, remote, state, sendQueueBytes, receiveQueueBytes, uid } = socket;
  return [
    `${protocol}   ${STATE_WORDS[state]} (${state})`,
    way === 'listens'
      ? `listens on ${endWords(local)} for ${who}`
      : `${endWords(local)} ${way === 'in' ? 'was come to from' : 'has gone to'} ${endWords(remote)}: ${who}${over === '' ? '' : ` over ${over}`}`,
    ...(way === 'listens' ? [] : [`${bytes(sendQueueBytes)} wait to be sent, ${bytes(receiveQueueBytes)} to be read`]),
    `opened by user ${uid}`,
  ];
}

const openConnection: Handler = (state) => {
  const row = openRows(state)[state.connections.position.selected];
  if (row === undefined) return refuse(state, 'There is nothing to open.');
  if (row.container !== undefined && state.containers.byId.has(row.container))
    return step(showTab(goTo(state, row.container), 'network'));
  const lines = aboutLines(row);
  const overlay = {
    kind: 'text',
    title: row.who,
    lines: lines.map((text) => ({ text })),
    copy: lines.join('\n'),
    top: 0,
  } as const;
  return step({ ...state, overlay });
};

export const connectionCommands = { 'open-connection': openConnection } satisfies Record<string, Handler>;
