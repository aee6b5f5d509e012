// tscontain diff
import { text, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { printable, render } from '../output.js';

export const diff: Command = {
  name: 'diff',
  summary: 'What a container changed in its root: A added, C changed, D deleted',
  arguments: [{ name: 'container', complete: 'container' }],
  options: [{ flags: '--format <format>', description: 'json, or a template', complete: ['json'] }],
  async run(context, [ref = ''], values) {
    const engine = await context.engine();
    const changes = await engine.diff(ref);
    const format = text(values, 'format');
    if (format === undefined) for (const change of changes) context.print(`${change.kind} ${printable(change.path)}`);
    else
      context.print(
        render(
          changes.map((change) => ({ Kind: change.kind, Path: change.path })),
          { columns: ['Kind', 'Path'], format },
        ),
      );
    return EXIT.ok;
  },
};
