// tscontain pause
import type { Command } from '../command.js';
import { forEachContainer } from './each.js';

export const pause: Command = {
  name: 'pause',
  summary: 'Hold every process of containers where it is',
  arguments: [{ name: 'container', variadic: true, complete: 'running' }],
  options: [],
  async run(context, args) {
    const engine = await context.engine();
    return forEachContainer(context, args, (ref) => engine.pause(ref));
  },
};
