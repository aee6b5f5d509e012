// tscontain prune
import { createInterface } from 'node:readline/promises';
import { TscontainError } from '../../engine/index.js';
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
    if (!flag(values, 'force')) {
      if (!context.stdin.isTTY)
        throw new TscontainError('INVALID_VALUE', 'prune asks first and there is no terminal to ask', {
          hint: 'add --force',
        });
      const prompt = createInterface({ input: context.stdin, output: context.stderr });
      const answer = await prompt.question('This removes every container that does not run. Go on? [y/N] ');
      prompt.close();
      if (!/^y(es)?$/i.test(answer.trim())) return EXIT.ok;
    }
    const engine = await context.engine();
    const pruned = await engine.prune();
    const emptied = flag(values, 'removed') ? await engine.emptyRemoved('all') : { removed: [], freedBytes: 0 };
    const removed = [...pruned.removed, ...emptied.removed];
    for (const id of removed) context.print(id);
    context.print(`${removed.length} removed, ${bytes(pruned.freedBytes + emptied.freedBytes)} freed`);
    return EXIT.ok;
  },
};
