// tscontain network create
import { parseLabel, type NetworkSpec } from '../../engine/index.js';
import { flag, list, text, type Command, type Values } from '../command.js';
import { EXIT } from '../exit-codes.js';

function specOf(name: string, values: Values): NetworkSpec {
  const pairs = (option: string) =>
    Object.fromEntries(list(values, option).map((pair) => parseLabel(pair, `the ${option}`)));
  const repeated = (option: string) => list(values, option).flatMap((value) => value.split(','));
  const driver = text(values, 'driver');
  return {
    name,
    ...(driver === undefined ? {} : { driver }),
    subnets: repeated('subnet'),
    gateways: repeated('gateway'),
    ipRanges: repeated('ipRange'),
    ipv6: flag(values, 'ipv6'),
    internal: flag(values, 'internal'),
    labels: pairs('label'),
    options: pairs('opt'),
  };
}

export const networkCreate: Command = {
  name: 'network create',
  summary: 'Make a network',
  description:
    'Containers on it reach each other, by name too, and the world through the host; those of other networks do not reach them. Without --subnet it gets one that overlaps no other network and nothing that the host reaches already. Its bridge comes with the first container on it, and goes some time after the last.',
  arguments: [{ name: 'name' }],
  options: [
    { flags: '--subnet <cidr>', description: 'its addresses: 10.5.0.0/24, and one of IPv6 beside it', repeat: true },
    { flags: '--gateway <address>', description: "the host's own address on it, the first when absent", repeat: true },
    { flags: '--ip-range <cidr>', description: 'the part of a subnet that addresses are given from', repeat: true },
    { flags: '--ipv6', description: 'IPv6 too; without a --subnet of it one is made up' },
    { flags: '--internal', description: 'no way out of it and none in: containers and the host only' },
    { flags: '--label <name=value>', description: 'a label', repeat: true },
    {
      flags: '-o, --opt <name=value>',
      description:
        'an option of docker: com.docker.network.bridge.name, .enable_icc, .enable_ip_masquerade, com.docker.network.driver.mtu',
      repeat: true,
    },
    { flags: '-d, --driver <driver>', description: 'bridge, which is what there is', complete: ['bridge'] },
    { flags: '--attachable', description: 'accepted as docker does; every network is' },
  ],
  examples: [
    { command: 'tscontain network create app', what: 'with a subnet that is free' },
    {
      command: 'tscontain network create --subnet 10.5.0.0/24 --ipv6 app',
      what: 'with a subnet of your own, and IPv6',
    },
  ],
  async run(context, [name = ''], values) {
    const spec = specOf(name, values);
    const engine = await context.engine();
    const { id } = await engine.networks.create(spec);
    context.print(id);
    return EXIT.ok;
  },
};
