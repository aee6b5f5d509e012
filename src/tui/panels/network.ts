// The network of the container in front: its interfaces with what goes over each, and below what it listens on and whom it talks to.
import type { Container } from '../../engine/index.js';
import { interfacesOf, networkParts, openRows, ownerOf } from '../network-pane.js';
import { STATE_WORDS, type ConnectionRow } from '../present/network.js';
import { bytes } from '../present/units.js';
import { isRunning } from '../rows.js';
import { truncate, type Attr, type Canvas, type Rect, type Span } from '../screen/index.js';
import { momentOf } from '../state/moment.js';
import type { Sources } from '../sources.js';
import type { State } from '../state.js';
import { fitPosition, paintTable, type Column } from '../widgets/index.js';
import { paintInterfaces } from './network/interfaces.js';

export function paintNetwork(
  canvas: Canvas,
  rect: Rect,
  state: State,
  sources: Sources,
  container: Container,
  focused: boolean,
): void {
  const interfaces = interfacesOf(state, container);
  const { each, above } = networkParts(rect.height, interfaces.length);
  const area = { ...rect, x: rect.x + 1, width: rect.width - 2 };
  if (interfaces.length === 0) say(canvas, area, 0, whyNone(state, container));
  else paintInterfaces(canvas, { ...area, height: above - 1 }, { state, sources, interfaces, each });
  const below = { ...area, y: area.y + above - 1, height: area.height - above + 1 };
  const rows = openRows(state);
  if (rows.length > 0) paintOpen(canvas, below, state, rows, focused);
  else say(canvas, below, 1, whyNothing(state, container));
}

function say(canvas: Canvas, rect: Rect, line: number, text: string): void {
  const shown = truncate(text, rect.width, canvas.glyphs.ellipsis);
  canvas.within(rect).text(rect.x, rect.y + line, shown, canvas.theme.dim);
}

/** Why it has no interface of its own. */
function whyNone(state: State, container: Container): string {
  const { network } = container.config;
  if (network === 'host') return 'It has the network of the host: what is below is open on the host.';
  if (network === 'none') return 'It was made with no network: there is nothing but lo in it.';
  const owner = ownerOf(state, container);
  if (owner === undefined) return 'The container whose network it shares is gone.';
  if (owner !== container && !isRunning(owner.state.status))
    return `It shares the network of ${owner.config.name}, which does not run.`;
  return isRunning(container.state.status) ? 'It is on no network now.' : 'It has no interface while it does not run.';
}

function whyNothing(state: State, container: Container): string {
  const { id, found, error } = state.connections;
  if (momentOf(state) !== undefined) return 'What was open then was not written down.';
  if (!isRunning(container.state.status)) return 'It does not run, so nothing of it is open.';
  if (id !== container.id) return 'Looking for what is open …';
  if (error !== undefined) return error;
  return found === undefined ? 'Nothing of it runs.' : 'It listens on nothing and talks to nobody.';
}

const port = (row: ConnectionRow): string => `:${row.socket.local.port}`;

/** "172.18.0.3:5432"; nothing for one that only listens. */
function placeOf({ socket: { remote }, way }: ConnectionRow): string {
  if (way === 'listens') return '';
  return remote.address.includes(':') ? `[${remote.address}]:${remote.port}` : `${remote.address}:${remote.port}`;
}

function paintOpen(canvas: Canvas, rect: Rect, state: State, rows: readonly ConnectionRow[], focused: boolean): void {
  const { theme } = canvas;
  const dim = (): Attr => theme.dim;
  const isQuiet = ({ socket }: ConnectionRow): boolean => socket.state === 'time-wait';
  const way = (row: ConnectionRow): readonly Span[] => {
    const words = {
      listens: { text: 'listens', attr: theme.good },
      in: { text: 'came in', attr: theme.incoming.net[0] },
      out: { text: 'went out', attr: theme.resource.net[0] },
    } as const;
    const { text, attr } = words[row.way];
    return [{ text, attr: isQuiet(row) ? theme.dim : attr }];
  };
  const queued = ({ socket, way: how }: ConnectionRow): string =>
    how === 'listens' ? '' : `${bytes(socket.receiveQueueBytes)}/${bytes(socket.sendQueueBytes)}`;
  const columns: readonly Column<ConnectionRow>[] = [
    { id: 'way', title: 'WAY', min: 8, priority: 0, cell: way },
    { id: 'port', title: 'HERE', min: 6, priority: 0, cell: port },
    {
      id: 'who',
      title: 'THE OTHER END',
      min: 16,
      max: 44,
      priority: 0,
      cell: ({ who }) => who,
      style: (row) => (isQuiet(row) ? theme.dim : row.container === undefined ? theme.text : theme.strong),
    },
    { id: 'over', title: 'OVER', min: 10, max: 20, priority: 2, cell: ({ over }) => over, style: dim },
    { id: 'place', title: 'ADDRESS', min: 21, max: 47, priority: 3, cell: placeOf, style: dim },
    { id: 'protocol', title: 'BY', min: 3, priority: 4, cell: ({ socket }) => socket.protocol, style: dim },
    {
      id: 'state',
      title: 'STATE',
      min: 10,
      priority: 1,
      cell: ({ socket, way: how }) => (how === 'listens' ? '' : STATE_WORDS[socket.state]),
      style: (row) => (row.socket.state === 'established' ? theme.text : theme.dim),
    },
    {
      id: 'queued',
      title: 'waits in/out',
      min: 12,
      priority: 5,
      align: 'right',
      cell: queued,
      style: ({ socket }) => (socket.receiveQueueBytes + socket.sendQueueBytes > 0 ? theme.notice : theme.dim),
    },
  ];
  paintTable(canvas, rect, {
    columns,
    rows,
    position: fitPosition(state.connections.position, rows.length, rect.height - 1),
    focused,
    rowTarget: (_row, index) => ({ kind: 'connection', index }),
  });
}
