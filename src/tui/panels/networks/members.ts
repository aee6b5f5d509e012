// Who is on the selected network: names, addresses, ports, and how much goes over each one's interface.
import { trafficOf } from '../../networks/traffic.js';
import { portsWords } from '../../present/network.js';
import { NOT_MEASURED, rate } from '../../present/units.js';
import { membersOf, networkPosition, type Member } from '../../reducers/networks.js';
import type { Attr, Canvas, Rect } from '../../screen/index.js';
import type { Sources } from '../../sources.js';
import type { State } from '../../state.js';
import { paintTable, type Column } from '../../widgets/index.js';
import { selectedNetwork } from '../../network-rows.js';

export function paintMembers(canvas: Canvas, rect: Rect, state: State, { readings }: Sources, focused: boolean): void {
  const { theme, glyphs } = canvas;
  const members = membersOf(state);
  if (members.length === 0) {
    const row = selectedNetwork(state);
    const text =
      row === undefined ? 'No network is selected.' : `Nobody is on ${row.network.name}: a connects a container.`;
    canvas.within(rect).text(rect.x + 1, rect.y, text, theme.dim);
    return;
  }
  const dim = (): Attr => theme.dim;
  const of =
    (pick: (endpoint: NonNullable<Member['endpoint']>) => string) =>
    ({ endpoint }: Member): string =>
      endpoint === undefined ? '' : pick(endpoint) || NOT_MEASURED;
  const way = (id: 'in' | 'out', attr: Attr): Column<Member> => {
    const value = ({ endpoint }: Member): number | undefined => {
      if (endpoint === undefined) return undefined;
      const { received, sent } = trafficOf(readings, endpoint);
      return id === 'in' ? received : sent;
    };
    return {
      id,
      title: `${id}/s`,
      min: 5,
      priority: 1,
      align: 'right',
      cell: (member) => (member.endpoint === undefined ? '' : rate(value(member))),
      style: (member) => ((value(member) ?? 0) > 0 ? attr : theme.dim),
    };
  };
  const columns: readonly Column<Member>[] = [
    {
      id: 'mark',
      title: '',
      min: 1,
      priority: 0,
      cell: ({ endpoint }) => (endpoint === undefined ? glyphs.mark.stopped : glyphs.mark.running),
      style: ({ endpoint }) => (endpoint === undefined ? theme.dim : theme.good),
    },
    {
      id: 'name',
      title: 'CONTAINER',
      min: 14,
      max: 30,
      priority: 0,
      cell: ({ name }) => name,
      style: ({ endpoint }) => (endpoint === undefined ? theme.dim : theme.text),
    },
    {
      id: 'ipv4',
      title: 'ADDRESS',
      min: 18,
      priority: 0,
      cell: ({ endpoint }) => endpoint?.ipv4Address ?? 'once it runs',
      style: ({ endpoint }) => (endpoint === undefined ? theme.dim : theme.text),
    },
    ...(members.some(({ endpoint }) => endpoint?.ipv6Address !== undefined)
      ? [
          {
            id: 'ipv6',
            title: 'IPv6',
            min: 20,
            max: 40,
            priority: 4,
            cell: of(({ ipv6Address }) => ipv6Address ?? ''),
            style: dim,
          },
        ]
      : []),
    way('in', theme.incoming.net[0]),
    way('out', theme.resource.net[0]),
    { id: 'ports', title: 'PORTS', min: 10, max: 36, priority: 2, cell: of(({ ports }) => portsWords(ports)) },
    {
      id: 'names',
      title: 'ANSWERS TO',
      min: 12,
      max: 48,
      priority: 3,
      cell: of(({ names }) => names.join(' ')),
      style: dim,
    },
    {
      id: 'interface',
      title: 'INSIDE',
      min: 6,
      priority: 5,
      cell: of(({ interfaceName }) => interfaceName),
      style: dim,
    },
    {
      id: 'host',
      title: 'ON THE HOST',
      min: 12,
      max: 15,
      priority: 6,
      cell: of(({ hostInterface }) => hostInterface),
      style: dim,
    },
    { id: 'mac', title: 'MAC', min: 17, priority: 7, cell: of(({ macAddress }) => macAddress), style: dim },
  ];
  paintTable(
    canvas,
    { ...rect, x: rect.x + 1, width: rect.width - 2 },
    {
      columns,
      rows: members,
      position: networkPosition(state, 'members'),
      focused,
      rowTarget: (_member, index) => ({ kind: 'entry-line', id: 'members', index }),
    },
  );
}
