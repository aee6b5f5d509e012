// tscontain push
import { TscontainError, type Engine } from '../../engine/index.js';
import { flag, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { interruptible } from '../interruption.js';
import { printable } from '../output.js';
import { showTransfer } from '../progress-writer.js';

/** The names that are to be pushed: one, or every tag of a repository that is here. */
async function namesOf(engine: Engine, name: string, allTags: boolean): Promise<string[]> {
  if (!allTags) return [name];
  const names = (await engine.images.list()).map((image) => image.name).filter((each) => each.startsWith(`${name}:`));
  if (names.length > 0) return names;
  throw new TscontainError('NO_SUCH_IMAGE', `there is no image of ${JSON.stringify(name)} here`, {
    hint: 'leave out the tag; "tscontain image ls" lists what is here',
  });
}

export const push: Command = {
  name: 'push',
  summary: 'Give an image to a registry',
  description:
    'The registry is the one in its name; "tscontain image tag" gives it one. Layers that the registry has, or has in another ' +
    'repository that we know of, are not sent.',
  arguments: [{ name: 'image', complete: 'image' }],
  options: [
    { flags: '-a, --all-tags', description: 'every tag of the repository that is here' },
    { flags: '-q, --quiet', description: 'print nothing but its name' },
  ],
  examples: [{ command: 'tscontain push localhost:5000/team/web:1.2', what: 'to a registry on this host' }],
  run(context, [name = ''], values) {
    return interruptible(context, 'what the registry has of it need not be sent again', async (signal) => {
      const engine = await context.engine();
      const isQuiet = flag(values, 'quiet');
      for (const each of await namesOf(engine, name, flag(values, 'allTags'))) {
        const transfer = isQuiet ? undefined : showTransfer(context.stderr, 'push');
        const pushed = await engine.images
          .push(each, { signal, ...(transfer === undefined ? {} : { onTransfer: transfer.onEvent }) })
          .finally(() => transfer?.end());
        context.print(
          printable(isQuiet ? pushed.name : `${pushed.name}: digest: ${pushed.digest} size: ${pushed.size}`),
        );
      }
      return EXIT.ok;
    });
  },
};

export const imagePush: Command = { ...push, name: 'image push' };
