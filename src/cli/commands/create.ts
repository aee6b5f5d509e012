// tscontain create: everything that run does but the start.
import type { Command } from '../command.js';
import { containerOptions, readCreateSpec } from '../container-options.js';
import { EXIT } from '../exit-codes.js';
import { interruptible } from '../interruption.js';
import { createWithImage, imageOptions, LEFT_OF_A_PULL, readImageWishes } from '../wanted-image.js';
import { refuseExistingCidfile, writeCidfile } from './run.js';

export const create: Command = {
  name: 'create',
  summary: 'Create a container without starting it',
  arguments: [
    { name: 'image', complete: 'image' },
    { name: 'command', optional: true, variadic: true },
  ],
  options: [...imageOptions, ...containerOptions],
  passThrough: true,
  failure: EXIT.engine,
  examples: [
    { command: 'tscontain create --name web -m 256m base sleep inf', what: 'made, not started; prints its id' },
  ],
  async run(context, args, values) {
    const engine = await context.engine();
    const spec = await readCreateSpec(args, values);
    await refuseExistingCidfile(values);
    const wishes = readImageWishes(values);
    return interruptible(context, LEFT_OF_A_PULL, async (signal) => {
      const container = await createWithImage(context, engine, spec, wishes, signal);
      await writeCidfile(values, container.id);
      context.print(container.id);
      return EXIT.ok;
    });
  },
};
