// tscontain image rm, tscontain rmi
import { isTscontainError } from '../../engine/index.js';
import { flag, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { printable } from '../output.js';

export const imageRm: Command = {
  name: 'image rm',
  aliases: ['remove'],
  summary: 'Remove images that no container uses',
  description:
    'A name takes that name away; with its last name goes the image, and with it every layer that no other image has.',
  arguments: [{ name: 'image', variadic: true, complete: 'image' }],
  options: [
    {
      flags: '-f, --force',
      description: 'all names of an id, and the name of an image that is in use; no failure when it does not exist',
    },
  ],
  examples: [{ command: 'tscontain image rm debian:12', what: 'the name, and the image if it has no other' }],
  async run(context, args, values) {
    const engine = await context.engine();
    const force = flag(values, 'force');
    let code: number = EXIT.ok;
    // One after the other: of two names of one image the second takes it along.
    for (const name of args) {
      try {
        const { untagged, deleted } = await engine.images.remove(name, { force });
        for (const each of untagged) context.print(`Untagged: ${printable(each)}`);
        for (const id of deleted) context.print(`Deleted: sha256:${id}`);
      } catch (error) {
        if (!isTscontainError(error)) throw error;
        context.warn(printable(error.hint === undefined ? error.message : `${error.message}: ${error.hint}`));
        if (!force || !isTscontainError(error, 'NO_SUCH_IMAGE')) code = EXIT.failed;
      }
    }
    return code;
  },
};

/** Docker's short form. */
export const rmi: Command = { ...imageRm, name: 'rmi', aliases: [] };
