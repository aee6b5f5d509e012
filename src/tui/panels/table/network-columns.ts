// Columns of what goes over the network of a row, and of what leads into it from the host.
import type { Sample } from '../../../metrics/index.js';
import type { ColumnName } from '../../columns.js';
import { portsOfContainer } from '../../present/network.js';
import { perSecond, rate } from '../../present/units.js';
import type { Row } from '../../rows.js';
import { widthOf, type Attr, type Span, type Theme } from '../../screen/index.js';
import type { State } from '../../state.js';
import type { Column } from '../../widgets/index.js';

type OfNetwork = Extract<ColumnName, 'net' | 'packets' | 'drops' | 'errors' | 'ports'>;
type Network = Sample['network'];

const PORTS_CELLS = { least: 18, most: 32 } as const;

export function networkColumns(
  theme: Theme,
  { containers, networks }: State,
  reading: (row: Row) => Sample | undefined,
): Readonly<Record<OfNetwork, Column<Row>>> {
  const portsOf = (row: Row): string =>
    row.kind === 'container' ? portsOfContainer(networks.list ?? [], row.container) : '';
  const widest = Math.max(
    PORTS_CELLS.least,
    ...containers.list.map((container) => widthOf(portsOfContainer(networks.list ?? [], container))),
  );

  /** What comes in and what goes out, each in its hue. */
  const twoWays = (id: 'net' | 'packets', title: string, words: (network: Network) => readonly [string, string]) =>
    ({
      id,
      title,
      min: title.length,
      priority: id === 'net' ? 4 : 6,
      align: 'right',
      cell: (row): readonly Span[] => {
        const sample = reading(row);
        if (sample === undefined) return [];
        const [received, sent] = words(sample.network);
        const attr = (ramp: readonly Attr[], text: string): Attr => (/[1-9]/.test(text) ? ramp[0]! : theme.dim);
        return [
          { text: received, attr: attr(theme.incoming.net, received) },
          { text: '/', attr: theme.dim },
          { text: sent, attr: attr(theme.resource.net, sent) },
        ];
      },
    }) satisfies Column<Row>;

  /** What shall be none: any of it is said aloud. */
  const lost = (id: 'drops' | 'errors'): Column<Row> => ({
    id,
    title: `${id}/s`,
    min: 8,
    priority: 6,
    align: 'right',
    cell: (row) => {
      const sample = reading(row);
      return sample === undefined ? '' : perSecond(sample.network[id]);
    },
    style: (row) => ((reading(row)?.network[id] ?? 0) > 0 ? theme.error : theme.dim),
  });

  return {
    net: twoWays('net', 'net in/out', ({ rxBytes, txBytes }) => [rate(rxBytes), rate(txBytes)]),
    packets: twoWays('packets', 'packets/s', ({ rxPackets, txPackets }) => [
      perSecond(rxPackets),
      perSecond(txPackets),
    ]),
    drops: lost('drops'),
    errors: lost('errors'),
    ports: {
      id: 'ports',
      title: 'PORTS',
      min: PORTS_CELLS.least,
      max: Math.min(PORTS_CELLS.most, widest),
      priority: 8,
      cell: portsOf,
      style: (row) => (row.kind === 'container' && row.container.state.init === undefined ? theme.dim : theme.text),
    },
  };
}
