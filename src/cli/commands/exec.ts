// tscontain exec
import { parseEnv, parseEnvFile, TscontainError } from '../../engine/index.js';
import { readFile } from 'node:fs/promises';
import { flag, list, text, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { runInForeground, terminalSize } from '../foreground.js';

export const exec: Command = {
  name: 'exec',
  summary: 'Run a further command in a running container',
  arguments: [
    { name: 'container', complete: 'running' },
    { name: 'command' },
    { name: 'argument', optional: true, variadic: true },
  ],
  options: [
    { flags: '-d, --detach', description: 'leave it running by itself' },
    { flags: '-i, --interactive', description: 'forward standard input' },
    { flags: '-t, --tty', description: 'give it a terminal' },
    { flags: '-e, --env <NAME=value>', description: 'an environment variable', repeat: true },
    { flags: '--env-file <file>', description: 'environment variables from a file', repeat: true, complete: 'file' },
    { flags: '-w, --workdir <directory>', description: 'the directory it begins in' },
    { flags: '-u, --user <user[:group]>', description: 'who it runs as' },
    { flags: '--privileged', description: 'with all capabilities' },
    { flags: '--detach-keys <keys>', description: 'what leaves it from its terminal, ctrl-p,ctrl-q when absent' },
  ],
  passThrough: true,
  failure: EXIT.engine,
  examples: [{ command: 'tscontain exec -it web sh', what: 'a shell beside what runs' }],
  async run(context, [ref = '', ...argv], values) {
    const tty = flag(values, 'tty');
    const stdin = flag(values, 'interactive');
    const detach = flag(values, 'detach');
    if (tty && stdin && !detach && !context.stdin.isTTY) {
      throw new TscontainError('INVALID_VALUE', 'the input device is not a terminal', {
        hint: 'leave out -t, or run it in a terminal',
      });
    }
    const files = await Promise.all(
      list(values, 'envFile').map(async (path) => parseEnvFile(await readFile(path, 'utf8'), process.env, path)),
    );
    const single = list(values, 'env').map((entry) => parseEnv(entry, process.env));
    const workingDir = text(values, 'workdir');
    const user = text(values, 'user');
    const engine = await context.engine();
    const session = await engine.exec(ref, {
      argv,
      env: [...files.flat(), ...single.filter((entry) => entry !== undefined)],
      tty,
      detach,
      privileged: flag(values, 'privileged'),
      ...(workingDir === undefined ? {} : { workingDir }),
      ...(user === undefined ? {} : { user }),
      ...(tty ? { size: terminalSize(context.stdout) } : {}),
    });
    if (detach) return EXIT.ok;
    if (!stdin) session.end();
    const keys = text(values, 'detachKeys');
    const end = await runInForeground(context, session, { stdin, ...(keys === undefined ? {} : { detachKeys: keys }) });
    return end.detached ? EXIT.ok : (end.exitCode ?? EXIT.engine);
  },
};
