// explain: the steps that a start would take, with nothing started and nothing kept; and those that the last start took.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { explainStart } from '../launch/explain.js';
import type { CreateSpec, LaunchReport, LaunchStep } from '../model.js';
import { generateName } from '../grammar/names.js';
import { settleNetworks } from '../network/settle.js';
import { errnoOf, fileError } from '../state/file-errors.js';
import { layout } from '../state/layout.js';
import { configure, requireNoProblems } from '../validate.js';
import { mountsOf } from './create.js';
import type { Parts } from './parts.js';

type PlannedStep = Omit<LaunchStep, 'atUs' | 'durationUs' | 'result'>;

/** @throws TscontainError what create and start would throw for this */
export async function explain(parts: Parts, wanted: CreateSpec): Promise<PlannedStep[]> {
  const { images, driver } = parts;
  const image = await images.get(wanted.image);
  const spec = await settleNetworks(parts, wanted);
  const id = randomBytes(32).toString('hex');
  const facts = { id, name: generateName(() => false), created: new Date().toISOString(), cpus: cpus().length };
  const { config: asked, problems } = configure(spec, image, facts);
  requireNoProblems(problems);
  const config = { ...asked, mounts: mountsOf(parts, asked) };
  return explainStart(config, image, driver.paths(config.project ?? 'default', id));
}

/** undefined when it was never started. @throws TscontainError NO_SUCH_CONTAINER */
export async function launchReport({ root, store }: Parts, ref: string): Promise<LaunchReport | undefined> {
  const id = store.resolve(ref);
  try {
    return JSON.parse(await readFile(layout.launchReport(root, id), 'utf8')) as LaunchReport;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    // It is being written, or was cut short: there is nothing to show.
    if (error instanceof SyntaxError) return undefined;
    throw fileError(error, `read the launch report of container ${id.slice(0, 12)}`);
  }
}
