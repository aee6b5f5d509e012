// tscontain rm
import { isTscontainError, KEEP_SECONDS } from '../../engine/index.js';
import { flag, type Command } from '../command.js';
import { forEachContainer } from './each.js';

export const rm: Command = {
  name: 'rm',
  summary: 'Remove containers, their writable layer and their logs',
  arguments: [{ name: 'container', variadic: true, complete: 'stopped' }],
  options: [
    { flags: '-f, --force', description: 'kill it first when it runs; no error when it does not exist' },
    { flags: '-k, --keep', description: 'keep it for ten minutes, so that tscontain restore brings it back' },
    { flags: '-v, --volumes', description: 'accepted as docker does; there are no anonymous volumes to remove' },
  ],
  async run(context, args, values) {
    const engine = await context.engine();
    const force = flag(values, 'force');
    return forEachContainer(context, args, async (ref) => {
      try {
        await engine.remove(ref, { force, ...(flag(values, 'keep') ? { keepSeconds: KEEP_SECONDS } : {}) });
      } catch (error) {
        if (!force || !isTscontainError(error, 'NO_SUCH_CONTAINER')) throw error;
      }
    });
  },
};
