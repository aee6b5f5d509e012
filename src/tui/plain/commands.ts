// What is typed in the plain text mode, as words: one table of commands, from which the help is made.
import { splitWords } from '../present/words.js';

export const COMMANDS = {
  list: { usage: 'list [TEXT]', help: 'one line a container, in the order of names; with TEXT those that have it' },
  show: { usage: 'show NAME', help: 'everything about one container, a fact a line' },
  logs: { usage: 'logs NAME [LINES]', help: 'the last lines that it wrote, ten where nothing is said' },
  processes: { usage: 'processes NAME', help: 'what runs inside' },
  events: { usage: 'events [LINES]', help: 'what happened last, the newest last' },
  suffering: { usage: 'suffering', help: 'who waits for what, and who makes it' },
  host: { usage: 'host', help: 'how the machine does' },
  start: { usage: 'start NAME', help: 'start a container' },
  stop: { usage: 'stop NAME', help: 'stop it: its stop signal, then SIGKILL when the grace is over' },
  restart: { usage: 'restart NAME', help: 'stop it and start it again' },
  pause: { usage: 'pause NAME', help: 'freeze it' },
  unpause: { usage: 'unpause NAME', help: 'let it go on' },
  kill: { usage: 'kill NAME', help: 'kill every process in it; asks first' },
  remove: { usage: 'remove NAME', help: 'remove it and what it wrote; asks first' },
  images: { usage: 'images [TEXT]', help: 'one line an image, in the order of names; with TEXT those that have it' },
  image: { usage: 'image IMAGE', help: 'everything about one image, a fact a line' },
  history: { usage: 'history IMAGE', help: 'how an image came to be, the newest first' },
  pull: { usage: 'pull IMAGE', help: 'pull an image from its registry; goes on while you type' },
  push: { usage: 'push IMAGE', help: 'push an image to its registry' },
  build: { usage: 'build DIRECTORY [NAME]', help: 'build an image of a directory and its Dockerfile' },
  tag: { usage: 'tag IMAGE OTHER', help: 'give an image another name' },
  untag: { usage: 'untag IMAGE', help: 'remove a name of an image, and with its last one the image; asks first' },
  prune: { usage: 'prune', help: 'remove images that no container uses; asks first' },
  save: { usage: 'save IMAGE PATH', help: 'save an image to an archive' },
  load: { usage: 'load PATH', help: 'load the images of an archive' },
  cancel: { usage: 'cancel', help: 'call off what goes on with images' },
  quiet: { usage: 'quiet', help: 'announce nothing until you type announce' },
  announce: { usage: 'announce', help: 'announce what happens as it happens' },
  help: { usage: 'help', help: 'these lines' },
  quit: { usage: 'quit', help: 'leave; containers run on' },
} as const;
export type CommandWord = keyof typeof COMMANDS;

export interface Command {
  readonly word: CommandWord;
  /** what comes first: a name, a path */
  readonly name?: string;
  /** what comes second */
  readonly other?: string;
  readonly text?: string;
  readonly lines?: number;
}

const MAX_LINES = 1000;
const WORDS = Object.keys(COMMANDS) as CommandWord[];

/** @returns undefined for an empty line; a sentence where it is no command */
export function parseCommand(line: string): Command | { readonly problem: string } | undefined {
  const words = splitWords(line);
  if ('problem' in words) return { problem: `That cannot be read: ${words.problem}.` };
  const [typed, ...rest] = words;
  if (typed === undefined) return undefined;
  const word = wordOf(typed.toLowerCase());
  if (word === undefined) return { problem: `There is no command ${quoted(typed)}. Type help to hear what there is.` };
  const { usage } = COMMANDS[word];
  const [, wanted, ...more] = usage.split(' ');
  const wantsLines = usage.includes('[LINES]');
  if (wanted === '[TEXT]') return rest.length === 0 ? { word } : { word, text: rest.join(' ') };
  const wantsName = wanted !== undefined && !wanted.startsWith('[');
  const name = wantsName ? rest.shift() : undefined;
  if (wantsName && name === undefined) return { problem: `${word} needs ${NEEDS[wanted] ?? 'a name'}: ${usage}.` };
  const second = more.find((each) => each !== '[LINES]');
  const other = second === undefined ? undefined : rest.shift();
  if (second !== undefined && !second.startsWith('[') && other === undefined)
    return { problem: `${word} needs ${NEEDS[second] ?? 'another name'} too: ${usage}.` };
  const count = wantsLines ? rest.shift() : undefined;
  if (rest.length > 0) return { problem: `${quoted(rest.join(' '))} is too much: ${usage}.` };
  const lines = count === undefined ? undefined : Number(count);
  if (lines !== undefined && !(Number.isInteger(lines) && lines >= 1 && lines <= MAX_LINES))
    return { problem: `${quoted(count!)} is no number of lines from 1 to ${MAX_LINES}.` };
  return {
    word,
    ...(name === undefined ? {} : { name }),
    ...(other === undefined ? {} : { other }),
    ...(lines === undefined ? {} : { lines }),
  };
}

/** What a command says that it needs, by the word of its usage. */
const NEEDS: Readonly<Record<string, string>> = {
  NAME: 'the name of a container',
  IMAGE: 'the name of an image',
  DIRECTORY: 'the path of a directory',
  PATH: 'the path of an archive',
  OTHER: 'another name',
};

/** The command, or the only one that begins so. */
function wordOf(typed: string): CommandWord | undefined {
  if (WORDS.includes(typed as CommandWord)) return typed as CommandWord;
  const found = WORDS.filter((word) => word.startsWith(typed));
  return found.length === 1 ? found[0] : undefined;
}

const quoted = (text: string): string => `“${text.length > 40 ? `${text.slice(0, 40)}…` : text}”`;

export const helpLines = (): readonly string[] =>
  WORDS.map((word) => `${COMMANDS[word].usage}: ${COMMANDS[word].help}.`);
