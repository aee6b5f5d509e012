// Pulls, pushes, archives and builds as they go on, several at once, whatever is looked at. They tell thousands of times a second
// what they do; the state hears of it a few times.
import { TransferTally, type OnTransfer } from '../../engine/index.js';
import { isBuild, MAX_ENDED_BUILDS, type JobProgress, type JobRequest, type TimedStep } from '../images/jobs.js';
import type { BuildNews, ImagesPort } from '../images/port.js';
import type { LogView } from '../logs/view.js';
import type { JobEnd } from '../actions.js';
import { BuildOutput } from './build-output.js';
import type { Doers } from './doers.js';
import { failureOf } from './failure.js';
import type { Ports } from './ports.js';

/** Between two times that the state hears of them, ms: eight a second. */
const TELL_MS = 125;
/** How long leaving waits for what was called off, ms. */
const LEAVE_MS = 2000;

/** One that runs. */
class Work {
  readonly aborting = new AbortController();
  readonly tally: TransferTally;
  readonly steps = new Map<number, TimedStep>();
  hasNews = false;
  ended: Promise<void> = Promise.resolve();

  constructor(private readonly clock: { now(): number }) {
    this.tally = new TransferTally(() => clock.now());
  }

  step(step: Extract<BuildNews, { type: 'step' }>['step']): void {
    const before = this.steps.get(step.number);
    const now = this.clock.now();
    const startedAt = before?.startedAt ?? (step.status === 'waiting' ? undefined : now);
    const isOver = step.status !== 'waiting' && step.status !== 'running';
    const durationMs = isOver && startedAt !== undefined ? now - startedAt : undefined;
    this.steps.set(step.number, {
      ...step,
      ...(startedAt === undefined ? {} : { startedAt }),
      ...(durationMs === undefined ? {} : { durationMs }),
    });
  }

  progress(): JobProgress {
    return {
      transfer: this.tally.progress(),
      steps: [...this.steps.values()].sort((a, b) => a.number - b.number),
    };
  }
}

export class Jobs {
  readonly doers: Doers<'begin-job' | 'cancel-job' | 'scroll-build'> = {
    'begin-job': ({ number, request }) => this.begin(number, request),
    'cancel-job': ({ number }) => this.running.get(number)?.aborting.abort(),
    'scroll-build': ({ by }) => this.output.scroll(by),
  };

  private readonly running = new Map<number, Work>();
  private readonly output: BuildOutput;
  private toldAt = -Infinity;
  private isDue = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly ports: Ports,
    private readonly images: ImagesPort,
  ) {
    this.output = new BuildOutput(ports);
  }

  /** What a build has written. */
  lines(number: number): LogView | undefined {
    return this.output.lines(number);
  }

  /** All that goes on is called off, and waited for a little. */
  async close(): Promise<void> {
    const works = [...this.running.values()];
    for (const { aborting } of works) aborting.abort();
    clearTimeout(this.timer);
    if (works.length === 0) return;
    const late = new Promise<void>((resolve) => setTimeout(resolve, LEAVE_MS).unref());
    await Promise.race([Promise.all(works.map(({ ended }) => ended)), late]);
  }

  private begin(number: number, request: JobRequest): void {
    const work = new Work(this.ports.clock);
    this.running.set(number, work);
    work.ended = this.carryOut(number, request, work).then((end) => {
      this.running.delete(number);
      this.ports.dispatch({ type: 'job-ended', number, end, progress: work.progress() });
      const builds = this.ports.state().jobs.list.filter(isBuild);
      this.output.forget(builds.slice(0, -MAX_ENDED_BUILDS).map((job) => job.number));
    });
  }

  private async carryOut(number: number, request: JobRequest, work: Work): Promise<JobEnd> {
    try {
      return { is: 'done', names: await this.ask(number, request, work) };
    } catch (error) {
      return work.aborting.signal.aborted ? { is: 'cancelled' } : { is: 'failed', failure: failureOf(error) };
    }
  }

  private async ask(number: number, request: JobRequest, work: Work): Promise<readonly string[]> {
    const { images } = this;
    const { signal } = work.aborting;
    const onEvent: OnTransfer = (event) => {
      work.tally.add(event);
      this.hasNews(work);
    };
    switch (request.kind) {
      case 'pull':
        await images.pull(request.name, { signal, onEvent });
        return [request.name];
      case 'push':
        await images.push(request.name, { signal, onEvent });
        return [request.name];
      case 'save':
        await images.save(request.names, request.path, { signal, onEvent });
        return request.names;
      case 'load':
        return images.load(request.path, { signal, onEvent });
      case 'build': {
        this.output.begin(number);
        await images.build(request.build, { signal, onNews: (news) => this.onBuild(number, work, news) });
        return request.build.tag === undefined ? [] : [request.build.tag];
      }
    }
  }

  private onBuild(number: number, work: Work, news: BuildNews): void {
    if (news.type === 'output') {
      this.output.add(number, news);
      return;
    }
    if (news.type === 'step') work.step(news.step);
    else work.tally.add(news.event);
    this.hasNews(work);
  }

  /** The state hears of it soon: what comes at once is told at once, what comes meanwhile when it may be told again. */
  private hasNews(work: Work): void {
    work.hasNews = true;
    const wait = this.toldAt + TELL_MS - this.ports.clock.now();
    if (wait > 0) {
      this.timer ??= setTimeout(() => this.tell(), wait);
      return;
    }
    if (this.isDue) return;
    this.isDue = true;
    setImmediate(() => this.tell());
  }

  private tell(): void {
    this.isDue = false;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.toldAt = this.ports.clock.now();
    const jobs = new Map<number, JobProgress>();
    for (const [number, work] of this.running) {
      if (work.hasNews) jobs.set(number, work.progress());
      work.hasNews = false;
    }
    if (jobs.size > 0) this.ports.dispatch({ type: 'jobs-progressed', jobs });
  }
}
