// Commands as data → the manual: one Markdown page a command for the web, one roff page a command for man.
import type { Command } from './command.js';
import { usage } from './parser.js';

const pageName = (command: Command) => `tscontain-${command.name.replace(' ', '-')}`;

export interface Page {
  readonly file: string;
  readonly content: string;
}

function markdown(command: Command): string {
  const parts = [`# tscontain ${command.name}`, command.summary + '.', '```\n' + usage(command) + '\n```'];
  if (command.aliases?.length) parts.push(`Also: ${command.aliases.map((alias) => `\`${alias}\``).join(', ')}`);
  if (command.description !== undefined) parts.push(command.description);
  if (command.options.length > 0) {
    const rows = command.options.map(
      (option) =>
        `| \`${option.flags.replaceAll('|', '\\|')}\` | ${option.description.replaceAll('|', '\\|')}${option.repeat ? ' (repeatable)' : ''} |`,
    );
    parts.push(['| option | meaning |', '| --- | --- |', ...rows].join('\n'));
  }
  for (const example of command.examples ?? [])
    parts.push('```sh\n# ' + example.what + '\n' + example.command + '\n```');
  if (command.failure === 125) {
    parts.push(
      'Exit code: that of the command; 125 when the engine failed, 126 when the command cannot be run, 127 when it is not found, 128+n when signal n ended it.',
    );
  }
  return parts.join('\n\n') + '\n';
}

const roff = (text: string) =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1');

function man(command: Command, version: string): string {
  const lines = [
    `.TH ${pageName(command).toUpperCase()} 1 "" "tscontain ${version}" "User Commands"`,
    '.SH NAME',
    `${roff(pageName(command))} \\- ${roff(command.summary)}`,
    '.SH SYNOPSIS',
    `.B ${roff(usage(command))}`,
  ];
  if (command.description !== undefined) lines.push('.SH DESCRIPTION', roff(command.description));
  if (command.options.length > 0) lines.push('.SH OPTIONS');
  for (const option of command.options) {
    lines.push(
      '.TP',
      `.B ${roff(option.flags)}`,
      roff(`${option.description}${option.repeat ? ' (repeatable)' : ''}.`),
    );
  }
  if (command.examples?.length) lines.push('.SH EXAMPLES');
  for (const example of command.examples ?? [])
    lines.push('.TP', `.B ${roff(example.command)}`, roff(`${example.what}.`));
  lines.push('.SH SEE ALSO', '.BR tscontain (1)');
  return lines.join('\n') + '\n';
}

function overview(commands: readonly Command[]): string {
  const rows = commands.map((command) => `| [${command.name}](${pageName(command)}.md) | ${command.summary} |`);
  return (
    [
      '# tscontain',
      'Containers from the command line, with Docker’s words.',
      ['| command | what it does |', '| --- | --- |', ...rows].join('\n'),
    ].join('\n\n') + '\n'
  );
}

function manOverview(commands: readonly Command[], version: string): string {
  return (
    [
      `.TH TSCONTAIN 1 "" "tscontain ${version}" "User Commands"`,
      '.SH NAME',
      'tscontain \\- run, watch and enter Linux containers without a daemon',
      '.SH SYNOPSIS',
      '.B tscontain [\\-\\-root DIRECTORY] COMMAND ...',
      '.SH COMMANDS',
      ...commands.flatMap((command) => ['.TP', `.BR ${roff(pageName(command))} (1)`, roff(command.summary)]),
      '.SH ENVIRONMENT',
      '.TP',
      '.B TSCONTAIN_ROOT',
      'Where all state lives when \\-\\-root is not given; /var/lib/tscontain when neither is.',
    ].join('\n') + '\n'
  );
}

/** Every page of docs/commands (Markdown) and docs/man (roff). */
export function pages(commands: readonly Command[], version: string): Page[] {
  return [
    { file: 'docs/commands/README.md', content: overview(commands) },
    { file: 'docs/man/tscontain.1', content: manOverview(commands, version) },
    ...commands.flatMap((command) => [
      { file: `docs/commands/${pageName(command)}.md`, content: markdown(command) },
      { file: `docs/man/${pageName(command)}.1`, content: man(command, version) },
    ]),
  ];
}
