// tscontain wait
import { TscontainError } from '../../engine/index.js';
import { text, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';

const CONDITIONS = ['not-running', 'next-exit', 'removed'] as const;

export const wait: Command = {
  name: 'wait',
  summary: 'Wait until containers end and print their exit codes',
  arguments: [{ name: 'container', variadic: true, complete: 'container' }],
  options: [
    {
      flags: '--condition <condition>',
      description: 'not-running (when absent), next-exit or removed',
      complete: CONDITIONS,
    },
  ],
  async run(context, args, values) {
    const asked = text(values, 'condition') ?? 'not-running';
    const condition = CONDITIONS.find((name) => name === asked);
    if (condition === undefined) {
      throw new TscontainError('INVALID_VALUE', `--condition "${asked}" is not known`, {
        hint: `use ${CONDITIONS.join(', ')}`,
      });
    }
    const engine = await context.engine();
    const ends = await Promise.all(args.map((ref) => engine.wait(ref, condition)));
    for (const { exitCode } of ends) context.print(exitCode === undefined ? 'unknown' : String(exitCode));
    return EXIT.ok;
  },
};
