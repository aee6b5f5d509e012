// The map of who is connected to what, with how much comes in and goes out of each at the right, where there is room.
import { networkMap, type MapLine, type Piece } from '../../networks/map.js';
import { portsOfContainer } from '../../present/network.js';
import { rate } from '../../present/units.js';
import { networkRows } from '../../network-rows.js';
import { mappedContainers, networkPosition } from '../../reducers/networks.js';
import { pad, truncate, widthOf, type Attr, type Canvas, type Rect, type Span } from '../../screen/index.js';
import type { Sources } from '../../sources.js';
import type { State } from '../../state.js';
import { paintTalks } from './talks.js';

/** "in 320K  out 2.6M", and a gap. */
const RATES_CELLS = 20;
const PORTS_CELLS = 22;
/** Below this width the map has all the room. */
const WIDE_COLUMNS = 90;
/** Lines above the containers: the names of the networks and a line of them alone; below, the host. */
const ABOVE = 2;

export function paintMap(canvas: Canvas, rect: Rect, state: State, { readings }: Sources, focused: boolean): void {
  const { theme, glyphs } = canvas;
  const view = canvas.within(rect);
  const containers = mappedContainers(state);
  const list = state.networks.list ?? [];
  const aside = rect.width >= WIDE_COLUMNS ? RATES_CELLS + PORTS_CELLS : 0;
  const { box, mark } = glyphs;
  const map = networkMap({
    networks: networkRows(state),
    containers,
    chosen: state.networks.selected,
    width: rect.width - 2 - aside,
    glyphs: {
      across: box.horizontal,
      down: box.vertical,
      on: mark.running,
      crossing: glyphs.ascii ? '+' : '┼',
      closed: mark.stopped,
    },
    fit: (text, cells) => pad(text, cells, 'left', glyphs.ellipsis),
    widthOf,
  });
  const attrs: Readonly<Record<Piece, Attr>> = {
    name: theme.text,
    network: theme.dim,
    chosen: theme.strong,
    line: theme.resource.net[0],
    on: theme.resource.net[0],
    rail: theme.faint,
    'chosen-rail': theme.text,
    words: theme.dim,
    gap: theme.dim,
  };
  const paintLine = ({ spans }: MapLine, y: number): void => {
    const painted = spans.map(({ text, piece }): Span => ({ text, attr: attrs[piece] }));
    view.spans(rect.x + 1, y, painted, rect.width - 2 - aside);
  };
  const position = networkPosition(state, 'map');
  const room = Math.max(0, rect.height - ABOVE - 1);
  paintLine(map.heading, rect.y);
  const more = map.left === 0 ? '' : `${map.left} more ${map.left === 1 ? 'network has' : 'networks have'} no room`;
  view.text(rect.x + rect.width - widthOf(more) - 1, rect.y, more, theme.dim);
  const shown = map.lines.slice(position.top, position.top + room);
  if (room === 0) return;
  paintLine(railsOf(map.foot), rect.y + 1);
  shown.forEach((line, i) => {
    const y = rect.y + ABOVE + i;
    paintLine(line, y);
    const index = position.top + i;
    const container = containers[index];
    if (aside > 0 && container !== undefined) {
      const { rxBytes, txBytes } = readings.latest(container.id)?.network ?? {};
      const x = rect.x + rect.width - aside;
      view.spans(x, y, [
        { text: 'in ', attr: theme.dim },
        { text: rate(rxBytes).padStart(4), attr: theme.incoming.net[0] },
        { text: '  out ', attr: theme.dim },
        { text: rate(txBytes).padStart(4), attr: theme.resource.net[0] },
      ]);
      const ports = portsOfContainer(list, container);
      view.text(x + RATES_CELLS, y, truncate(ports, PORTS_CELLS - 1, glyphs.ellipsis), theme.text);
    }
    const whole = { x: rect.x, y, width: rect.width, height: 1 };
    canvas.region(whole, { kind: 'entry-line', id: 'map', index });
    if (index === position.selected) view.restyle(whole, (attr) => theme.selected(attr, focused));
  });
  const foot = rect.y + ABOVE + shown.length;
  paintLine(map.foot, foot);
  // A line between, where there is room.
  const below = foot + 2;
  const height = rect.y + rect.height - below;
  paintTalks(canvas, { x: rect.x + 1, y: below, width: rect.width - 2, height }, state);

  /** The line of every network by itself, between its name and who is on it. */
  function railsOf({ spans }: MapLine): MapLine {
    return {
      spans: spans.map(({ text, piece }) =>
        piece === 'rail' || piece === 'chosen-rail'
          ? { text: box.vertical, piece }
          : { text: ' '.repeat(widthOf(text)), piece: 'gap' },
      ),
    };
  }
}
