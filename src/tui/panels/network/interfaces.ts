// The interfaces of a container: what comes in and goes out of each now and in all, and its last minutes, on one scale for all.
import type { Membership } from '../../networks/members.js';
import { interfaceOf } from '../../networks/traffic.js';
import { ago, bytes, count, perSecond, rate } from '../../present/units.js';
import type { InterfaceSample } from '../../../metrics/index.js';
import { pad, widthOf, type Attr, type Canvas, type Rect } from '../../screen/index.js';
import type { Sources } from '../../sources.js';
import type { State } from '../../state.js';
import {
  graphCapacity,
  mirrorsInOneRow,
  paintGraph,
  paintMirrored,
  peakOf,
  placeColumns,
  type Column,
} from '../../widgets/index.js';

export interface PaintedInterfaces {
  readonly state: State;
  readonly sources: Sources;
  readonly interfaces: readonly Membership[];
  /** lines of each */
  readonly each: number;
}

interface Shown extends Membership {
  readonly sample: InterfaceSample | undefined;
}

/** What stands in the lines of one interface, one below the other; those that have no room are left out. */
type Lines = readonly (readonly [text: string, attr: Attr])[];

interface Part extends Omit<Column<Shown>, 'cell' | 'style'> {
  readonly lines: (shown: Shown) => Lines;
}

/** A graph is never scaled to less, bytes a second: what is idle shall look idle. */
const LEAST_SCALE = 64 * 1024;
const GRAPH = 'graph';

const loss = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a + b;

export function paintInterfaces(canvas: Canvas, rect: Rect, painted: PaintedInterfaces): void {
  const { state, sources, interfaces, each } = painted;
  const { theme } = canvas;
  const view = canvas.within(rect);
  const all = interfaces.map((one): Shown => ({ ...one, sample: interfaceOf(sources.readings, one.endpoint) }));
  const parts = partsOf(canvas, all);
  const blank = (): string => '';
  const graph = { id: GRAPH, title: '', min: 18, max: rect.width, priority: 0 };
  const placed = placeColumns<Shown>(
    [...parts, graph].map((column) => ({ ...column, cell: blank })),
    rect.width,
  );
  const values = graphCapacity(placed.find(({ column }) => column.id === GRAPH)?.width ?? 0, canvas.glyphs);
  const max = Math.max(
    LEAST_SCALE,
    ...all.flatMap(({ sample }) =>
      sample === undefined ? [] : [peakOf(sample.received, values), peakOf(sample.sent, values)],
    ),
  );
  for (const { column, x, width } of placed) {
    const left = rect.x + x;
    const title =
      column.id === GRAPH ? graphTitle(width, ago(values * state.settings.interval).slice(1), rate(max)) : column.title;
    view.text(left, rect.y, pad(title, width, column.align ?? 'left', canvas.glyphs.ellipsis), theme.dim);
    all.forEach((shown, i) => {
      const y = rect.y + 1 + i * each;
      if (column.id === GRAPH) {
        paintBoth(view, { x: left, y, width, height: each }, shown.sample, max);
        return;
      }
      const lines = parts.find(({ id }) => id === column.id)?.lines(shown) ?? [];
      lines.slice(0, each).forEach(([text, attr], line) => {
        view.text(left, y + line, pad(text, width, column.align ?? 'left', canvas.glyphs.ellipsis), attr);
      });
    });
  }
}

/** What the graphs show, in as many words as have room. */
function graphTitle(width: number, span: string, scale: string): string {
  const all = [`in above, out below; the last ${span}, up to ${scale}/s`, `last ${span}, up to ${scale}/s`];
  return all.find((title) => widthOf(title) <= width) ?? `${span}, ${scale}/s`;
}

/** Both directions from a middle line; where one row cannot be shared, their sum. */
function paintBoth(view: Canvas, area: Rect, sample: InterfaceSample | undefined, max: number): void {
  if (sample === undefined) return;
  const { received, sent } = sample;
  const { theme, glyphs } = view;
  if (area.height > 1 || mirrorsInOneRow(glyphs)) {
    // A line between keeps neighbours apart.
    const height = area.height > 2 ? area.height - 1 : area.height;
    const directions = {
      up: { values: received, ramp: theme.incoming.net },
      down: { values: sent, ramp: theme.resource.net },
    };
    paintMirrored(view, { ...area, height }, { ...directions, max });
    return;
  }
  const values = received.map((value, i) => value + sent[i]!);
  paintGraph(view, area, { values, max, ramp: theme.resource.net });
}

function partsOf({ theme }: Canvas, all: readonly Shown[]): readonly Part[] {
  const { dim, text } = theme;
  const right = { align: 'right' } as const;
  const widest = Math.max(17, ...all.map(({ endpoint }) => widthOf(endpoint.ipv6Address ?? '')));
  const lively = (value: number | undefined, attr: Attr): Attr => ((value ?? 0) > 0 ? attr : dim);
  const way = (id: 'in' | 'out', counted: 'rxBytes' | 'txBytes', attr: Attr): Part => ({
    id,
    title: `${id}/s`,
    min: 5,
    priority: 0,
    ...right,
    lines: ({ sample }) => [
      [rate(sample?.rates[counted]), lively(sample?.rates[counted], attr)],
      [bytes(sample?.totals[counted]), dim],
    ],
  });
  const lost = (id: 'drops' | 'errors', received: 'rxDrops' | 'rxErrors', sent: 'txDrops' | 'txErrors'): Part => ({
    id,
    title: `${id}/s`,
    min: 8,
    priority: 4,
    ...right,
    lines: ({ sample }) => {
      const now = loss(sample?.rates[received], sample?.rates[sent]);
      const ever = loss(sample?.totals[received], sample?.totals[sent]);
      return [
        [perSecond(now), lively(now, theme.error)],
        [count(ever), lively(ever, theme.notice)],
      ];
    },
  });
  return [
    {
      id: 'interface',
      title: 'INTERFACE',
      min: 9,
      priority: 1,
      lines: ({ endpoint }) => [
        [endpoint.interfaceName, theme.strong],
        ['', dim],
      ],
    },
    {
      id: 'network',
      title: 'NETWORK',
      min: 12,
      max: 16,
      priority: 0,
      lines: ({ network, endpoint }) => [
        [network.name, text],
        [endpoint.hostInterface, dim],
      ],
    },
    {
      id: 'address',
      title: 'ADDRESS',
      min: 17,
      max: widest,
      priority: 2,
      lines: ({ endpoint }) => [
        [endpoint.ipv4Address, text],
        ...(endpoint.ipv6Address === undefined ? [] : [[endpoint.ipv6Address, text] as const]),
        [endpoint.macAddress, dim],
      ],
    },
    {
      id: 'span',
      title: '',
      min: 6,
      priority: 3,
      lines: () => [
        ['now', dim],
        ['in all', dim],
      ],
    },
    way('in', 'rxBytes', theme.incoming.net[0]),
    way('out', 'txBytes', theme.resource.net[0]),
    {
      id: 'packets',
      title: 'packets/s',
      min: 9,
      priority: 4,
      ...right,
      lines: ({ sample }) => [
        [`${perSecond(sample?.rates.rxPackets)} in`, lively(sample?.rates.rxPackets, theme.incoming.net[0])],
        [`${perSecond(sample?.rates.txPackets)} out`, lively(sample?.rates.txPackets, theme.resource.net[0])],
      ],
    },
    lost('drops', 'rxDrops', 'txDrops'),
    lost('errors', 'rxErrors', 'txErrors'),
  ];
}
