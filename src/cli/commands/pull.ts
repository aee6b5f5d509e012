// tscontain pull
import { formatPlatform, type Engine, type Pulled, type PullWishes } from '../../engine/index.js';
import { flag, text, type Command, type Values } from '../command.js';
import type { Context } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { interruptible } from '../interruption.js';
import { printable } from '../output.js';
import { showTransfer } from '../progress-writer.js';
import { LEFT_OF_A_PULL } from '../wanted-image.js';

async function* pulled(engine: Engine, name: string, values: Values, wishes: PullWishes): AsyncGenerator<Pulled, void> {
  if (flag(values, 'allTags')) yield* engine.images.pullAllTags(name, wishes);
  else yield await engine.images.pull(name, wishes);
}

/** As Docker ends a pull. */
function tell(context: Context, { name, digest, isUpToDate, platform }: Pulled, isQuiet: boolean): void {
  if (!isQuiet) {
    context.print(`Digest: ${digest}`);
    context.print(
      `Status: ${isUpToDate ? 'Image is up to date' : 'Downloaded newer image'} for ${printable(name)} (${printable(formatPlatform(platform))})`,
    );
  }
  context.print(printable(name));
}

export const pull: Command = {
  name: 'pull',
  summary: 'Fetch an image from a registry',
  description:
    'A name without a registry is one of Docker Hub: debian is docker.io/library/debian:latest. Layers come at the same time ' +
    'and are unpacked while they come; what an interrupted pull has fetched is kept for the next. Mirrors, registries that speak ' +
    'plain http and their certificates are set in registries.json (docs/registries.md).',
  arguments: [{ name: 'image', complete: 'image' }],
  options: [
    { flags: '-a, --all-tags', description: 'every tag of the repository' },
    { flags: '-q, --quiet', description: 'print nothing but its name' },
    { flags: '--platform <system/architecture>', description: 'for another platform, such as linux/arm64' },
  ],
  examples: [
    { command: 'tscontain pull debian:12', what: 'from Docker Hub' },
    { command: 'tscontain pull localhost:5000/team/web@sha256:…', what: 'exactly this one' },
  ],
  run(context, [name = ''], values) {
    return interruptible(context, LEFT_OF_A_PULL, async (signal) => {
      const engine = await context.engine();
      const platform = text(values, 'platform');
      const isQuiet = flag(values, 'quiet');
      const all: Pulled[] = [];
      const transfer = isQuiet ? undefined : showTransfer(context.stderr, 'pull');
      const wishes: PullWishes = {
        signal,
        ...(transfer === undefined ? {} : { onTransfer: transfer.onEvent }),
        ...(platform === undefined ? {} : { platform }),
      };
      try {
        for await (const one of pulled(engine, name, values, wishes)) all.push(one);
      } finally {
        transfer?.end();
        for (const one of all) tell(context, one, isQuiet);
      }
      return EXIT.ok;
    });
  },
};

export const imagePull: Command = { ...pull, name: 'image pull' };
