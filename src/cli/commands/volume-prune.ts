// tscontain volume prune
import type { PrunedVolumes, PruneVolumesWishes } from '../../engine/index.js';
import { confirm } from '../ask.js';
import { flag, list, type Command } from '../command.js';
import type { Context } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { labelFilters } from '../filters.js';
import { bytes } from '../output.js';

function wishesOf(filters: readonly string[], asked: boolean): PruneVolumesWishes {
  let all = asked;
  const hint = 'use label=NAME, label=NAME=VALUE, label!=NAME or all=true';
  const labels = labelFilters(filters, hint, (name, value) => {
    if (name !== 'all' || !/^(true|1|false|0)$/.test(value)) return false;
    all ||= /^(true|1)$/.test(value);
    return true;
  });
  return { all, ...labels };
}

/** What it is about is listed before. */
function question({ volumes, freedBytes }: PrunedVolumes, context: Context): string {
  for (const name of volumes) context.warn(name);
  const [count, them] = volumes.length === 1 ? ['1 volume', 'it'] : [`${volumes.length} volumes`, 'them'];
  return `This removes ${count} with all that is in ${them}, ${bytes(freedBytes)}.`;
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
    const ask = async () => question(await engine.volumes.prune({ ...wishes, dryRun: true }), context);
    if (!dryRun && !flag(values, 'force') && !(await confirm(context, 'volume prune', ask))) return EXIT.ok;
    const { volumes, freedBytes } = await engine.volumes.prune({ ...wishes, dryRun });
    for (const name of volumes) context.print(name);
    context.print(
      `${volumes.length} ${dryRun ? 'would be removed' : 'removed'}, ${bytes(freedBytes)} ${dryRun ? 'would be freed' : 'freed'}`,
    );
    return EXIT.ok;
  },
};
