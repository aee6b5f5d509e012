// tscontain image rm
import type { Command } from '../command.js';
import { forEachContainer } from './each.js';

export const imageRm: Command = {
  name: 'image rm',
  aliases: ['remove'],
  summary: 'Remove images that no container uses',
  arguments: [{ name: 'image', variadic: true, complete: 'image' }],
  options: [],
  async run(context, args) {
    const engine = await context.engine();
    return forEachContainer(context, args, (name) => engine.images.remove(name));
  },
};
