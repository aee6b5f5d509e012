// tscontain prune
import { confirm } from '../ask.js';
import { flag, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { bytes } from '../output.js';

export const prune: Command = {
  name: 'prune',
  summary: 'Remove every container that does not run',
  arguments: [],
  options: [
    { flags: '-f, --force', description: 'do not ask' },
    { flags: '--removed', description: 'also, for good, those that were removed before and are still kept' },
  ],
  async run(context, _args, values) {
    const ask = () => Promise.resolve('This removes every container that does not run.');
    if (!flag(values, 'force') && !(await confirm(context, 'prune', ask))) return EXIT.ok;
    const engine = await context.engine();
    const pruned = await engine.prune();
    const emptied = flag(values, 'removed') ? await engine.emptyRemoved('all') : { removed: [], freedBytes: 0 };
    const removed = [...pruned.removed, ...emptied.removed];
    for (const id of removed) context.print(id);
    context.print(`${removed.length} removed, ${bytes(pruned.freedBytes + emptied.freedBytes)} freed`);
    return EXIT.ok;
  },
};
