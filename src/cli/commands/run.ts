// tscontain run: create, start, and stay with it unless -d.
import { writeFile } from 'node:fs/promises';
import { TscontainError, type Container, type Engine } from '../../engine/index.js';
import { flag, text, type Command, type Values } from '../command.js';
import { containerOptions, readCreateSpec } from '../container-options.js';
import type { Context } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { runInForeground, terminalSize } from '../foreground.js';
import { untilInterrupted } from '../interruption.js';
import { table } from '../output.js';
import { tellNote } from '../tell-note.js';
import { createWithImage, imageOptions, LEFT_OF_A_PULL, readImageWishes } from '../wanted-image.js';

/** Writes --cidfile; an existing file is refused before anything is made. */
export async function writeCidfile(values: Values, id: string): Promise<void> {
  const path = text(values, 'cidfile');
  if (path !== undefined) await writeFile(path, id, { flag: 'wx' });
}

export async function refuseExistingCidfile(values: Values): Promise<void> {
  const path = text(values, 'cidfile');
  if (path === undefined) return;
  try {
    await writeFile(path, '', { flag: 'wx' });
  } catch (cause) {
    throw new TscontainError(
      'INVALID_VALUE',
      `--cidfile ${path} cannot be made: ${cause instanceof Error ? cause.message : ''}`,
      {
        cause,
        hint: 'name a file that does not exist in a directory that does',
      },
    );
  }
  const { unlink } = await import('node:fs/promises');
  await unlink(path);
}

async function explain(context: Context, engine: Engine, args: readonly string[], values: Values): Promise<number> {
  const steps = await engine.explain(await readCreateSpec(args, values));
  const rows = steps.map((step, index) => ({ '#': index + 1, Step: step.name, Call: `${step.call}(${step.args})` }));
  context.print(table(['#', 'Step', 'Call'], rows));
  return EXIT.ok;
}

/** What never ran is of no use to anybody: `run` either gives a container that started or leaves nothing. */
async function removeUnstarted(engine: Engine, id: string): Promise<void> {
  const { state } = await engine.get(id).catch(() => ({ state: undefined }));
  // Gone already with --rm; what did start (and then lost its connection) is somebody's work and stays.
  if (state === undefined || state.startedAt !== undefined) return;
  await engine.remove(id, { force: true, volumes: true }).catch(() => undefined);
}

/** Attaches before the start, so that not a byte of a short-lived program is missed. */
async function stayWith(context: Context, engine: Engine, container: Container, values: Values): Promise<number> {
  const { tty, openStdin } = container.config;
  const { id } = container;
  let session;
  try {
    session = await engine.attach(id, { stdin: openStdin, ...(tty ? { size: terminalSize(context.stdout) } : {}) });
    // Listening begins before the start does.
    const ended = runInForeground(context, session, {
      stdin: openStdin,
      forwardSignal: (signal) => engine.kill(id, signal),
      ...(text(values, 'detachKeys') === undefined ? {} : { detachKeys: text(values, 'detachKeys')! }),
    });
    tellNote(context, await engine.start(id));
    const end = await ended;
    if (end.detached) return EXIT.ok;
    return end.exitCode ?? EXIT.engine;
  } catch (error) {
    session?.close();
    await removeUnstarted(engine, id);
    throw error;
  }
}

export const run: Command = {
  name: 'run',
  summary: 'Create a container and start it',
  arguments: [
    { name: 'image', complete: 'image' },
    { name: 'command', optional: true, variadic: true },
  ],
  options: [
    { flags: '-d, --detach', description: 'leave it running and print its id' },
    {
      flags: '--detach-keys <keys>',
      description: 'what leaves it running from its terminal, ctrl-p,ctrl-q when absent',
    },
    { flags: '--explain', description: 'print the steps of its launch and start nothing' },
    ...imageOptions,
    ...containerOptions,
  ],
  passThrough: true,
  failure: EXIT.engine,
  examples: [
    { command: "tscontain run --rm -m 64m --cpus 0.5 base sh -c 'hostname; id; ps'", what: 'a look around inside' },
    { command: 'tscontain run -it --rm base', what: 'a shell' },
    { command: "tscontain run -d --name noisy base sh -c 'while :; do :; done'", what: 'something to watch' },
  ],
  async run(context, args, values) {
    const engine = await context.engine();
    if (flag(values, 'explain')) return explain(context, engine, args, values);
    const spec = await readCreateSpec(args, values);
    if (flag(values, 'tty') && flag(values, 'interactive') && !flag(values, 'detach') && !context.stdin.isTTY) {
      throw new TscontainError('INVALID_VALUE', 'the input device is not a terminal', {
        hint: 'leave out -t, or run it in a terminal',
      });
    }
    await refuseExistingCidfile(values);
    const wishes = readImageWishes(values);
    // Choosing or starting a supervisor and making the container do not wait for one another.
    const made = await untilInterrupted(context, LEFT_OF_A_PULL, (signal) =>
      Promise.all([createWithImage(context, engine, spec, wishes, signal), engine.warm()]),
    );
    if ('exitCode' in made) return made.exitCode;
    const [container] = made.value;
    await writeCidfile(values, container.id);
    if (!flag(values, 'detach')) return stayWith(context, engine, container, values);
    try {
      tellNote(context, await engine.start(container.id));
    } catch (error) {
      await removeUnstarted(engine, container.id);
      throw error;
    }
    context.print(container.id);
    return EXIT.ok;
  },
};
