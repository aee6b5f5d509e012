// tscontain rm
import { isTscontainError, KEEP_SECONDS, type TscontainError } from '../../engine/index.js';
import { flag, type Command } from '../command.js';
import { forEachContainer } from './each.js';

export const rm: Command = {
  name: 'rm',
  summary: 'Remove containers, their writable layer and their logs',
  description: 'Volumes stay, unless -v takes along those that have no name and that no other container has.',
  arguments: [{ name: 'container', variadic: true, complete: 'stopped' }],
  options: [
    { flags: '-f, --force', description: 'kill it first when it runs; no failure when it does not exist' },
    { flags: '-k, --keep', description: 'keep it for ten minutes, so that tscontain restore brings it back' },
    { flags: '-v, --volumes', description: 'also the volumes that were made for it without a name' },
  ],
  async run(context, args, values) {
    const engine = await context.engine();
    const force = flag(values, 'force');
    const keep = { volumes: flag(values, 'volumes'), ...(flag(values, 'keep') ? { keepSeconds: KEEP_SECONDS } : {}) };
    // As docker does: one that is not there is told on stderr, is not among those that were removed, and by force no failure.
    const isForgiven = (error: TscontainError): boolean => force && isTscontainError(error, 'NO_SUCH_CONTAINER');
    return forEachContainer(context, args, (ref) => engine.remove(ref, { force, ...keep }), isForgiven);
  },
};
