// A small map of who is connected to what: networks as lines from top to bottom, containers as lines across, a mark where a
// container is on a network, and at the foot the host, which leads to the world. As cells of text with what each is; pure.
import type { Container } from '../../engine/index.js';
import { membershipsOf } from './members.js';
import type { NetworkRow } from './port.js';

/** What a piece of the map is, for its colour. */
export type Piece = 'name' | 'network' | 'chosen' | 'line' | 'on' | 'rail' | 'chosen-rail' | 'words' | 'gap';

export interface MapSpan {
  readonly text: string;
  readonly piece: Piece;
}

export interface MapLine {
  readonly spans: readonly MapSpan[];
  /** the container that the line is of */
  readonly container?: string;
}

export interface MapGlyphs {
  readonly across: string;
  readonly down: string;
  readonly on: string;
  /** on a line across where a network passes that it is not on */
  readonly crossing: string;
  /** a network that leads nowhere else */
  readonly closed: string;
}

/** A longer name is cut. */
const NAME_CELLS = { least: 8, most: 20 } as const;
/** At least what stands at its foot. */
const NETWORK_CELLS = { least: 13, most: 16 } as const;

export interface NetworkMap {
  /** the names of the networks */
  readonly heading: MapLine;
  readonly lines: readonly MapLine[];
  /** the host and what it leads to */
  readonly foot: MapLine;
  /** networks that have no room */
  readonly left: number;
}

export interface MapRequest {
  readonly networks: readonly NetworkRow[];
  /** whoever is on one of them, or could be */
  readonly containers: readonly Container[];
  /** id of the network that is selected: it is among those that have room */
  readonly chosen: string | undefined;
  readonly width: number;
  readonly glyphs: MapGlyphs;
  /** text in so many cells, cut where it is longer */
  readonly fit: (text: string, cells: number) => string;
  readonly widthOf: (text: string) => number;
}

export function networkMap({ networks, containers, chosen, width, glyphs, fit, widthOf }: MapRequest): NetworkMap {
  const members = containers.filter(({ id }) => membershipsOf(networks, id).length > 0);
  const clamp = (cells: number, { least, most }: { least: number; most: number }): number =>
    Math.max(least, Math.min(most, cells));
  const names = clamp(Math.max(0, ...members.map(({ config }) => widthOf(config.name))), NAME_CELLS);
  const column = clamp(Math.max(0, ...networks.map(({ network }) => widthOf(network.name))), NETWORK_CELLS) + 2;
  const room = Math.max(1, Math.floor((width - names - 2) / column));
  const shown = withChosen(networks, chosen, room);
  const gap = (cells: number): MapSpan => ({ text: ' '.repeat(Math.max(0, cells)), piece: 'gap' });
  const railOf = ({ network }: NetworkRow): Piece => (network.id === chosen ? 'chosen-rail' : 'rail');
  // The line of a network stands under the first letter of its name.
  const rest = column - 1;

  const heading: MapLine = {
    spans: [
      gap(names + 2),
      ...shown.map(({ network }): MapSpan => ({
        text: fit(network.name, column - 2) + '  ',
        piece: network.id === chosen ? 'chosen' : 'network',
      })),
    ],
  };

  const lineOf = (container: Container): MapLine => {
    const on = new Set(membershipsOf(networks, container.id).map(({ network }) => network.id));
    const places = shown.flatMap(({ network }, i) => (on.has(network.id) ? [i] : []));
    const first = places[0] ?? -1;
    const last = places.at(-1) ?? -1;
    return {
      container: container.id,
      spans: [
        { text: fit(container.config.name, names), piece: 'name' },
        gap(2),
        ...shown.flatMap((row, i): MapSpan[] => {
          const isOn = on.has(row.network.id);
          const isInside = i >= first && i < last;
          const mark: MapSpan = isOn
            ? { text: glyphs.on, piece: 'on' }
            : i > first && i < last
              ? { text: glyphs.crossing, piece: 'line' }
              : { text: glyphs.down, piece: railOf(row) };
          return [mark, isInside ? { text: glyphs.across.repeat(rest), piece: 'line' } : gap(rest)];
        }),
      ],
    };
  };

  const foot: MapLine = {
    spans: [
      { text: fit('the host', names), piece: 'words' },
      gap(2),
      ...shown.flatMap((row): MapSpan[] => {
        const { internal } = row.network;
        const words = internal ? 'no way out' : 'to the world';
        return [
          { text: internal ? glyphs.closed : glyphs.on, piece: railOf(row) },
          { text: fit(` ${words}`, rest), piece: 'words' },
        ];
      }),
    ],
  };
  return { heading, lines: members.map(lineOf), foot, left: networks.length - shown.length };
}

/** The first that have room, the chosen one among them. */
function withChosen(networks: readonly NetworkRow[], chosen: string | undefined, room: number): readonly NetworkRow[] {
  const shown = networks.slice(0, room);
  const one = networks.find(({ network }) => network.id === chosen);
  return one === undefined || shown.includes(one) ? shown : [...shown.slice(0, -1), one];
}
