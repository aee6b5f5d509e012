// tscontain attach
import { TscontainError } from '../../engine/index.js';
import { text, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { runInForeground, terminalSize } from '../foreground.js';

export const attach: Command = {
  name: 'attach',
  summary: 'Connect this terminal to what a container runs',
  arguments: [{ name: 'container', complete: 'running' }],
  options: [
    { flags: '--no-stdin', description: 'watch only' },
    {
      flags: '--sig-proxy <bool>',
      description: 'forward signals to it: true (when absent) or false',
      complete: ['true', 'false'],
    },
    { flags: '--detach-keys <keys>', description: 'what leaves it running, ctrl-p,ctrl-q when absent' },
  ],
  async run(context, [ref = ''], values) {
    const engine = await context.engine();
    const container = await engine.get(ref);
    if (container.state.status !== 'running') {
      throw new TscontainError(
        'ILLEGAL_STATE',
        `container ${container.config.name} is ${container.state.status} and cannot be attached`,
        {
          hint: container.state.status === 'paused' ? 'unpause it first' : 'start it first',
        },
      );
    }
    const stdin = values['stdin'] !== false && container.config.openStdin;
    const size = container.config.tty ? { size: terminalSize(context.stdout) } : {};
    const session = await engine.attach(container.id, { stdin, ...size });
    const keys = text(values, 'detachKeys');
    const end = await runInForeground(context, session, {
      stdin,
      ...(keys === undefined ? {} : { detachKeys: keys }),
      ...(text(values, 'sigProxy') === 'false' ? {} : { forwardSignal: (signal) => engine.kill(container.id, signal) }),
    });
    return end.detached ? EXIT.ok : (end.exitCode ?? EXIT.failed);
  },
};
