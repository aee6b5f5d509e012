// tscontain version
import { release } from 'node:os';
import { text, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { version as number } from '../version.js';

export const version: Command = {
  name: 'version',
  summary: 'The version of tscontain and what it runs on',
  arguments: [],
  options: [{ flags: '-f, --format <format>', description: 'json', complete: ['json'] }],
  run(context, _args, values) {
    const facts = { Version: number, Node: process.versions.node, Kernel: release(), Arch: process.arch };
    if (text(values, 'format') === 'json') context.print(JSON.stringify(facts));
    else
      for (const [name, value] of Object.entries(facts))
        context.print(`${name}:${' '.repeat(9 - name.length)}${value}`);
    return Promise.resolve(EXIT.ok);
  },
};
