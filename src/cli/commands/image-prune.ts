// tscontain image prune
import type { PrunedImages } from '../../engine/index.js';
import { confirm } from '../ask.js';
import { flag, list, type Command } from '../command.js';
import type { Context } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { ageAndLabelFilters } from '../filters.js';
import { bytes, printable } from '../output.js';

/** What it is about is listed before. */
function question({ images, freedBytes }: PrunedImages, context: Context): string {
  for (const { name, sizeBytes } of images) context.warn(`${printable(name)} (${bytes(sizeBytes)})`);
  const count = images.length === 1 ? '1 image' : `${images.length} images`;
  return `This removes ${count} and frees ${bytes(freedBytes)}.`;
}

export const imagePrune: Command = {
  name: 'image prune',
  summary: 'Remove images that have lost their name, and what was left of others',
  description:
    'Never touched are images that a container uses, layers that an image that stays has too, and what is being pulled, loaded or built. What builds keep for one another is for "builder prune". Filters: until=10m or a date, label=NAME, label=NAME=VALUE, label!=NAME.',
  arguments: [],
  options: [
    { flags: '-a, --all', description: 'also those that have a name and that no container uses' },
    { flags: '-f, --force', description: 'do not ask' },
    { flags: '--dry-run', description: 'say what would be removed, and remove nothing' },
    { flags: '--filter <name=value>', description: 'only those that match', repeat: true },
  ],
  async run(context, _args, values) {
    const wishes = { all: flag(values, 'all'), ...ageAndLabelFilters(list(values, 'filter')) };
    const dryRun = flag(values, 'dryRun');
    const engine = await context.engine();
    const ask = async () => question(await engine.images.prune({ ...wishes, dryRun: true }), context);
    if (!dryRun && !flag(values, 'force') && !(await confirm(context, 'image prune', ask))) return EXIT.ok;
    const { untagged, deleted, freedBytes } = await engine.images.prune({ ...wishes, dryRun });
    for (const name of untagged) context.print(`${dryRun ? 'Would untag' : 'Untagged'}: ${printable(name)}`);
    for (const id of deleted) context.print(`${dryRun ? 'Would delete' : 'Deleted'}: sha256:${id}`);
    context.print(
      `${deleted.length} ${dryRun ? 'would be removed' : 'removed'}, ${bytes(freedBytes)} ${dryRun ? 'would be freed' : 'freed'}`,
    );
    return EXIT.ok;
  },
};
