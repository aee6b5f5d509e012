// The table of networks: where each is, who is on it, what leads onto it, how much goes over it.
import type { NetworkColumn } from '../../networks/columns.js';
import { keyOf, shortId } from '../../networks/members.js';
import type { NetworkRow } from '../../networks/port.js';
import { sumOf } from '../../networks/traffic.js';
import { networkRows } from '../../network-rows.js';
import { kindWords, portsWords } from '../../present/network.js';
import { age, NOT_MEASURED, rate } from '../../present/units.js';
import { widthOf, type Attr, type Canvas, type Rect, type Span } from '../../screen/index.js';
import type { Sources } from '../../sources.js';
import type { State } from '../../state.js';
import { paintTable, type Column } from '../../widgets/index.js';

/** Cells that a column of these texts grows to: no room is given to what nobody has. */
const widest = (texts: readonly string[], least: number, most: number): number =>
  Math.min(most, Math.max(least, ...texts.map(widthOf)));

/** What a click on a title sorts by. */
const HEADINGS: Readonly<Partial<Record<string, string>>> = { name: 'name', on: 'on', ports: 'ports', age: 'age' };

export function paintNetworkList(canvas: Canvas, rect: Rect, state: State, sources: Sources, focused: boolean): void {
  const { sort, descending, position } = state.networks;
  paintTable(canvas, rect, {
    columns: columnsOf(canvas, state, sources),
    rows: networkRows(state),
    position,
    focused,
    sort: { column: sort, descending },
    rowTarget: (row) => ({ kind: 'entry', id: keyOf(row) }),
    headerTarget: ({ id }) => ({ kind: 'entry-column', id: HEADINGS[id] ?? '' }),
  });
}

const namesOf = ({ endpoints }: NetworkRow): string => endpoints.map(({ name }) => name).join(' ');
const portsOf = ({ endpoints }: NetworkRow): string => portsWords(endpoints.flatMap(({ ports }) => ports));
const subnetsOf = ({ network }: NetworkRow): string => network.subnets.map(({ subnet }) => subnet).join(' ');
const gatewaysOf = ({ network }: NetworkRow): string => network.subnets.map(({ gateway }) => gateway).join(' ');

function columnsOf({ theme, glyphs }: Canvas, state: State, { readings }: Sources): readonly Column<NetworkRow>[] {
  const { list = [], marks, columns } = state.networks;
  const right = { align: 'right' } as const;
  const dim = (): Attr => theme.dim;
  const orNone = (text: string): string => (text === '' ? NOT_MEASURED : text);
  const quiet = (text: string): Attr => (text === '' ? theme.dim : theme.text);
  const mark = (row: NetworkRow): readonly Span[] => {
    const isUsed = row.endpoints.length > 0;
    return [
      { text: marks.has(keyOf(row)) ? glyphs.mark.marked : ' ', attr: theme.key },
      { text: isUsed ? glyphs.mark.running : glyphs.mark.stopped, attr: isUsed ? theme.good : theme.dim },
    ];
  };
  const way = (id: 'in' | 'out', attr: Attr, pick: (row: NetworkRow) => number | undefined): Column<NetworkRow> => ({
    id,
    title: `${id}/s`,
    min: 5,
    priority: 2,
    ...right,
    cell: (row) => rate(pick(row)),
    style: (row) => ((pick(row) ?? 0) > 0 ? attr : theme.dim),
  });
  const known: Readonly<Record<NetworkColumn, Column<NetworkRow>>> = {
    name: {
      id: 'name',
      title: 'NAME',
      min: 16,
      max: widest(
        list.map(({ network }) => network.name),
        16,
        36,
      ),
      priority: 0,
      cell: ({ network }) => network.name,
    },
    id: { id: 'id', title: 'ID', min: 12, priority: 7, cell: ({ network }) => shortId(network.id), style: dim },
    driver: { id: 'driver', title: 'DRIVER', min: 6, priority: 6, cell: ({ network }) => network.driver, style: dim },
    subnet: {
      id: 'subnet',
      title: 'SUBNET',
      min: 18,
      max: widest(list.map(subnetsOf), 18, 44),
      priority: 1,
      cell: subnetsOf,
    },
    gateway: {
      id: 'gateway',
      title: 'GATEWAY',
      min: 15,
      max: widest(list.map(gatewaysOf), 15, 36),
      priority: 6,
      cell: gatewaysOf,
      style: dim,
    },
    on: {
      id: 'on',
      title: 'ON IT',
      min: 12,
      max: widest(list.map(namesOf), 12, 40),
      priority: 0,
      cell: (row) => orNone(namesOf(row)),
      style: (row) => quiet(namesOf(row)),
    },
    ports: {
      id: 'ports',
      title: 'PORTS',
      min: 8,
      max: widest(list.map(portsOf), 8, 32),
      priority: 3,
      cell: (row) => orNone(portsOf(row)),
      style: (row) => quiet(portsOf(row)),
    },
    in: way('in', theme.incoming.net[0], ({ endpoints }) => sumOf(readings, endpoints).received),
    out: way('out', theme.resource.net[0], ({ endpoints }) => sumOf(readings, endpoints).sent),
    age: {
      id: 'age',
      title: 'AGE',
      min: 4,
      priority: 4,
      ...right,
      cell: ({ network }) => age(state.now - Date.parse(network.created)),
      style: dim,
    },
    kind: {
      id: 'kind',
      title: 'KIND',
      min: 8,
      max: widest(list.map(kindWords), 8, 24),
      priority: 5,
      cell: kindWords,
      style: dim,
    },
    bridge: {
      id: 'bridge',
      title: 'BRIDGE',
      min: 15,
      priority: 8,
      cell: ({ network }) => network.interfaceName,
      style: dim,
    },
  };
  const names = columns.includes('name') ? columns : (['name', ...columns] as const);
  return [{ id: 'mark', title: '', min: 2, priority: 0, cell: mark }, ...names.map((name) => known[name])];
}
