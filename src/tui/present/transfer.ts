// What goes on with images, in words: what a job does, how it ended, where a layer of it stands.
import { isOver, NO_PROGRESS, shareOf, type TransferProgress, type TransferRow } from '../../engine/index.js';
import {
  isBuild,
  subjectOf,
  type Job,
  type JobKind,
  type JobProgress,
  type JobRequest,
  type TimedStep,
} from '../images/jobs.js';
import type { State } from '../state.js';
import { instructionOf } from './image.js';
import { age, bytes, plural } from './units.js';

export const NOTHING_YET: JobProgress = { transfer: NO_PROGRESS, steps: [] };

const DOING: Readonly<Record<JobKind, string>> = {
  pull: 'Pulling',
  push: 'Pushing',
  save: 'Saving',
  load: 'Loading',
  build: 'Building',
};
const DONE: Readonly<Record<JobKind, string>> = {
  pull: 'was pulled',
  push: 'was pushed',
  save: 'was saved',
  load: 'was loaded',
  build: 'was built',
};
/** Whether nothing was to be done. */
export const wasThere = ({ rows, current }: TransferProgress): boolean =>
  current === 0 && rows.every(({ what, phase }) => what !== 'layer' || phase === 'there');

/** "3s", "2m", "1h" of what is left, never less than a second. */
export const leftWords = (ms: number | undefined): string => (ms === undefined ? '' : age(Math.max(1000, ms + 500)));

export const beganSentence = (request: JobRequest): string => `${DOING[request.kind]} ${subjectOf(request)} …`;

/** Instructions that can make a layer: what is not one of them is done each time, and changes nothing. */
const MAKES_LAYER = new Set(['RUN', 'COPY', 'ADD', 'WORKDIR']);

/** Whether all that a build could have made was there from an earlier one. */
export const isUnchanged = (steps: readonly TimedStep[]): boolean =>
  steps.some(({ status }) => status === 'cached') &&
  steps.every(({ status, text }) => status === 'cached' || !MAKES_LAYER.has(instructionOf(text).word));

/** How it ended well. @param names what an archive brought */
export function doneSentence(
  { request, startedAt }: Job,
  { transfer, steps }: JobProgress,
  names: readonly string[],
  now: number,
): string {
  const subject = subjectOf(request);
  const took = age(now - startedAt);
  switch (request.kind) {
    case 'build': {
      const cached = steps.filter(({ status }) => status === 'cached').length;
      const how = isUnchanged(steps)
        ? `nothing had changed`
        : `${plural(steps.length, 'step')}, ${cached} of them cached`;
      return `${subject} ${DONE.build}: ${how}, in ${took}.`;
    }
    case 'load':
      return names.length === 0 ? `${subject} ${DONE.load} in ${took}.` : `${names.join(', ')} came from ${subject}.`;
    case 'save':
      return `${subject} ${DONE.save} to ${request.path}: ${bytes(transfer.current)} in ${took}.`;
    case 'pull':
    case 'push':
      return wasThere(transfer)
        ? request.kind === 'pull'
          ? `${subject} is as new as it is there: nothing was to be pulled.`
          : `${subject} was there already: nothing was to be pushed.`
        : `${subject} ${DONE[request.kind]}: ${bytes(transfer.current)} in ${took}.`;
  }
}

export const failedSentence = ({ request }: Job, why: string): string => {
  const subject = subjectOf(request);
  return `${request.kind === 'build' ? `The build of ${subject}` : `The ${request.kind} of ${subject}`} failed: ${why}`;
};

export function cancelledSentence({ request }: Job): string {
  const subject = subjectOf(request);
  switch (request.kind) {
    case 'pull':
      return `The pull of ${subject} was called off. What came is kept: r goes on where it stopped.`;
    case 'push':
      return `The push of ${subject} was called off. What the registry has it keeps.`;
    case 'build':
      return `The build of ${subject} was called off. Steps that were done are kept.`;
    case 'save':
    case 'load':
      return `The ${request.kind} of ${subject} was called off.`;
  }
}

/** A line of the pane of transfers: a job, or a blob of one. */
export interface TransferLine {
  readonly job: Job;
  readonly row: TransferRow | undefined;
}

/** Newest first; of what is over the sum alone, but for what did not come. */
export function transferLines({ jobs }: Pick<State, 'jobs'>): readonly TransferLine[] {
  return jobs.list
    .filter((job) => !isBuild(job))
    .toReversed()
    .flatMap((job): TransferLine[] => [
      { job, row: undefined },
      ...job.progress.transfer.rows
        .filter((row) => row.what === 'layer' || !isOver(row))
        .filter(() => job.status !== 'done')
        .map((row): TransferLine => ({ job, row })),
    ]);
}

/** "2 of 5 layers" */
export function layersWords({ rows }: TransferProgress): string {
  const layers = rows.filter(({ what }) => what === 'layer');
  if (layers.length === 0) return '';
  const over = layers.filter(isOver).length;
  return over === layers.length ? plural(layers.length, 'layer') : `${over} of ${plural(layers.length, 'layer')}`;
}

/** All that runs, together: how many, and the share of the bytes or of the steps that is done; undefined while nothing runs. */
export function workNow(
  running: readonly Job[],
): { readonly share: number; readonly speed: number | undefined } | undefined {
  if (running.length === 0) return undefined;
  const shares = running.map(({ request, progress: { transfer, steps } }) => {
    if (request.kind !== 'build') return shareOf(transfer);
    const over = steps.filter(({ status }) => status === 'done' || status === 'cached').length;
    return steps.length === 0 ? NaN : over / steps.length;
  });
  const known = shares.filter((share) => !Number.isNaN(share));
  const speeds = running.flatMap(({ progress: { transfer } }) => transfer.speed ?? []);
  return {
    share: known.length === 0 ? NaN : known.reduce((sum, share) => sum + share, 0) / shares.length,
    speed: speeds.length === 0 ? undefined : speeds.reduce((sum, speed) => sum + speed, 0),
  };
}
