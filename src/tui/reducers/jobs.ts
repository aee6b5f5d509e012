// What goes on with images: begun by a form, told a few times a second, called off, ended with news. Which build is looked at.
import { noticed, refuse, step, withNews, type Action, type Step } from '../actions.js';
import { shownBuild } from '../image-layout.js';
import { isAtWork, isBuild, MAX_ENDED_JOBS, subjectOf, type Job, type JobRequest } from '../images/jobs.js';
import { searchPattern } from '../filter.js';
import {
  beganSentence,
  cancelledSentence,
  doneSentence,
  failedSentence,
  NOTHING_YET,
  transferLines,
} from '../present/transfer.js';
import type { JobsSlice, State } from '../state.js';
import type { Handler } from './handler.js';
import { panePosition, settledImages, withImages } from './images.js';

export const withJobs = (state: State, jobs: Partial<JobsSlice>): State => ({
  ...state,
  jobs: { ...state.jobs, ...jobs },
});

const isSameWork = (a: JobRequest, b: JobRequest): boolean => a.kind === b.kind && subjectOf(a) === subjectOf(b);

/** Begins it; in the Images view its pane comes to the front. The same twice at once would only be in its own way. */
export function beginJob(state: State, request: JobRequest): Step {
  const running = state.jobs.list.find((job) => isAtWork(job) && isSameWork(job.request, request));
  const closed = { ...state, overlay: undefined };
  if (running) return refuse(closed, `The ${request.kind} of ${subjectOf(request)} is under way already.`);
  const number = state.jobs.nextNumber;
  const job: Job = {
    number,
    request,
    startedAt: state.now,
    endedAt: undefined,
    status: 'running',
    failure: undefined,
    progress: NOTHING_YET,
  };
  const following = isBuild(job)
    ? { build: number, base: 0, viewer: { ...state.jobs.viewer, top: 0, skip: 0, follow: true, found: -1 } }
    : {};
  const next = withJobs(closed, { list: [...state.jobs.list, job], nextNumber: number + 1, ...following });
  const shown = withImages(next, {
    tab: isBuild(job) ? 'builds' : 'transfers',
    ...(isBuild(job) ? {} : { transfers: { selected: 0, top: 0 } }),
  });
  return step(settledImages(noticed(shown, 'info', beganSentence(request))), { type: 'begin-job', number, request });
}

const withJob = (state: State, number: number, change: (job: Job) => Job): State =>
  withJobs(state, { list: state.jobs.list.map((job) => (job.number === number ? change(job) : job)) });

export const jobsProgressed = (state: State, { jobs }: Extract<Action, { type: 'jobs-progressed' }>): State =>
  withJobs(state, {
    list: state.jobs.list.map((job) => {
      const progress = jobs.get(job.number);
      return progress === undefined || !isAtWork(job) ? job : { ...job, progress };
    }),
  });

/** Of those that are over the newest are remembered. */
function forgetting(list: readonly Job[]): readonly Job[] {
  const over = list.filter((job) => !isAtWork(job));
  const forgotten = new Set(over.slice(0, Math.max(0, over.length - MAX_ENDED_JOBS)));
  return list.filter((job) => !forgotten.has(job));
}

export function jobEnded(state: State, { number, end, progress }: Extract<Action, { type: 'job-ended' }>): Step {
  const job = state.jobs.list.find((one) => one.number === number);
  if (job === undefined) return step(state);
  const endedAt = state.now;
  // As long as it is told that this began, how it ended stands in its place; an answer to another key is not taken away.
  const tell = state.notice?.text === beganSentence(job.request) ? noticed : withNews;
  const told = (next: State): Step =>
    step(settledImages(withJobs(next, { list: forgetting(next.jobs.list) })), { type: 'list-images' });
  switch (end.is) {
    case 'done': {
      const done = withJob(state, number, (one) => ({ ...one, status: 'done', endedAt, progress }));
      return told(tell(done, 'good', doneSentence(job, progress, end.names, state.now)));
    }
    case 'cancelled': {
      const next = withJob(state, number, (one) => ({ ...one, status: 'cancelled', endedAt, progress }));
      return told(noticed(next, 'info', cancelledSentence(job)));
    }
    case 'failed': {
      const { message, hint } = end.failure;
      const why = hint === undefined ? message : `${message}: ${hint}`;
      const next = withJob(state, number, (one) => ({ ...one, status: 'failed', endedAt, failure: why, progress }));
      return told(tell(next, 'error', failedSentence(job, why)));
    }
  }
}

/** The job that a key is about: the build in sight, or the one that the selected line belongs to. */
export function jobInSight(state: State): Job | undefined {
  const { page } = state.view;
  if (page === 'images' && state.images.tab === 'builds') return shownBuild(state);
  return transferLines(state)[panePosition(state, 'transfers').selected]?.job;
}

const cancel: Handler = (state) => {
  const job = jobInSight(state);
  if (job === undefined) return refuse(state, 'Nothing goes on here.');
  if (!isAtWork(job)) return refuse(state, `The ${job.request.kind} of ${subjectOf(job.request)} is over.`);
  if (job.status === 'cancelling') return refuse(state, 'It is being called off.');
  const next = withJob(state, job.number, (one) => ({ ...one, status: 'cancelling' }));
  return step(noticed(next, 'info', `Calling off the ${job.request.kind} of ${subjectOf(job.request)} …`), {
    type: 'cancel-job',
    number: job.number,
  });
};

const again: Handler = (state) => {
  const job = jobInSight(state);
  if (job === undefined) return refuse(state, 'There is nothing to do again.');
  return beginJob(state, job.request);
};

const otherBuild =
  (by: 1 | -1): Handler =>
  (state) => {
    const builds = state.jobs.list.filter(isBuild);
    const at = builds.findIndex(({ number }) => number === shownBuild(state)?.number);
    const next = builds[at + by];
    if (next === undefined)
      return refuse(state, by > 0 ? 'This is the newest build.' : 'There is no build before this one.');
    const viewer = { ...state.jobs.viewer, top: 0, skip: 0, follow: true, found: -1 };
    return step(withJobs(state, { build: next.number, viewer, base: 0 }));
  };

export function setBuildSearch(state: State, text: string, editing: boolean): Step {
  const viewer = { ...state.jobs.viewer, query: text, found: -1 };
  const next = withJobs(state, { search: { text, editing }, viewer });
  if (editing || text === '') return step(next);
  const { problem } = searchPattern(text);
  if (problem !== undefined) return refuse(next, `“${text}” cannot be searched for: ${problem}.`);
  return step(next, { type: 'scroll-build', by: 'N' });
}

export const findInBuild =
  (direction: 1 | -1): Handler =>
  (state) =>
    state.jobs.search.text === ''
      ? refuse(state, 'Nothing is searched for; / begins a search.')
      : step(state, { type: 'scroll-build', by: direction > 0 ? 'n' : 'N' });

export const jobCommands = {
  'cancel-job': cancel,
  again,
  'earlier-build': otherBuild(-1),
  'later-build': otherBuild(1),
} satisfies Record<string, Handler>;
