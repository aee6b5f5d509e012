// Judges what was written down while nobody looked: the same judge over the records of the archive, an hour at a time and in small
// slices, so that whoever asks goes on with everything else.
import { performance } from 'node:perf_hooks';
import type { Target } from '../model.js';
import { HOST_ID } from '../model.js';
import type { Observation } from './observation.js';
import { createJudge } from './judge.js';
import { withFound, type FindingSpan } from './spans.js';
import { groupOf } from './watch.js';

/** What it needs of the archive. */
export interface WrittenDown {
  load(
    ids: readonly string[],
    from: number,
    until: number,
    stepMs: number,
  ): Promise<{ observations(stepMs: number): Iterable<Observation> }>;
}

export interface Night {
  readonly archive: WrittenDown;
  readonly targets: readonly Target[];
  /** ms since the epoch */
  readonly from: number;
  readonly until: number;
  /** between two slices; throws to give it up */
  readonly pause: () => Promise<void>;
}

const STEP_MS = 10_000;
const PART_MS = 3_600_000;
const SLICE_MS = 6;
const MOST_SPANS = 500;

/** @returns what was found, oldest first; what still lasted at the end is over there */
export async function judgeNight({ archive, targets, from, until, pause }: Night): Promise<readonly FindingSpan[]> {
  const judge = createJudge();
  const ids = [HOST_ID, ...targets.map(({ id }) => id)];
  const groups = new Map(targets.flatMap((target) => [[target.id, groupOf(target) ?? ''] as const]));
  let spans: readonly FindingSpan[] = [];
  let began = performance.now();
  for (let start = from; start < until; start += PART_MS) {
    const stretch = await archive.load(ids, start, Math.min(until, start + PART_MS), STEP_MS);
    for (const observation of stretch.observations(STEP_MS)) {
      const found = judge.observe({ ...observation, groups });
      if (found.length > 0 || spans.at(-1)?.until === undefined)
        spans = withFound(spans, found, observation.at, MOST_SPANS);
      if (performance.now() - began < SLICE_MS) continue;
      await pause();
      began = performance.now();
    }
  }
  return withFound(spans, [], until, MOST_SPANS);
}
