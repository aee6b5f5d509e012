// tscontain restart
import { parseInteger } from '../../engine/index.js';
import { text, type Command } from '../command.js';
import { forEachContainer } from './each.js';

export const restart: Command = {
  name: 'restart',
  summary: 'Stop containers and start them again',
  arguments: [{ name: 'container', variadic: true, complete: 'container' }],
  options: [
    { flags: '-t, --timeout <seconds>', description: 'the grace before SIGKILL' },
    { flags: '--time <seconds>', description: 'the same, as older dockers call it' },
  ],
  async run(context, args, values) {
    const engine = await context.engine();
    const seconds = text(values, 'timeout') ?? text(values, 'time');
    const options =
      seconds === undefined ? {} : { timeoutSeconds: parseInteger(seconds, '--timeout', { min: -1, max: 86_400 }) };
    return forEachContainer(context, args, (ref) => engine.restart(ref, options));
  },
};
