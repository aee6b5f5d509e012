// `tscontain`: the engine as a command line with Docker's words.
import { realpathSync } from 'node:fs';
import { isTscontainError } from '../engine/index.js';
import { commands } from './commands/index.js';
import { createContext, stateRoot } from './context.js';
import { EXIT, exitCodeFor } from './exit-codes.js';
import { printable } from './output.js';
import { parse } from './parser.js';
import { version } from './version.js';

/** One sentence, the value in it, and what would be right. A stack trace only for what should never happen, and only when asked. */
function explain(error: unknown): string {
  if (isTscontainError(error)) return error.hint === undefined ? error.message : `${error.message}: ${error.hint}`;
  const text = error instanceof Error ? error.message : String(error);
  const stack = process.env['TSCONTAIN_DEBUG'] !== undefined && error instanceof Error ? `\n${error.stack ?? ''}` : '';
  return `${text} (unexpected: set TSCONTAIN_DEBUG=1 to see where)${stack}`;
}

async function main(): Promise<number> {
  const words = process.argv.slice(2);
  const parsed = parse(commands, words, version);
  if ('exitCode' in parsed) return parsed.exitCode;
  const { command, args, values } = parsed.chosen;
  const programPath = realpathSync(process.argv[1] ?? '');
  const context = createContext({ root: stateRoot(parsed.root, process.env), programPath, words });
  try {
    return await command.run(context, args, values);
  } catch (error) {
    context.warn(explain(error).split('\n').map(printable).join('\n'));
    return exitCodeFor(error, command.failure ?? EXIT.failed);
  } finally {
    context.close();
  }
}

// A reader that leaves early (`tscontain logs x | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failed);
});

void main().then((code) => {
  process.exitCode = code;
  // What is still open (a watcher, a socket) must not hold the program; what is still to be written must be.
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
});
