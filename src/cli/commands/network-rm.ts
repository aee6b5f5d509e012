// tscontain network rm
import { isTscontainError, type TscontainError } from '../../engine/index.js';
import { flag, type Command } from '../command.js';
import { forEachContainer } from './each.js';

export const networkRm: Command = {
  name: 'network rm',
  aliases: ['remove'],
  summary: 'Remove networks that nobody is on',
  arguments: [{ name: 'network', variadic: true, complete: 'network' }],
  options: [{ flags: '-f, --force', description: 'no failure when it does not exist' }],
  async run(context, args, values) {
    const engine = await context.engine();
    const isForgiven = (error: TscontainError): boolean =>
      flag(values, 'force') && isTscontainError(error, 'NO_SUCH_NETWORK');
    return forEachContainer(context, args, (ref) => engine.networks.remove(ref), isForgiven);
  },
};
