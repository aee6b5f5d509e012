// tscontain image import
import { resolve } from 'node:path';
import type { Command } from '../command.js';
import { EXIT } from '../exit-codes.js';

export const imageImport: Command = {
  name: 'image import',
  summary: 'Make an image of a root file system: a tarball (plain or gzip) or a directory',
  arguments: [{ name: 'source', complete: 'file' }, { name: 'name' }],
  options: [],
  examples: [
    {
      command: 'tscontain image import ./rootfs.tar.gz alpine:3.20',
      what: 'then: tscontain run --rm -it alpine:3.20 sh',
    },
  ],
  async run(context, [source = '', name = '']) {
    const engine = await context.engine();
    const image = await engine.images.import(resolve(source), name);
    context.print(`sha256:${image.id}`);
    return EXIT.ok;
  },
};
