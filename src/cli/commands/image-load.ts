// tscontain image load, tscontain load
import { resolve } from 'node:path';
import { parsePlatform, TscontainError } from '../../engine/index.js';
import { flag, text, type Command } from '../command.js';
import type { Context } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { printable } from '../output.js';
import { showTransfer } from '../progress-writer.js';

function sourceOf(context: Context, input: string | undefined): string | NodeJS.ReadStream {
  if (input !== undefined) return resolve(input);
  if (!context.stdin.isTTY) return context.stdin;
  throw new TscontainError('INVALID_VALUE', 'an archive is not read from a terminal', {
    hint: 'give -i FILE, or pipe it in: tscontain load < FILE',
  });
}

export const imageLoad: Command = {
  name: 'image load',
  summary: 'Bring in images that were saved, by Docker, podman, skopeo or tscontain',
  description:
    'An archive of any of their forms, plain or compressed with gzip or zstd, from a file or piped in; or the directory of an OCI image layout.',
  arguments: [],
  options: [
    { flags: '-i, --input <file>', description: 'read this file or directory', complete: 'file' },
    { flags: '-q, --quiet', description: 'tell nothing but what was loaded' },
    { flags: '--platform <platform>', description: 'of an image for several: linux/amd64, linux/arm64 …' },
  ],
  examples: [
    { command: 'tscontain load -i debian.tar.gz', what: 'a file' },
    { command: 'docker save web:1 | tscontain load', what: 'out of Docker' },
  ],
  async run(context, _args, values) {
    const source = sourceOf(context, text(values, 'input'));
    const platform = text(values, 'platform');
    const wishes = { ...(platform === undefined ? {} : { platform: parsePlatform(platform) }) };
    const { images } = await context.engine();
    const display = flag(values, 'quiet') || !context.stderr.isTTY ? undefined : showTransfer(context.stderr, 'load');
    const telling = display === undefined ? {} : { onTransfer: display.onEvent };
    const loaded = await images.load(source, { ...wishes, ...telling }).finally(() => display?.end());
    for (const { id, names } of loaded) {
      for (const name of names) context.print(`Loaded image: ${printable(name)}`);
      if (names.length === 0) context.print(`Loaded image ID: sha256:${id}`);
    }
    return EXIT.ok;
  },
};

/** Docker's short form. */
export const load: Command = { ...imageLoad, name: 'load' };
