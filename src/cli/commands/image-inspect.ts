// tscontain image inspect
import { inspectDockerImage } from '../../engine/index.js';
import { text, type Command } from '../command.js';
import { printInspected } from './inspect.js';

export const imageInspect: Command = {
  name: 'image inspect',
  summary: 'Everything about images, as JSON in the shape of Docker',
  arguments: [{ name: 'image', variadic: true, complete: 'image' }],
  options: [
    {
      flags: '-f, --format <template>',
      description: 'a template such as {{.Config.Env}}, or json',
      complete: ['json'],
    },
  ],
  async run(context, args, values) {
    const engine = await context.engine();
    const found = await Promise.all(args.map(async (name) => inspectDockerImage(await engine.images.inspect(name))));
    return printInspected(context, found, text(values, 'format'));
  },
};
