// tscontain network ls
import { hasLabel, type ConnectedNetwork } from '../../engine/index.js';
import { flag, list, text, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { matcher, type Filters } from '../filters.js';
import { render, type Row } from '../output.js';

const FILTERS: Filters<ConnectedNetwork> = {
  id:
    (value) =>
    ({ network }) =>
      network.id.startsWith(value),
  name:
    (value) =>
    ({ network }) =>
      network.name.includes(value),
  driver:
    (value) =>
    ({ network }) =>
      network.driver === value,
  scope: (value) => () => value === 'local',
  type:
    (value) =>
    ({ network }) =>
      value === (network.name === 'bridge' ? 'builtin' : 'custom'),
  dangling:
    (value) =>
    ({ endpoints }) =>
      (endpoints.length === 0) === (value === 'true' || value === '1'),
  label:
    (value) =>
    ({ network }) =>
      hasLabel(network.labels, value),
};

function toRow({ network, endpoints }: ConnectedNetwork, full: boolean): Row {
  return {
    ID: full ? network.id : network.id.slice(0, 12),
    Name: network.name,
    Driver: network.driver,
    Scope: 'local',
    Subnet: network.subnets.map(({ subnet }) => subnet).join(', '),
    Containers: endpoints.length,
    IPv6: network.subnets.some(({ subnet }) => subnet.includes(':')),
    Internal: network.internal,
    CreatedAt: network.created,
    Labels: Object.entries(network.labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(','),
  };
}

export const networkLs: Command = {
  name: 'network ls',
  aliases: ['list'],
  summary: 'List networks',
  description:
    'The default network, bridge, is there once a container was on it. The modes none and host are no networks and not listed.',
  arguments: [],
  options: [
    { flags: '-q, --quiet', description: 'ids only' },
    { flags: '-f, --filter <name=value>', description: 'only those that match', repeat: true },
    { flags: '--no-trunc', description: 'nothing shortened' },
    { flags: '--format <format>', description: 'table, json, or a template', complete: ['table', 'json'] },
  ],
  async run(context, _args, values) {
    const matches = matcher(list(values, 'filter'), FILTERS);
    const engine = await context.engine();
    const full = values['trunc'] === false;
    const rows = (await engine.networks.list()).filter(matches).map((network) => toRow(network, full));
    if (flag(values, 'quiet')) {
      for (const row of rows) context.print(String(row['ID']));
      return EXIT.ok;
    }
    const output = render(rows, {
      columns: ['ID', 'Name', 'Driver', 'Subnet', 'Containers'],
      titles: { ID: 'NETWORK ID' },
      format: text(values, 'format'),
    });
    if (output !== '') context.print(output);
    return EXIT.ok;
  },
};
