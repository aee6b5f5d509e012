// Going about in time: how long a stretch graphs show, which moment everything shows, two moments side by side.
import { noticed, refuse, step, type Step } from '../actions.js';
import { momentOf } from '../state/moment.js';
import { momentClock } from '../present/moment.js';
import { DEFAULT_SPAN_MS, spanOf, type GraphsSlice, type State } from '../state.js';
import type { Handler } from './handler.js';
import { showPage } from './view.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const SPANS_MS = [
  30_000,
  MINUTE_MS,
  2 * MINUTE_MS,
  DEFAULT_SPAN_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
  DAY_MS,
  3 * DAY_MS,
  7 * DAY_MS,
  30 * DAY_MS,
];
/** As long as samples are kept. */
const KEPT_MS = SPANS_MS.at(-1)!;
/** Part of the stretch that one press of an arrow goes. */
const SCRUB = 0.1;
/** How far into its time a notice is shown, ms: when it shows in the graphs. */
const INTO_NOTICE_MS = 5000;

const withGraphs = (state: State, graphs: Partial<GraphsSlice>): State => ({
  ...state,
  graphs: { ...state.graphs, ...graphs },
});

function zoomTime(state: State, by: 1 | -1): Step {
  const at = SPANS_MS.indexOf(spanOf(state));
  const spanMs = SPANS_MS[at + by];
  if (spanMs === undefined)
    return refuse(state, by > 0 ? 'Thirty days are all that is kept.' : 'This is as near as it gets.');
  return step(withGraphs(state, { spanMs }));
}

/** Everything shows that moment; what is not past is now. */
function goTo(state: State, at: number): Step {
  if (state.now - at > KEPT_MS) return refuse(state, 'Older samples are not kept.');
  return step(withGraphs(state, { until: at >= state.now ? undefined : at }));
}

function scrub(state: State, direction: 1 | -1): Step {
  const moment = momentOf(state);
  if (moment === undefined && direction > 0) return refuse(state, 'This is now.');
  return goTo(state, (moment ?? state.now) + direction * spanOf(state) * SCRUB);
}

/** Where a notice is looked at: a little into it, or its end where it was shorter. */
const whereToLook = ({ finding, until = Infinity }: State['neighbours']['past'][number]): number =>
  Math.min(finding.since + INTO_NOTICE_MS, Math.max(finding.since + 1, until - 1));

function jump(state: State, direction: 1 | -1): Step {
  const moment = momentOf(state) ?? state.now;
  const places = state.neighbours.past
    .map((past) => ({ at: whereToLook(past), key: past.finding.key }))
    .sort((a, b) => a.at - b.at);
  const found = direction > 0 ? places.find(({ at }) => at > moment) : places.findLast(({ at }) => at < moment);
  if (found === undefined)
    return refuse(state, direction > 0 ? 'Nobody began to suffer after this.' : 'Nobody began to suffer before this.');
  return goTo({ ...state, neighbours: { ...state.neighbours, shown: found.key } }, found.at);
}

const toNow: Handler = (state) =>
  momentOf(state) === undefined ? refuse(state, 'This is now.') : step(withGraphs(state, { until: undefined }));

/** First the one moment, then the other: the page shows what is different. */
const compare: Handler = (state) => {
  const at = momentOf(state) ?? state.now;
  const { pinned } = state.graphs;
  if (pinned === undefined)
    return step(
      noticed(
        withGraphs(state, { pinned: at }),
        'info',
        `${momentClock(at, state.now)} is pinned: go to another moment, then D shows what is different.`,
      ),
    );
  if (pinned === at)
    return refuse(withGraphs(state, { pinned: undefined }), `${momentClock(at, state.now)} is not pinned any more.`);
  return step(showPage(state, 'compare'));
};

const leaveCompare: Handler = (state) => step(showPage(withGraphs(state, { pinned: undefined }), 'overview'));

export const timeCommands = {
  'time-in': (state) => zoomTime(state, -1),
  'time-out': (state) => zoomTime(state, 1),
  'time-reset': (state) => step(withGraphs(state, { spanMs: undefined, until: undefined })),
  'scrub-back': (state) => scrub(state, -1),
  'scrub-forward': (state) => scrub(state, 1),
  'notice-before': (state) => jump(state, -1),
  'notice-after': (state) => jump(state, 1),
  'to-now': toNow,
  compare,
  'leave-compare': leaveCompare,
  freeze: (state) => step(withGraphs(state, { until: momentOf(state) === undefined ? state.now : undefined })),
} satisfies Record<string, Handler>;
