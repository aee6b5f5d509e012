// tscontain commit
import { list, text, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';

export const commit: Command = {
  name: 'commit',
  summary: 'Make an image of what a container has changed in its files',
  description:
    'What it has written becomes a layer upon those of its image. It is paused as long as that layer is read. What is mounted into it stays out.',
  arguments: [
    { name: 'container', complete: 'container' },
    { name: 'name', optional: true },
  ],
  options: [
    { flags: '-a, --author <author>', description: 'who made it, such as "Ada <ada@example.com>"' },
    {
      flags: '-c, --change <instruction>',
      description: 'an instruction of a Dockerfile that it is to have',
      repeat: true,
    },
    { flags: '-m, --message <message>', description: 'what it is for, kept in its history' },
    { flags: '-p, --pause', description: 'pause the container meanwhile: so it is anyway' },
    { flags: '--no-pause', description: 'let it run on' },
  ],
  examples: [
    { command: 'tscontain commit web web:patched', what: 'then: tscontain run web:patched' },
    { command: `tscontain commit -c 'CMD ["nginx"]' -c 'EXPOSE 80' web web:2`, what: 'with another command' },
  ],
  async run(context, [ref = '', name], values) {
    const author = text(values, 'author');
    const message = text(values, 'message');
    const engine = await context.engine();
    const { id } = await engine.commit(ref, {
      ...(name === undefined ? {} : { name }),
      ...(author === undefined ? {} : { author }),
      ...(message === undefined ? {} : { message }),
      changes: list(values, 'change'),
      pause: values['pause'] !== false,
    });
    context.print(`sha256:${id}`);
    return EXIT.ok;
  },
};
