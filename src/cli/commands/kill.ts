// tscontain kill
import { parseSignal } from '../../engine/index.js';
import { text, type Command } from '../command.js';
import { forEachContainer } from './each.js';

export const kill: Command = {
  name: 'kill',
  summary: 'Send a signal to containers, SIGKILL when none is named',
  arguments: [{ name: 'container', variadic: true, complete: 'running' }],
  options: [{ flags: '-s, --signal <signal>', description: 'name or number', complete: 'signal' }],
  examples: [{ command: 'tscontain kill -s HUP web', what: 'have it read its configuration again' }],
  async run(context, args, values) {
    const signal = parseSignal(text(values, 'signal') ?? 'KILL');
    const engine = await context.engine();
    return forEachContainer(context, args, (ref) => engine.kill(ref, signal));
  },
};
