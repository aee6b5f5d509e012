// tscontain image import, tscontain import
import { resolve } from 'node:path';
import { parsePlatform, TscontainError } from '../../engine/index.js';
import { list, text, type Command } from '../command.js';
import type { Context } from '../context.js';
import { EXIT } from '../exit-codes.js';

function sourceOf(context: Context, source: string): string | NodeJS.ReadStream {
  if (/^https?:\/\//.test(source)) {
    throw new TscontainError('NOT_SUPPORTED', `import fetches nothing, and "${source}" is elsewhere`, {
      hint: `fetch it: curl -L ${source} | tscontain import - NAME`,
    });
  }
  if (source !== '-') return resolve(source);
  if (!context.stdin.isTTY) return context.stdin;
  throw new TscontainError('INVALID_VALUE', 'an archive is not read from a terminal', {
    hint: 'name a file, or pipe it in: tscontain import - NAME < FILE',
  });
}

export const imageImport: Command = {
  name: 'image import',
  summary: 'Make an image of a root file system: a tar archive, a directory, or what is piped in',
  description: 'An archive may be compressed with gzip or zstd; - is one that is piped in.',
  arguments: [
    { name: 'source', complete: 'file' },
    { name: 'name', optional: true },
  ],
  options: [
    {
      flags: '-c, --change <instruction>',
      description: 'an instruction of a Dockerfile that it is to have',
      repeat: true,
    },
    { flags: '-m, --message <message>', description: 'what it is for, kept in its history' },
    { flags: '--platform <platform>', description: 'what it is for, when that is not this machine: linux/arm64 …' },
  ],
  examples: [
    {
      command: 'tscontain import ./rootfs.tar.gz alpine:3.20',
      what: 'then: tscontain run --rm -it alpine:3.20 sh',
    },
    {
      command: `tscontain export web | tscontain import -c 'CMD ["nginx"]' - web:flat`,
      what: 'a container as an image of one layer',
    },
  ],
  async run(context, [source = '', name], values) {
    const message = text(values, 'message');
    const platform = text(values, 'platform');
    const wishes = {
      changes: list(values, 'change'),
      ...(message === undefined ? {} : { message }),
      ...(platform === undefined ? {} : { platform: parsePlatform(platform) }),
    };
    const from = sourceOf(context, source);
    const engine = await context.engine();
    const image = await engine.images.import(from, name, wishes);
    context.print(`sha256:${image.id}`);
    return EXIT.ok;
  },
};

/** Docker's short form. */
export const importImage: Command = { ...imageImport, name: 'import' };
