// tscontain network prune
import { confirm } from '../ask.js';
import { flag, list, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { ageAndLabelFilters } from '../filters.js';

export const networkPrune: Command = {
  name: 'network prune',
  summary: 'Remove networks that no container asks for',
  description:
    'The default network stays, and so does one that a container which does not run is to be on. Filters: until=10m or a date, label=NAME, label=NAME=VALUE, label!=NAME.',
  arguments: [],
  options: [
    { flags: '-f, --force', description: 'do not ask' },
    { flags: '--filter <name=value>', description: 'only those that match', repeat: true },
  ],
  async run(context, _args, values) {
    const wishes = ageAndLabelFilters(list(values, 'filter'));
    const question = () => Promise.resolve('This removes every network that no container asks for.');
    if (!flag(values, 'force') && !(await confirm(context, 'network prune', question))) return EXIT.ok;
    const engine = await context.engine();
    for (const name of await engine.networks.prune(wishes)) context.print(name);
    return EXIT.ok;
  },
};
