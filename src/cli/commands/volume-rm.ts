// tscontain volume rm
import { isTscontainError } from '../../engine/index.js';
import { flag, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { printable } from '../output.js';

export const volumeRm: Command = {
  name: 'volume rm',
  aliases: ['remove'],
  summary: 'Remove volumes with all that is in them',
  description:
    'One that a container has is not removed, whether that runs or not; nor is that of a container that was removed and can still be brought back.',
  arguments: [{ name: 'volume', variadic: true, complete: 'volume' }],
  options: [{ flags: '-f, --force', description: 'no failure when it does not exist' }],
  async run(context, args, values) {
    const engine = await context.engine();
    let code: number = EXIT.ok;
    for (const name of args) {
      try {
        await engine.volumes.remove(name);
        context.print(name);
      } catch (error) {
        if (!isTscontainError(error)) throw error;
        context.warn(printable(error.hint === undefined ? error.message : `${error.message}: ${error.hint}`));
        if (!flag(values, 'force') || !isTscontainError(error, 'NO_SUCH_VOLUME')) code = EXIT.failed;
      }
    }
    return code;
  },
};
