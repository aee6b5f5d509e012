// tscontain create: everything that run does but the start.
import type { Command } from '../command.js';
import { containerOptions, readCreateSpec } from '../container-options.js';
import { EXIT } from '../exit-codes.js';
import { refuseExistingCidfile, writeCidfile } from './run.js';

export const create: Command = {
  name: 'create',
  summary: 'Create a container without starting it',
  arguments: [
    { name: 'image', complete: 'image' },
    { name: 'command', optional: true, variadic: true },
  ],
  options: containerOptions,
  passThrough: true,
  failure: EXIT.engine,
  examples: [
    { command: 'tscontain create --name web -m 256m base sleep inf', what: 'made, not started; prints its id' },
  ],
  async run(context, args, values) {
    const engine = await context.engine();
    const spec = await readCreateSpec(args, values);
    await refuseExistingCidfile(values);
    const container = await engine.create(spec);
    await writeCidfile(values, container.id);
    context.print(container.id);
    return EXIT.ok;
  },
};
