// tscontain image tag, tscontain tag
import type { Command } from '../command.js';
import { EXIT } from '../exit-codes.js';

export const imageTag: Command = {
  name: 'image tag',
  summary: 'Give an image another name',
  arguments: [
    { name: 'image', complete: 'image' },
    { name: 'name', complete: 'image' },
  ],
  options: [],
  examples: [{ command: 'tscontain tag web:dev registry.example/team/web:1.2', what: 'a name to push it under' }],
  async run(context, [source = '', name = '']) {
    const engine = await context.engine();
    await engine.images.tag(source, name);
    return EXIT.ok;
  },
};

/** Docker's short form. */
export const tag: Command = { ...imageTag, name: 'tag' };
