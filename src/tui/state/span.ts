// How long a stretch of time graphs show.
import type { Container } from '../../engine/index.js';
import type { State } from '../state.js';

export const DEFAULT_SPAN_MS = 5 * 60_000;

/** Stretches of time that graphs show by themselves, shortest first, ms. */
const OWN_SPANS_MS = [60_000, 120_000, DEFAULT_SPAN_MS];

const firstStarts = new WeakMap<readonly Container[], number>();

/** Since when somebody of those who run has run, ms since the epoch; asked many times a frame. */
function firstStart(list: readonly Container[]): number {
  let first = firstStarts.get(list);
  if (first === undefined) {
    first = Infinity;
    for (const { state } of list) {
      // Not a date is not before anything.
      const startedAt = Date.parse(state.startedAt ?? '');
      if (state.status === 'running' && startedAt < first) first = startedAt;
    }
    firstStarts.set(list, first);
  }
  return first;
}

/** The stretch of time that graphs show: the chosen one, else the shortest that holds all there is of anybody who runs. */
export function spanOf({ graphs, host, containers, now }: State): number {
  const there = now - Math.min(host.sampledSince ?? now, firstStart(containers.list));
  return graphs.spanMs ?? OWN_SPANS_MS.find((span) => span >= there) ?? DEFAULT_SPAN_MS;
}
