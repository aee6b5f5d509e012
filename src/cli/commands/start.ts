// tscontain start
import { TscontainError } from '../../engine/index.js';
import { flag, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { runInForeground, terminalSize } from '../foreground.js';
import { tellNote } from '../tell-note.js';
import { forEachContainer } from './each.js';

export const start: Command = {
  name: 'start',
  summary: 'Start containers that are created or have ended',
  arguments: [{ name: 'container', variadic: true, complete: 'stopped' }],
  options: [
    { flags: '-a, --attach', description: 'show its output and hand on its exit code' },
    { flags: '-i, --interactive', description: 'forward standard input, with -a' },
    { flags: '--detach-keys <keys>', description: 'what leaves it running from its terminal' },
  ],
  examples: [{ command: 'tscontain start -ai web', what: 'start it and stay with it' }],
  async run(context, args, values) {
    const engine = await context.engine();
    if (!flag(values, 'attach') && !flag(values, 'interactive')) {
      return forEachContainer(context, args, async (ref) => tellNote(context, await engine.start(ref)));
    }
    const [ref, more] = args;
    if (ref === undefined || more !== undefined) {
      throw new TscontainError('INVALID_VALUE', `${args.length} containers cannot be attached at once`, {
        hint: 'name one with -a or -i',
      });
    }
    const container = await engine.get(ref);
    const stdin = flag(values, 'interactive') && container.config.openStdin;
    const size = container.config.tty ? { size: terminalSize(context.stdout) } : {};
    const session = await engine.attach(container.id, { stdin, ...size });
    const ended = runInForeground(context, session, {
      stdin,
      forwardSignal: (signal) => engine.kill(container.id, signal),
    });
    try {
      tellNote(context, await engine.start(container.id));
    } catch (error) {
      session.close();
      throw error;
    }
    const end = await ended;
    return end.detached ? EXIT.ok : (end.exitCode ?? EXIT.failed);
  },
};
