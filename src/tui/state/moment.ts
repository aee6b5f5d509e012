// The moment that is shown: now, or one that somebody went back to. Everything on the screen that is measured shows that very
// moment; what is done, said or asked stays in the present. Pure.
import type { Finding } from '../../metrics/index.js';
import type { State } from '../state.js';

/** ms since the epoch; undefined is now. */
export const momentOf = ({ graphs }: State): number | undefined => graphs.until;

/** Who suffered at that moment, worst first; who is held by its own limit after those whom others hold. */
export const findingsAt = ({ neighbours }: State, at: number): readonly Finding[] =>
  neighbours.past
    .filter(({ finding, until }) => finding.since <= at && (until === undefined || until > at))
    .map(({ finding }) => finding)
    .sort((a, b) => Number(a.byOwnLimit) - Number(b.byOwnLimit) || b.percent - a.percent);

/** The state as it is painted: with the clock and the findings of the moment that is shown. */
export function asOfMoment(state: State): State {
  const moment = momentOf(state);
  if (moment === undefined) return state;
  return { ...state, now: moment, neighbours: { ...state.neighbours, findings: findingsAt(state, moment) } };
}
