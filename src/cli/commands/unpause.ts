// tscontain unpause
import type { Command } from '../command.js';
import { forEachContainer } from './each.js';

export const unpause: Command = {
  name: 'unpause',
  summary: 'Let paused containers go on',
  arguments: [{ name: 'container', variadic: true, complete: 'paused' }],
  options: [],
  async run(context, args) {
    const engine = await context.engine();
    return forEachContainer(context, args, (ref) => engine.unpause(ref));
  },
};
