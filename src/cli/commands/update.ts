// tscontain update
import { parseRestartPolicy, TscontainError } from '../../engine/index.js';
import { text, type Command } from '../command.js';
import { limitOptions, readLimits } from '../container-options.js';
import { forEachContainer } from './each.js';

export const update: Command = {
  name: 'update',
  summary: 'Change the limits and the restart policy of containers, while they run',
  description: 'A limit that is not named stays. -1 (for --cpus and --blkio-weight 0) takes a limit away.',
  arguments: [{ name: 'container', variadic: true, complete: 'container' }],
  options: [
    ...limitOptions,
    {
      flags: '--restart <policy>',
      description: 'no, always, unless-stopped, on-failure[:N]',
      complete: ['no', 'always', 'unless-stopped', 'on-failure'],
    },
  ],
  examples: [{ command: 'tscontain update --cpus 0.2 noisy', what: 'bend its graph' }],
  async run(context, args, values) {
    const limits = readLimits(values);
    const policy = text(values, 'restart');
    if (Object.keys(limits).length === 0 && policy === undefined) {
      throw new TscontainError('INVALID_VALUE', 'update changes nothing', {
        hint: 'name a limit, for example --cpus 0.5 or --memory 256m',
      });
    }
    const change = {
      ...(Object.keys(limits).length === 0 ? {} : { limits }),
      ...(policy === undefined ? {} : { restartPolicy: parseRestartPolicy(policy) }),
    };
    const engine = await context.engine();
    return forEachContainer(context, args, (ref) => engine.update(ref, change));
  },
};
