// tscontain builder prune
import { flag, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { bytes } from '../output.js';

export const builderPrune: Command = {
  name: 'builder prune',
  summary: 'Forget what builds keep for one another, and remove layers that were kept for nothing else',
  description: 'The next build does every step anew. Images, and layers that an image has, are never touched.',
  arguments: [],
  options: [
    { flags: '-a, --all', description: 'also the files of RUN --mount=type=cache' },
    { flags: '-f, --force', description: "for Docker's scripts: it never asks" },
  ],
  async run(context, _args, values) {
    const engine = await context.engine();
    const { freedBytes } = await engine.pruneBuilds({ all: flag(values, 'all') });
    context.print(`${bytes(freedBytes)} freed`);
    return EXIT.ok;
  },
};
