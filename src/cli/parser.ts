// Commands as data → commander: parsing, help and the sentence for what is wrong.
import { Command as Commander, CommanderError, Option as CommanderOption } from 'commander';
import type { Command, Values } from './command.js';
import { EXIT } from './exit-codes.js';

export interface Chosen {
  readonly command: Command;
  readonly args: readonly string[];
  readonly values: Values;
}

const argumentText = (argument: Command['arguments'][number]) => {
  const name = argument.name + (argument.variadic ? '...' : '');
  return argument.optional ? `[${name}]` : `<${name}>`;
};

export const usage = (command: Command) =>
  [
    'tscontain',
    command.name,
    ...(command.options.length > 0 ? ['[options]'] : []),
    ...command.arguments.map(argumentText),
  ].join(' ');

function addCommand(parent: Commander, word: string, command: Command, chosen: (choice: Chosen) => void): void {
  const sub = parent.command(word).summary(command.summary);
  sub.description(command.description === undefined ? command.summary : `${command.summary}\n\n${command.description}`);
  sub.aliases([...(command.aliases ?? [])]);
  for (const argument of command.arguments) sub.argument(argumentText(argument));
  for (const option of command.options) {
    const made = new CommanderOption(option.flags, option.description);
    if (option.repeat) made.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
    sub.addOption(made);
  }
  if (command.passThrough) sub.passThroughOptions();
  sub.action((...received: unknown[]) => {
    const args = received
      .slice(0, command.arguments.length)
      .flat()
      .filter((word) => typeof word === 'string');
    chosen({ command, args, values: sub.opts() });
  });
}

/**
 * The commands that the first word can mean, all of them when it means none: to tell commander of 30 commands and their 200
 * options takes longer than most commands do.
 */
function meant(commands: readonly Command[], words: readonly string[]): readonly Command[] {
  const word = words[0] === '--root' ? words[2] : words[0];
  const found = commands.filter(({ name, aliases = [] }) => {
    const [first, second] = name.split(' ');
    return first === word || (second === undefined && aliases.some((alias) => alias === word));
  });
  return found.length > 0 ? found : commands;
}

/** Docker's way to say a flag aloud: --pause=true is --pause, and --pause=false is --no-pause where there is one. */
function flagsPlain(commands: readonly Command[], words: readonly string[]): string[] {
  // What comes behind their first argument is not ours.
  if (commands.some(({ passThrough }) => passThrough)) return [...words];
  const flags = new Set(
    commands.flatMap(({ options }) => options.map((option) => /--([a-z-]+)$/.exec(option.flags)?.[1] ?? '')),
  );
  return words.flatMap((word) => {
    const [, name = '', value] = /^--([a-z-]+)=(true|false)$/.exec(word) ?? [];
    if (value === undefined || !flags.has(name)) return [word];
    return value === 'true' ? [`--${name}`] : flags.has(`no-${name}`) ? [`--no-${name}`] : [];
  });
}

/**
 * Reads the words after the program's name.
 * @returns the command to run, or the exit code when help was asked for or the words are wrong (already said)
 */
export function parse(
  commands: readonly Command[],
  words: readonly string[],
  version: string,
): { chosen: Chosen; root: string | undefined } | { exitCode: number } {
  let chosen: Chosen | undefined;
  const program = new Commander('tscontain')
    .description('Run, watch and enter Linux containers: no Docker, no daemon. The dashboard is tscontain-tui.')
    .option('--root <directory>', 'where all state lives (also TSCONTAIN_ROOT; default /var/lib/tscontain)')
    .version(`tscontain ${version}`, '-v, --version')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .exitOverride();
  program.configureOutput({ outputError: (message, write) => write(message.replace(/^error: /, 'tscontain: ')) });

  const groups = new Map<string, Commander>();
  for (const command of meant(commands, words)) {
    const [first, second] = command.name.split(' ') as [string, string | undefined];
    if (second === undefined) {
      addCommand(program, first, command, (choice) => (chosen = choice));
      continue;
    }
    let group = groups.get(first);
    if (group === undefined) {
      group = program
        .command(first)
        .summary(`${first} commands`)
        .description(`The commands of ${first}.`)
        .enablePositionalOptions();
      group.copyInheritedSettings(program);
      groups.set(first, group);
    }
    addCommand(group, second, command, (choice) => (chosen = choice));
  }
  try {
    program.parse(flagsPlain(meant(commands, words), words), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { exitCode: EXIT.ok };
    const named = commands.find((command) => command.name === words.slice(0, command.name.split(' ').length).join(' '));
    return { exitCode: named?.failure ?? EXIT.failed };
  }
  if (chosen === undefined) {
    program.outputHelp();
    return { exitCode: EXIT.ok };
  }
  return { chosen, root: program.opts<{ root?: string }>().root };
}
