// tscontain build: an image of a Dockerfile.
import { writeFile } from 'node:fs/promises';
import {
  BuildError,
  parseLabel,
  TscontainError,
  type BuildEvent,
  type BuildResult,
  type BuildWishes,
} from '../../engine/index.js';
import { readBuildArg, readBuildWords, readNamedContext, readSecret } from '../build-context.js';
import { giveOut, parseOutput, requireRoomFor } from '../build-output.js';
import { BuildSteps } from '../build-progress.js';
import { flag, list, text, type Command, type Values } from '../command.js';
import type { Context } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { terminalSize } from '../foreground.js';
import { interruptible } from '../interruption.js';
import { printable } from '../output.js';
import { canRewrite, LiveLines } from '../progress-writer.js';

const PROGRESS = ['auto', 'plain', 'tty', 'json', 'quiet'] as const;
type Progress = (typeof PROGRESS)[number];

function progressOf(values: Values, stderr: NodeJS.WriteStream): Exclude<Progress, 'auto'> {
  if (flag(values, 'quiet')) return 'quiet';
  const wanted = text(values, 'progress') ?? 'auto';
  const known = PROGRESS.find((each) => each === wanted);
  if (known === undefined)
    throw new TscontainError('INVALID_VALUE', `--progress ${JSON.stringify(wanted)} cannot be`, {
      hint: `give ${PROGRESS.join(', ')}`,
    });
  if (known === 'auto') return canRewrite(stderr) ? 'tty' : 'plain';
  return known === 'tty' && !canRewrite(stderr) ? 'plain' : known;
}

interface Display {
  readonly onEvent: (event: BuildEvent) => void;
  end(): void;
}

/** Steps go on where nothing is told: their time grows. ms */
const TICK_MS = 200;

function displayOn(
  { stdout, stderr }: Pick<Context, 'stdout' | 'stderr'>,
  progress: Exclude<Progress, 'auto'>,
): Display {
  const steps = new BuildSteps(() => performance.now());
  switch (progress) {
    case 'quiet':
      return { onEvent: () => undefined, end: () => undefined };
    case 'json':
      return { onEvent: (event) => void stdout.write(`${JSON.stringify(event, readable)}\n`), end: () => undefined };
    case 'plain':
      return {
        onEvent(event) {
          const lines = steps.plain(event);
          if (lines.length > 0) stderr.write(lines.map((line) => `${line}\n`).join(''));
        },
        end: () => undefined,
      };
    case 'tty': {
      const live = new LiveLines(stderr);
      const draw = () => live.show(steps.live(terminalSize(stderr)));
      const ticker = setInterval(draw, TICK_MS);
      ticker.unref();
      return {
        onEvent(event) {
          for (const line of steps.lasting(event)) live.above(line);
          draw();
        },
        end() {
          clearInterval(ticker);
          live.show([]);
          live.end();
        },
      };
    }
  }
}

/** What RUN says, as text. */
function readable(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('type' in value) || value.type !== 'Buffer') return value;
  return Buffer.from((value as unknown as { data: number[] }).data).toString('utf8');
}

async function readWishes(context: Context, path: string, values: Values): Promise<BuildWishes> {
  const network = text(values, 'network');
  if (network !== undefined && network !== 'none' && network !== 'host' && network !== 'default')
    throw new TscontainError('INVALID_VALUE', `--network ${JSON.stringify(network)} cannot be`, {
      hint: 'give default, none or host',
    });
  const words = await readBuildWords({ path, file: text(values, 'file') }, context.stdin);
  const platform = text(values, 'platform');
  const target = text(values, 'target');
  return {
    ...words,
    tags: list(values, 'tag'),
    args: new Map(
      list(values, 'buildArg')
        .flatMap((each) => [readBuildArg(each, process.env) ?? []])
        .filter(isPair),
    ),
    contexts: new Map(list(values, 'buildContext').map(readNamedContext)),
    secrets: new Map(list(values, 'secret').map((each) => readSecret(each, process.env))),
    labels: new Map(list(values, 'label').map((each) => parseLabel(each))),
    extraHosts: list(values, 'addHost'),
    // commander takes --no-cache for the opposite of --cache.
    noCache: values['cache'] === false,
    pull: flag(values, 'pull'),
    ...(target === undefined ? {} : { target }),
    ...(platform === undefined ? {} : { platform }),
    ...(network === 'none' || network === 'host' ? { network } : {}),
  };
}

const isPair = (pair: readonly string[]): pair is [string, string] => pair.length === 2;

function say({ stderr }: Context, { id, names, steps, cached }: BuildResult): void {
  const called = names.length === 0 ? '' : ` named ${names.join(', ')}`;
  stderr.write(`${printable(`built ${id}${called}`)}\n`);
  if (steps > 0 && cached === steps)
    stderr.write(`every step was in the cache (${cached} CACHED): nothing had to be done\n`);
}

export const build: Command = {
  name: 'build',
  summary: 'Build an image from a Dockerfile',
  description:
    'The context is a directory, or - for standard input: a Dockerfile by itself, or a tar archive of the files. What its ' +
    '.dockerignore (or DOCKERFILE.dockerignore) names is not there for COPY and ADD. Stages that do not wait for one another ' +
    'are built at the same time, and those that the wanted stage does not need are not built. A step that was done before, ' +
    'upon the same layers and with the same files, is taken from the cache.',
  arguments: [{ name: 'context', complete: 'directory' }],
  options: [
    {
      flags: '-f, --file <file>',
      description: 'the Dockerfile, or - for standard input; CONTEXT/Dockerfile when absent',
      complete: 'file',
    },
    { flags: '-t, --tag <name>', description: 'a name for the image', repeat: true },
    { flags: '--target <stage>', description: 'build only this stage and what it needs' },
    { flags: '--build-arg <arg>', description: 'NAME=value for an ARG, or NAME to pass on your own', repeat: true },
    { flags: '--build-context <context>', description: 'NAME=DIRECTORY for --from=NAME', repeat: true },
    {
      flags: '--secret <secret>',
      description: 'id=NAME,src=FILE or id=NAME,env=VARIABLE for RUN --mount=type=secret',
      repeat: true,
    },
    { flags: '--label <label>', description: 'a label for the image, key=value', repeat: true },
    { flags: '--add-host <host>', description: 'a name for /etc/hosts of RUN, host:address', repeat: true },
    {
      flags: '--network <network>',
      description: 'of RUN: default, host or none',
      complete: ['default', 'host', 'none'],
    },
    { flags: '--platform <platform>', description: 'what to build for, such as linux/arm64' },
    { flags: '--no-cache', description: 'do every step anew' },
    { flags: '--pull', description: 'fetch images anew even where they are there' },
    {
      flags: '-o, --output <output>',
      description:
        'give it out as well: its files in DIRECTORY (type=local,dest=DIRECTORY) or as a tar (-, type=tar), itself as an archive (type=oci, type=docker)',
      complete: 'file',
    },
    { flags: '--iidfile <file>', description: 'write the id of the image to this file', complete: 'file' },
    {
      flags: '--progress <kind>',
      description: 'how to tell what is done: auto, plain, tty, json or quiet',
      complete: PROGRESS,
    },
    { flags: '-q, --quiet', description: 'print the id of the image and nothing else' },
  ],
  examples: [
    { command: 'tscontain build -t web .', what: 'an image of the Dockerfile in this directory' },
    { command: 'tscontain build --target test --build-arg VERSION=2 .', what: 'one stage of it, with an argument' },
    { command: 'tscontain build --target bin -o out .', what: 'the files of that stage in the directory out' },
    {
      command: 'tscontain build --secret id=token,src=token.txt .',
      what: 'with a file that only RUN --mount=type=secret sees',
    },
  ],
  async run(context, [path = '.'], values) {
    const progress = progressOf(values, context.stderr);
    const asked = text(values, 'output');
    const output = asked === undefined ? undefined : parseOutput(asked);
    if (output !== undefined) requireRoomFor(context, output);
    const wishes = await readWishes(context, path, values);
    const engine = await context.engine();
    return interruptible(context, 'nothing of the step that was under way is kept', async (signal) => {
      const display = displayOn(context, progress);
      let result: BuildResult;
      try {
        result = await engine.build({ ...wishes, signal, onEvent: display.onEvent });
      } catch (error) {
        display.end();
        if (error instanceof BuildError && error.excerpt !== '' && !signal.aborted)
          context.stderr.write(`${error.excerpt.split('\n').map(printable).join('\n')}\n`);
        throw error;
      }
      display.end();
      const iidfile = text(values, 'iidfile');
      if (iidfile !== undefined) await writeFile(iidfile, result.id);
      if (output !== undefined) await giveOut(context, engine, result, output);
      // The output may be what goes there.
      const isTaken = output !== undefined && output.type !== 'local' && output.file === undefined;
      if (isTaken) return EXIT.ok;
      if (progress === 'quiet') context.print(result.id);
      else if (progress === 'json') context.print(JSON.stringify({ kind: 'result', ...result }));
      else say(context, result);
      return EXIT.ok;
    });
  },
};

export const imageBuild: Command = { ...build, name: 'image build' };
