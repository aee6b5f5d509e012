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
  options: [{ flags: '-f, --force', description: 'do not ask' }],
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
    const { removed, freedBytes } = await engine.prune();
    for (const id of removed) context.print(id);
    context.print(`${removed.length} removed, ${bytes(freedBytes)} freed`);
    return EXIT.ok;
  },
};
