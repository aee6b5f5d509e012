// tscontain network connect
import { addressesOf, parseAlias } from '../../engine/index.js';
import { list, text, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';

export const networkConnect: Command = {
  name: 'network connect',
  summary: 'Put a container on a further network',
  description: 'One that runs has the new interface at once, and one more name to be reached by.',
  arguments: [
    { name: 'network', complete: 'network' },
    { name: 'container', complete: 'container' },
  ],
  options: [
    { flags: '--alias <name>', description: 'a further name that it answers to there', repeat: true },
    { flags: '--ip <address>', description: 'its IPv4 address there; the first that is free when absent' },
    { flags: '--ip6 <address>', description: 'its IPv6 address there' },
    { flags: '--mac-address <address>', description: 'its MAC address there' },
  ],
  async run(context, [network = '', container = ''], values) {
    const aliases = list(values, 'alias').map(parseAlias);
    const addresses = addressesOf({
      ip: text(values, 'ip'),
      ip6: text(values, 'ip6'),
      mac: text(values, 'macAddress'),
    });
    const engine = await context.engine();
    await engine.networks.connect(network, container, { aliases, ...addresses });
    return EXIT.ok;
  },
};
