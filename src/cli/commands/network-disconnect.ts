// tscontain network disconnect
import { flag, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';

export const networkDisconnect: Command = {
  name: 'network disconnect',
  summary: 'Take a container off a network',
  description: 'One that runs loses the interface at once, with every connection over it.',
  arguments: [
    { name: 'network', complete: 'network' },
    { name: 'container', complete: 'container' },
  ],
  options: [{ flags: '-f, --force', description: 'also one that is gone and still stands there' }],
  async run(context, [network = '', container = ''], values) {
    const engine = await context.engine();
    await engine.networks.disconnect(network, container, { force: flag(values, 'force') });
    return EXIT.ok;
  },
};
