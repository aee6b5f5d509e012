// tscontain image prune
import { createInterface } from 'node:readline/promises';
import { parseTime, TscontainError, type PruneImagesWishes } from '../../engine/index.js';
import { flag, list, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { bytes, printable } from '../output.js';

function wishesOf(filters: readonly string[], all: boolean): PruneImagesWishes {
  const labels: string[] = [];
  const withoutLabels: string[] = [];
  let until: number | undefined;
  for (const filter of filters) {
    const [name = '', value = ''] = filter.split(/!?=(.*)/s);
    if (name === 'label') (filter.startsWith('label!=') ? withoutLabels : labels).push(value);
    else if (name === 'until') until = parseTime(value, '--filter until', Date.now());
    else
      throw new TscontainError('INVALID_VALUE', `--filter "${filter}" is not known`, {
        hint: 'use until=10m (or a date), label=NAME, label=NAME=VALUE or label!=NAME',
      });
  }
  return { all, labels, withoutLabels, ...(until === undefined ? {} : { until }) };
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
    const wishes = wishesOf(list(values, 'filter'), flag(values, 'all'));
    const dryRun = flag(values, 'dryRun');
    const engine = await context.engine();
    if (!dryRun && !flag(values, 'force')) {
      if (!context.stdin.isTTY)
        throw new TscontainError('INVALID_VALUE', 'image prune asks first and there is no terminal to ask', {
          hint: 'add --force',
        });
      const { images, freedBytes } = await engine.images.prune({ ...wishes, dryRun: true });
      for (const { name, sizeBytes } of images) context.warn(`${printable(name)} (${bytes(sizeBytes)})`);
      const prompt = createInterface({ input: context.stdin, output: context.stderr });
      const count = images.length === 1 ? '1 image' : `${images.length} images`;
      const answer = await prompt.question(`This removes ${count} and frees ${bytes(freedBytes)}. Go on? [y/N] `);
      prompt.close();
      if (!/^y(es)?$/i.test(answer.trim())) return EXIT.ok;
    }
    const { untagged, deleted, freedBytes } = await engine.images.prune({ ...wishes, dryRun });
    for (const name of untagged) context.print(`${dryRun ? 'Would untag' : 'Untagged'}: ${printable(name)}`);
    for (const id of deleted) context.print(`${dryRun ? 'Would delete' : 'Deleted'}: sha256:${id}`);
    context.print(
      `${deleted.length} ${dryRun ? 'would be removed' : 'removed'}, ${bytes(freedBytes)} ${dryRun ? 'would be freed' : 'freed'}`,
    );
    return EXIT.ok;
  },
};
