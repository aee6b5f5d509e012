// tscontain image save, tscontain save
import { resolve } from 'node:path';
import { parsePlatform, SAVE_FORMATS, TscontainError, type SaveFormat } from '../../engine/index.js';
import { text, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { requireNoTerminal, writeArchive } from '../output-file.js';
import { showTransfer } from '../progress-writer.js';

function formatOf(given: string | undefined): SaveFormat {
  const format = SAVE_FORMATS.find((known) => known === (given ?? 'docker-archive'));
  if (format !== undefined) return format;
  throw new TscontainError('INVALID_VALUE', `--format "${given ?? ''}" is no form of a saved image`, {
    hint: `give ${SAVE_FORMATS.join(', ')}`,
  });
}

export const imageSave: Command = {
  name: 'image save',
  summary: 'Write images as an archive that Docker, podman and skopeo read',
  description:
    'Several images share their layers in it. It goes to the output, or with -o to a file. The form docker-archive is read by every Docker and by podman; oci-archive and oci-dir are those of the OCI image layout.',
  arguments: [{ name: 'image', variadic: true, complete: 'image' }],
  options: [
    {
      flags: '-o, --output <file>',
      description: 'write to this file, or with oci-dir to this directory',
      complete: 'file',
    },
    {
      flags: '--format <format>',
      description: 'docker-archive (default), oci-archive, oci-dir',
      complete: SAVE_FORMATS,
    },
    { flags: '--platform <platform>', description: 'of an image for several: linux/amd64, linux/arm64 …' },
  ],
  examples: [
    {
      command: 'tscontain save debian:12 | gzip > debian.tar.gz',
      what: 'docker load, podman load and tscontain load take it',
    },
    { command: 'tscontain save --format oci-dir -o layout web:1', what: 'a directory for skopeo, umoci and crane' },
  ],
  async run(context, refs, values) {
    const output = text(values, 'output');
    const format = formatOf(text(values, 'format'));
    const platform = text(values, 'platform');
    const wishes = { ...(platform === undefined ? {} : { platform: parsePlatform(platform) }) };
    if (format === 'oci-dir' && output === undefined) {
      throw new TscontainError('INVALID_VALUE', 'oci-dir is a directory, and which one is not said', {
        hint: 'give it with -o DIRECTORY',
      });
    }
    requireNoTerminal(context, output);
    const { images } = await context.engine();
    // Bars where a file is written and somebody looks on; nothing into what may be a log.
    const display = output !== undefined && context.stderr.isTTY ? showTransfer(context.stderr, 'save') : undefined;
    const telling = display === undefined ? {} : { onTransfer: display.onEvent };
    try {
      if (format === 'oci-dir') await images.saveTo(resolve(output!), refs, { ...wishes, ...telling });
      else await writeArchive(context, await images.save(refs, { ...wishes, ...telling, format }), output);
    } finally {
      display?.end();
    }
    return EXIT.ok;
  },
};

/** Docker's short form. */
export const save: Command = { ...imageSave, name: 'save' };
