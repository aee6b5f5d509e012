// tscontain restore
import { TscontainError } from '../../engine/index.js';
import { text, type Command } from '../command.js';
import { forEachContainer } from './each.js';

export const restore: Command = {
  name: 'restore',
  summary: 'Bring back containers that were removed and are still kept',
  description:
    'The dashboard keeps what it removes for ten minutes, and so does rm --keep: the files in its own layer, its logs and its ' +
    'settings. It comes back as one that has ended; start runs it again. ps --removed lists what is kept.',
  arguments: [{ name: 'container', variadic: true }],
  options: [{ flags: '--name <name>', description: 'the name that it gets, where another one has its old one by now' }],
  examples: [{ command: 'tscontain restore web && tscontain start web', what: 'as if nothing had happened' }],
  async run(context, args, values) {
    const name = text(values, 'name');
    if (name !== undefined && args.length > 1)
      throw new TscontainError('INVALID_VALUE', `--name ${name} cannot be the name of ${args.length} containers`, {
        hint: 'bring them back one at a time',
      });
    const engine = await context.engine();
    return forEachContainer(context, args, (ref) => engine.restore(ref, name === undefined ? {} : { name }));
  },
};
