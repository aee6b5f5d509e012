// Commands as data → completions for bash, zsh and fish. Names of containers and images come from `tscontain ps` itself.
import type { Command, Completion, Option } from './command.js';

/** What a shell runs to learn the candidates of a kind. */
const LISTS: Readonly<Record<string, string>> = {
  container: "tscontain ps -a --format '{{.Names}}' 2>/dev/null",
  running: "tscontain ps --format '{{.Names}}' 2>/dev/null",
  stopped: "tscontain ps -a --filter status=exited --filter status=created --format '{{.Names}}' 2>/dev/null",
  paused: "tscontain ps --filter status=paused --format '{{.Names}}' 2>/dev/null",
  image: "tscontain image ls --filter dangling=false --format '{{.Name}}' 2>/dev/null",
  volume: 'tscontain volume ls -q 2>/dev/null',
  network: "tscontain network ls --format '{{.Name}}' 2>/dev/null",
};
const SIGNALS = ['HUP', 'INT', 'QUIT', 'KILL', 'USR1', 'USR2', 'TERM', 'CONT', 'STOP'];

interface Flag {
  readonly short?: string;
  readonly long?: string;
  readonly takesValue: boolean;
  readonly option: Option;
}

function readFlag(option: Option): Flag {
  const words = option.flags.split(/[ ,]+/);
  const short = words.find((word) => /^-[a-zA-Z]$/.test(word));
  const long = words.find((word) => word.startsWith('--'));
  return {
    ...(short === undefined ? {} : { short }),
    ...(long === undefined ? {} : { long }),
    takesValue: /[<[]/.test(option.flags),
    option,
  };
}

const flagWords = (command: Command) =>
  command.options.map(readFlag).flatMap(({ short, long }) => [long, short].filter((word) => word !== undefined));

/** A shell expression of the candidates, or undefined where the shell's own file completion serves. */
function bashCandidates(complete: Completion | undefined): string | undefined {
  if (complete === undefined || complete === 'file' || complete === 'directory') return undefined;
  if (typeof complete === 'string') return complete === 'signal' ? `echo ${SIGNALS.join(' ')}` : LISTS[complete];
  return `echo ${complete.join(' ')}`;
}

const words = (commands: readonly Command[]) => [...new Set(commands.map((command) => command.name.split(' ')[0]!))];
const groups = (commands: readonly Command[]) => {
  const found = new Map<string, Command[]>();
  for (const command of commands) {
    const [first, second] = command.name.split(' ');
    if (second !== undefined && first !== undefined) found.set(first, [...(found.get(first) ?? []), command]);
  }
  return found;
};
const shellWord = (command: Command) => command.name.split(' ').at(-1)!;

export function bashCompletion(commands: readonly Command[]): string {
  const cases = commands.map((command) => {
    const valued = command.options
      .map(readFlag)
      .filter((flag) => flag.takesValue)
      .map((flag) => {
        const names = [flag.long, flag.short].filter((word) => word !== undefined).join('|');
        const candidates = bashCandidates(flag.option.complete);
        const action =
          flag.option.complete === undefined
            ? 'COMPREPLY=()'
            : candidates === undefined
              ? '_filedir'
              : `_tscontain_words "$(${candidates})"`;
        return `        ${names}) ${action}; return ;;`;
      });
    const position = command.arguments[0]?.complete;
    const candidates = bashCandidates(position);
    const rest =
      candidates === undefined ? (position === undefined ? ':' : '_filedir') : `_tscontain_words "$(${candidates})"`;
    return [
      `    "${command.name}")`,
      `      case "$prev" in`,
      ...valued,
      `      esac`,
      `      if [[ "$cur" == -* ]]; then _tscontain_words "${flagWords(command).join(' ')}"; else ${rest}; fi ;;`,
    ].join('\n');
  });
  const groupCases = [...groups(commands)].map(
    ([name, members]) => `    "${name}") _tscontain_words "${members.map(shellWord).join(' ')}" ;;`,
  );
  const groupNames = [...groups(commands).keys()].join('|');
  return `# bash completion for tscontain
_tscontain_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur"); }
declare -F _filedir >/dev/null || _filedir() { mapfile -t COMPREPLY < <(compgen -f -- "$cur"); }
_tscontain() {
  local cur prev command="" word i
  cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}"
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$word" in
      --root) ((i++)) ;;
      -*) ;;
      ${groupNames}) command="$word"; [[ $((i + 1)) -lt COMP_CWORD ]] && command="$word \${COMP_WORDS[i+1]}"; break ;;
      *) command="$word"; break ;;
    esac
  done
  case "$command" in
    "") [[ "$prev" == --root ]] && { _filedir; return; }; _tscontain_words "${words(commands).join(' ')} --root --help --version" ;;
${[...groupCases, ...cases].join('\n')}
  esac
}
complete -F _tscontain tscontain
`;
}

const quoted = (text: string) => text.replaceAll("'", "'\\''");
const zshText = (text: string) => quoted(text).replaceAll('[', '\\[').replaceAll(']', '\\]').replaceAll(':', '\\:');

function zshAction(complete: Completion | undefined): string {
  if (complete === undefined) return ' ';
  if (complete === 'file') return '_files';
  if (complete === 'directory') return '_files -/';
  if (complete === 'signal') return `(${SIGNALS.join(' ')})`;
  return typeof complete === 'string' ? `_tscontain_${complete}` : `(${complete.join(' ')})`;
}

function zshArguments(command: Command): string {
  const options = command.options.map(readFlag).map((flag) => {
    const names = [flag.short, flag.long].filter((word) => word !== undefined);
    const repeat = flag.option.repeat ? '*' : '';
    const head = names.length > 1 ? `'${repeat}'{${names.join(',')}}'` : `'${repeat}${names[0] ?? ''}`;
    const value = flag.takesValue ? `:value:${zshAction(flag.option.complete)}` : '';
    return `      ${head}[${zshText(flag.option.description)}]${value}'`;
  });
  const positions = command.arguments.map((argument, index) => {
    const where = argument.variadic ? '*' : String(index + 1);
    return `      '${where}:${argument.name}:${zshAction(argument.complete)}'`;
  });
  return ['_arguments', ...options, ...positions].join(' \\\n');
}

export function zshCompletion(commands: readonly Command[]): string {
  const describe = (name: string, summary: string) => `    '${zshText(name)}:${zshText(summary)}'`;
  const found = groups(commands);
  const top = [
    ...commands
      .filter((command) => !command.name.includes(' '))
      .map((command) => describe(command.name, command.summary)),
    ...[...found.keys()].map((name) => describe(name, `${name} commands`)),
  ];
  const cases = commands
    .filter((command) => !command.name.includes(' '))
    .map((command) => `    ${command.name}) ${zshArguments(command)} ;;`);
  const groupCases = [...found].map(
    ([name, members]) => `    ${name})
      if (( CURRENT == 2 )); then
        local -a members=(\n${members.map((member) => describe(shellWord(member), member.summary)).join('\n')}\n        )
        _describe command members
      else
        shift words; (( CURRENT-- ))
        case "$words[1]" in
${members.map((member) => `        ${shellWord(member)}) ${zshArguments(member)} ;;`).join('\n')}
        esac
      fi ;;`,
  );
  const lists = Object.entries(LISTS).map(
    ([kind, command]) => `_tscontain_${kind}() { local -a names=(\${(f)"$(${command})"}); compadd -a names }`,
  );
  return `#compdef tscontain
# zsh completion for tscontain
${lists.join('\n')}
_tscontain() {
  local curcontext="$curcontext" state line
  local -a commands=(
${top.join('\n')}
  )
  _arguments -C '--root[where all state lives]:directory:_files -/' '1:command:->command' '*::argument:->argument'
  case "$state" in
  command) _describe command commands ;;
  argument)
    case "$words[1]" in
${[...cases, ...groupCases].join('\n')}
    esac ;;
  esac
}
if [ "$funcstack[1]" = _tscontain ]; then _tscontain "$@"; else compdef _tscontain tscontain; fi
`;
}

function fishCandidates(complete: Completion | undefined): string {
  if (complete === undefined) return '';
  if (complete === 'file' || complete === 'directory') return ' -F';
  if (complete === 'signal') return ` -a '${SIGNALS.join(' ')}'`;
  if (typeof complete === 'string') return ` -a "(${LISTS[complete] ?? ''})"`;
  return ` -a '${complete.join(' ')}'`;
}

export function fishCompletion(commands: readonly Command[]): string {
  const lines = [
    '# fish completion for tscontain',
    'complete -c tscontain -f',
    "complete -c tscontain -l root -r -F -d 'where all state lives'",
  ];
  const found = groups(commands);
  const none = '__fish_use_subcommand';
  for (const command of commands.filter(({ name }) => !name.includes(' '))) {
    lines.push(`complete -c tscontain -n ${none} -a ${command.name} -d '${quoted(command.summary)}'`);
  }
  for (const [name, members] of found) {
    lines.push(`complete -c tscontain -n ${none} -a ${name} -d '${name} commands'`);
    const names = members.map(shellWord).join(' ');
    for (const member of members) {
      const condition = `__fish_seen_subcommand_from ${name}; and not __fish_seen_subcommand_from ${names}`;
      lines.push(`complete -c tscontain -n '${condition}' -a ${shellWord(member)} -d '${quoted(member.summary)}'`);
    }
  }
  for (const command of commands) {
    const condition = command.name
      .split(' ')
      .map((word) => `__fish_seen_subcommand_from ${word}`)
      .join('; and ');
    for (const flag of command.options.map(readFlag)) {
      const names = `${flag.short === undefined ? '' : ` -s ${flag.short.slice(1)}`}${flag.long === undefined ? '' : ` -l ${flag.long.slice(2)}`}`;
      const value = flag.takesValue ? ` -r${fishCandidates(flag.option.complete)}` : '';
      lines.push(`complete -c tscontain -n '${condition}'${names}${value} -d '${quoted(flag.option.description)}'`);
    }
    const position = command.arguments[0]?.complete;
    if (position !== undefined) lines.push(`complete -c tscontain -n '${condition}'${fishCandidates(position)}`);
  }
  return `${lines.join('\n')}\n`;
}
