// tscontain completion
import { TscontainError } from '../../engine/index.js';
import { bashCompletion, fishCompletion, zshCompletion } from '../completion.js';
import type { Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { commands } from './index.js';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

export const completion: Command = {
  name: 'completion',
  summary: 'Print what completes tscontain in bash, zsh or fish',
  arguments: [{ name: 'shell', complete: Object.keys(SHELLS) }],
  options: [],
  examples: [
    { command: 'tscontain completion bash > /etc/bash_completion.d/tscontain', what: 'for every user of bash' },
    { command: 'tscontain completion zsh > "${fpath[1]}/_tscontain"', what: 'for zsh' },
    { command: 'tscontain completion fish > ~/.config/fish/completions/tscontain.fish', what: 'for fish' },
  ],
  run(context, [shell = '']) {
    const make = Object.entries(SHELLS).find(([name]) => name === shell)?.[1];
    if (make === undefined) {
      throw new TscontainError('INVALID_VALUE', `there is no completion for "${shell}"`, {
        hint: `choose ${Object.keys(SHELLS).join(', ')}`,
      });
    }
    context.print(make(commands).trimEnd());
    return Promise.resolve(EXIT.ok);
  },
};
