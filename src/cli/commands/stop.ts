// tscontain stop
import { parseInteger, parseSignal } from '../../engine/index.js';
import { text, type Command } from '../command.js';
import { forEachContainer } from './each.js';

export const stop: Command = {
  name: 'stop',
  summary: 'Ask containers to end, and end them after a grace',
  arguments: [{ name: 'container', variadic: true, complete: 'running' }],
  options: [
    { flags: '-t, --timeout <seconds>', description: 'the grace before SIGKILL; -1 waits for ever' },
    { flags: '--time <seconds>', description: 'the same, as older dockers call it' },
    { flags: '-s, --signal <signal>', description: 'the signal that asks', complete: 'signal' },
  ],
  examples: [{ command: 'tscontain stop -t 2 web db', what: 'two seconds each, at the same time' }],
  async run(context, args, values) {
    const engine = await context.engine();
    const seconds = text(values, 'timeout') ?? text(values, 'time');
    const signal = text(values, 'signal');
    const options = {
      ...(seconds === undefined
        ? {}
        : { timeoutSeconds: parseInteger(seconds, '--timeout', { min: -1, max: 86_400 }) }),
      ...(signal === undefined ? {} : { signal: parseSignal(signal) }),
    };
    return forEachContainer(context, args, (ref) => engine.stop(ref, options));
  },
};
