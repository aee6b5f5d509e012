// tscontain volume inspect
import { inspectDockerVolume } from '../../engine/index.js';
import { flag, text, type Command } from '../command.js';
import { printInspected } from './inspect.js';

export const volumeInspect: Command = {
  name: 'volume inspect',
  summary: 'Everything about volumes, as JSON in the shape of Docker',
  arguments: [{ name: 'volume', variadic: true, complete: 'volume' }],
  options: [
    { flags: '-s, --size', description: 'also what each takes on the disk' },
    {
      flags: '-f, --format <template>',
      description: 'a template such as {{.Mountpoint}}, or json',
      complete: ['json'],
    },
  ],
  async run(context, args, values) {
    const engine = await context.engine();
    const found = await Promise.all(
      args.map(async (name) =>
        inspectDockerVolume(
          await engine.volumes.inspect(name),
          flag(values, 'size') ? await engine.volumes.size(name) : undefined,
        ),
      ),
    );
    return printInspected(context, found, text(values, 'format'));
  },
};
