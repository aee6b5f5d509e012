// tscontain network inspect
import { inspectDockerNetwork } from '../../engine/index.js';
import { text, type Command } from '../command.js';
import { printInspected } from './inspect.js';

export const networkInspect: Command = {
  name: 'network inspect',
  summary: 'Everything about networks and who is on them, as JSON in the shape of Docker',
  arguments: [{ name: 'network', variadic: true, complete: 'network' }],
  options: [
    {
      flags: '-f, --format <template>',
      description: 'a template such as {{.IPAM.Config}}, or json',
      complete: ['json'],
    },
  ],
  async run(context, args, values) {
    const engine = await context.engine();
    const found = await Promise.all(
      args.map(async (name) => {
        const { network, endpoints } = await engine.networks.inspect(name);
        return inspectDockerNetwork(network, endpoints);
      }),
    );
    return printInspected(context, found, text(values, 'format'));
  },
};
