// tscontain guard check
import type { Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { readGuardFile } from '../guard-file.js';
import { printable } from '../output.js';

export const guardCheck: Command = {
  name: 'guard check',
  summary: 'Read a rule file of the guard and say what is wrong with it',
  description: 'Every problem is told with its line and its column. The grammar stands in docs/guard.md.',
  arguments: [{ name: 'file', complete: 'file' }],
  options: [],
  examples: [{ command: 'tscontain guard check rules.guard', what: 'before it is run' }],
  run(context, [path = '']) {
    const read = readGuardFile(path);
    if ('complaints' in read) {
      for (const complaint of read.complaints) context.warn(printable(complaint));
      return Promise.resolve(EXIT.failed);
    }
    const { rules, protectedNames, protectedProjects } = read;
    for (const { line, text } of rules) context.print(printable(`${line}: ${text}`));
    const kept = [...protectedNames, ...[...protectedProjects].map((name) => `project ${name}`)];
    if (kept.length > 0) context.print(printable(`protected: ${kept.join(', ')}`));
    context.print(`${rules.length} rule${rules.length === 1 ? '' : 's'}, nothing wrong`);
    return Promise.resolve(EXIT.ok);
  },
};
