// tscontain inspect
import {
  inspectDocker,
  inspectDockerImage,
  inspectDockerNetwork,
  inspectDockerVolume,
  isTscontainError,
  type Engine,
  type ImageDetails,
} from '../../engine/index.js';
import { flag, text, type Command } from '../command.js';
import type { Context } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { jsonText, printable, table } from '../output.js';
import { readTemplate } from '../template/index.js';

export const inspect: Command = {
  name: 'inspect',
  summary: 'Everything about containers, images, networks or volumes, as JSON in the shape of Docker',
  arguments: [{ name: 'name', variadic: true, complete: 'container' }],
  options: [
    { flags: '--launch', description: 'the steps of its last start, each with its time' },
    { flags: '-f, --format <template>', description: 'a template such as {{.State.Pid}}, or json', complete: ['json'] },
  ],
  examples: [
    { command: "tscontain inspect -f '{{.State.ExitCode}}' web", what: 'one value' },
    {
      command: "tscontain inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' web",
      what: 'its address on each network',
    },
    { command: 'tscontain inspect --launch web', what: 'how it came to be' },
  ],
  async run(context, args, values) {
    const engine = await context.engine();
    if (flag(values, 'launch')) {
      for (const ref of args) {
        const report = await engine.launchReport(ref);
        if (report === undefined) {
          context.print(`${printable(ref)} was never started`);
          continue;
        }
        const rows = report.steps.map((step) => ({
          At: `${(step.atUs / 1000).toFixed(2)} ms`,
          Took: `${(step.durationUs / 1000).toFixed(2)} ms`,
          Step: step.name,
          Call: `${step.call}(${step.args})`,
        }));
        context.print(table(['At', 'Took', 'Step', 'Call'], rows));
        context.print(`${report.steps.length} steps in ${(report.totalUs / 1000).toFixed(2)} ms, ${report.startedAt}`);
      }
      return EXIT.ok;
    }
    const found = await Promise.all(
      args.map(async (ref) => {
        try {
          return await inspectContainer(engine, ref);
        } catch (error) {
          if (!isTscontainError(error, 'NO_SUCH_CONTAINER')) throw error;
          // What is none of them is said to be no container: that is what one mostly means.
          return await inspectOther(engine, ref, error);
        }
      }),
    );
    return printInspected(context, found, text(values, 'format'));
  },
};

/** All of it as JSON, or of each what a template asks for. */
export function printInspected(context: Context, found: readonly unknown[], template: string | undefined): number {
  if (template === undefined || template === 'json') context.print(jsonText(found, template === 'json' ? 0 : 4));
  else {
    const { fill } = readTemplate(template, { toJson: (value) => jsonText(value), toText: printable });
    for (const value of found) context.print(fill(value));
  }
  return EXIT.ok;
}

async function inspectContainer(engine: Engine, ref: string) {
  const container = await engine.get(ref);
  const networks = new Map((await engine.networks.list()).map(({ network }) => [network.id, network.name]));
  const attachments = await engine.networks.attachments(container.id);
  return inspectDocker(container, engine.root, attachments, (id) => networks.get(id));
}

/** What is none of them is said to be no container: that is what one mostly means. */
async function inspectOther(engine: Engine, ref: string, noContainer: unknown) {
  const image = await inspectImage(engine, ref);
  if (image !== undefined) return inspectDockerImage(image);
  try {
    const { network, endpoints } = await engine.networks.inspect(ref);
    return inspectDockerNetwork(network, endpoints);
  } catch (error) {
    if (!isTscontainError(error, 'NO_SUCH_NETWORK')) throw error;
  }
  const volume = await engine.volumes.inspect(ref).catch(() => undefined);
  if (volume === undefined) throw noContainer;
  return inspectDockerVolume(volume);
}

async function inspectImage(engine: Engine, ref: string): Promise<ImageDetails | undefined> {
  try {
    // The image base is made when it is first looked at.
    if (ref === 'base') await engine.images.get(ref);
    return await engine.images.inspect(ref);
  } catch (error) {
    if (isTscontainError(error, 'STATE_CORRUPT') || isTscontainError(error, 'AMBIGUOUS_ID')) throw error;
    return undefined;
  }
}
