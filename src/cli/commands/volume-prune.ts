// tscontain volume prune
import { createInterface } from 'node:readline/promises';
import { TscontainError, type PruneVolumesWishes } from '../../engine/index.js';
import { flag, list, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { bytes } from '../output.js';

function wishesOf(filters: readonly string[], asked: boolean): PruneVolumesWishes {
  const labels: string[] = [];
  const withoutLabels: string[] = [];
  let all = asked;
  for (const filter of filters) {
    const [name = '', value = ''] = filter.split(/!?=(.*)/s);
    if (name === 'label') (filter.startsWith('label!=') ? withoutLabels : labels).push(value);
    else if (name === 'all' && /^(true|1|false|0)$/.test(value)) all ||= /^(true|1)$/.test(value);
    else
      throw new TscontainError('INVALID_VALUE', `--filter "${filter}" is not known`, {
        hint: 'use label=NAME, label=NAME=VALUE, label!=NAME or all=true',
      });
  }
  return { all, labels, withoutLabels };
}

export const volumePrune: Command = {
  name: 'volume prune',
  summary: 'Remove volumes without a name that no container has',
  description:
    'Never touched are volumes of containers, running or not, and of those that were removed and can still be brought back. Filters: label=NAME, label=NAME=VALUE, label!=NAME.',
  arguments: [],
  options: [
    { flags: '-a, --all', description: 'also those that somebody has named' },
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
        throw new TscontainError('INVALID_VALUE', 'volume prune asks first and there is no terminal to ask', {
          hint: 'add --force',
        });
      const { volumes, freedBytes } = await engine.volumes.prune({ ...wishes, dryRun: true });
      for (const name of volumes) context.warn(name);
      const prompt = createInterface({ input: context.stdin, output: context.stderr });
      const count = volumes.length === 1 ? '1 volume' : `${volumes.length} volumes`;
      const answer = await prompt.question(
        `This removes ${count} with all that is in ${volumes.length === 1 ? 'it' : 'them'}, ${bytes(freedBytes)}. Go on? [y/N] `,
      );
      prompt.close();
      if (!/^y(es)?$/i.test(answer.trim())) return EXIT.ok;
    }
    const { volumes, freedBytes } = await engine.volumes.prune({ ...wishes, dryRun });
    for (const name of volumes) context.print(name);
    context.print(
      `${volumes.length} ${dryRun ? 'would be removed' : 'removed'}, ${bytes(freedBytes)} ${dryRun ? 'would be freed' : 'freed'}`,
    );
    return EXIT.ok;
  },
};
