// tscontain rename
import type { Command } from '../command.js';
import { EXIT } from '../exit-codes.js';

export const rename: Command = {
  name: 'rename',
  summary: 'Give a container another name',
  arguments: [{ name: 'container', complete: 'container' }, { name: 'name' }],
  options: [],
  async run(context, [ref = '', name = '']) {
    const engine = await context.engine();
    await engine.rename(ref, name);
    return EXIT.ok;
  },
};
