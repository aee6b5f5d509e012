// A build: its steps with where each stands, and what they write.
import { buildParts, shownBuild } from '../../image-layout.js';
import { isAtWork, isBuild, subjectOf, type Job, type TimedStep } from '../../images/jobs.js';
import type { ShownLines } from '../../logs/view.js';
import { instructionOf } from '../../present/image.js';
import { isUnchanged } from '../../present/transfer.js';
import { age, plural } from '../../present/units.js';
import {
  truncate,
  widthOf,
  type Attr,
  type Canvas,
  type Glyphs,
  type Rect,
  type Span,
  type Theme,
} from '../../screen/index.js';
import type { Sources } from '../../sources.js';
import type { JobsSlice, State } from '../../state.js';
import { fitPosition, paintProgress, paintViewer, settleViewer, type Lines, type Viewer } from '../../widgets/index.js';
import { paintChoices } from '../empty.js';

const BAR_CELLS = 24;
const TIME_CELLS = 7;

export function paintBuild(canvas: Canvas, rect: Rect, state: State, sources: Sources): void {
  const view = canvas.within(rect);
  const job = shownBuild(state);
  if (job === undefined) {
    paintChoices(view, rect.x + 2, rect.y + 1, state, 'Nothing was built from here yet.', [
      ['build-image', 'build an image of a directory and its Dockerfile'],
    ]);
    return;
  }
  const { steps } = job.progress;
  const parts = buildParts(rect, steps.length);
  paintHead(view, parts.head, state, job);
  paintSteps(view, parts.steps, steps, state.now);
  paintRule(view, parts.rule, job);
  const lines = sources.build(job.number);
  if (lines === undefined) {
    view.text(parts.output.x, parts.output.y, 'Its output is not kept any more.', canvas.theme.dim);
    return;
  }
  const shown = buildLines(lines, canvas.theme, canvas.glyphs);
  canvas.region(parts.output, { kind: 'text' }, true);
  paintViewer(canvas, parts.output, settleViewer(buildViewerNow(state.jobs, lines), shown, parts.output), shown);
}

function headWords({ status, progress: { steps } }: Job): string {
  const over = steps.filter(({ status: one }) => one === 'done' || one === 'cached').length;
  const cached = steps.filter(({ status: one }) => one === 'cached').length;
  switch (status) {
    case 'running':
      if (steps.length === 0) return 'reading the Dockerfile';
      // Where steps are told as they begin nobody knows how many there will be.
      return steps.some(({ status: one }) => one === 'waiting')
        ? `${over} of ${plural(steps.length, 'step')}`
        : `${plural(over, 'step')} done`;
    case 'cancelling':
      return 'calling off …';
    case 'done':
      return isUnchanged(steps) ? 'nothing had changed' : `${plural(steps.length, 'step')}, ${cached} cached`;
    case 'failed':
      return 'failed';
    case 'cancelled':
      return 'called off';
  }
}

function paintHead(view: Canvas, { x, y, width }: Rect, state: State, job: Job): void {
  const { theme, glyphs } = view;
  const { status, startedAt, endedAt, progress, request } = job;
  const builds = state.jobs.list.filter(isBuild);
  const at = builds.indexOf(job) + 1;
  const took = age((endedAt ?? state.now) - startedAt);
  const { mark } = glyphs;
  const [sign, attr] = (
    {
      running: [mark.running, theme.good],
      cancelling: [mark.paused, theme.notice],
      done: [mark.marked, theme.good],
      failed: [mark.failed, theme.error],
      cancelled: [mark.stopped, theme.dim],
    } as const
  )[status];
  const spans: readonly Span[] = [
    { text: `${sign} `, attr },
    { text: truncate(subjectOf(request), 40, glyphs.ellipsis), attr: theme.strong },
    { text: `  ${headWords(job)}`, attr: status === 'failed' ? theme.error : theme.text },
    { text: `  ${took}`, attr: theme.dim },
    ...(request.kind === 'build' && request.build.tag !== undefined
      ? [{ text: `  ${request.build.directory}`, attr: theme.dim }]
      : []),
    ...(builds.length > 1 ? [{ text: `  build ${at} of ${builds.length}`, attr: theme.dim }] : []),
  ];
  const used = view.spans(x + 1, y, spans, width - 2);
  const isKnown = progress.steps.some(({ status: one }) => one === 'waiting');
  if (!isAtWork(job) || used + BAR_CELLS + 4 > width || !isKnown) return;
  const over = progress.steps.filter(({ status: one }) => one === 'done' || one === 'cached').length;
  paintProgress(view, x + width - BAR_CELLS - 1, y, BAR_CELLS, over / progress.steps.length, theme.resource.cpu[0]);
}

interface Look {
  readonly sign: string;
  readonly attr: Attr;
  readonly words: string;
}

function lookOf({ theme, glyphs: { mark } }: Canvas, { status, startedAt, durationMs }: TimedStep, now: number): Look {
  switch (status) {
    case 'waiting':
      return { sign: ' ', attr: theme.dim, words: '' };
    case 'running':
      return { sign: mark.running, attr: theme.good, words: age(now - (startedAt ?? now)) };
    case 'cached':
      return { sign: mark.marked, attr: theme.dim, words: 'cached' };
    case 'done':
      return { sign: mark.marked, attr: theme.good, words: seconds(durationMs) };
    case 'failed':
      return { sign: mark.failed, attr: theme.error, words: seconds(durationMs) };
    case 'stopped':
      return { sign: mark.stopped, attr: theme.dim, words: 'stopped' };
  }
}

/** "0.4s", "12s", "3m" */
const seconds = (ms: number | undefined): string =>
  ms === undefined ? '' : ms < 9950 ? `${(ms / 1000).toFixed(1)}s` : age(ms);

function paintSteps(view: Canvas, rect: Rect, steps: readonly TimedStep[], now: number): void {
  const { theme, glyphs } = view;
  // The one that is at work, or that failed, stays in sight.
  const last = steps.findLastIndex(({ status }) => status !== 'waiting');
  const at = steps.findIndex(({ status }) => status === 'running' || status === 'failed');
  const selected = at >= 0 ? at : Math.max(0, last);
  const { top } = fitPosition(
    { selected: Math.min(steps.length - 1, selected + 1), top: 0 },
    steps.length,
    rect.height,
  );
  const numbers = String(steps.length).length;
  const stages = Math.min(14, Math.max(0, ...steps.map(({ stage }) => (stage === undefined ? 0 : widthOf(stage) + 1))));
  for (let i = 0; i < rect.height; i++) {
    const step = steps[top + i];
    if (step === undefined) break;
    const y = rect.y + i;
    const { sign, attr, words } = lookOf(view, step, now);
    let x = rect.x + 1;
    view.text(x, y, sign, attr);
    view.text(x + 2, y, String(step.number).padStart(numbers), theme.dim);
    x += 3 + numbers;
    if (stages > 0) view.text(x, y, truncate(step.stage ?? '', stages - 1, glyphs.ellipsis), theme.resource.net[0]);
    x += stages;
    const aside = step.status === 'failed' && step.at !== undefined ? `${step.at}  ${words}` : words;
    const room = rect.x + rect.width - x - 1 - Math.max(TIME_CELLS, widthOf(aside) + 1);
    const { word, rest } = instructionOf(step.text);
    const isQuiet = step.status === 'waiting' || step.status === 'cached';
    const used = view.text(x, y, word === '' ? '' : `${word} `, isQuiet ? theme.dim : theme.strong, room);
    view.text(x + used, y, truncate(rest, room - used, glyphs.ellipsis), isQuiet ? theme.dim : step.status === 'failed' ? theme.error : theme.text); // prettier-ignore
    view.text(rect.x + rect.width - 1 - widthOf(aside), y, aside, step.status === 'failed' ? theme.error : attr);
  }
}

/** Between the steps and what they write; a failure says itself there. */
function paintRule(view: Canvas, { x, y, width }: Rect, { status, failure }: Job): void {
  const { theme, glyphs } = view;
  if (status === 'failed' && failure !== undefined) {
    view.text(x + 1, y, truncate(`${glyphs.mark.failed} ${failure}`, width - 2, glyphs.ellipsis), theme.error);
    return;
  }
  for (let i = 1; i < width - 1; i++) view.put(x + i, y, glyphs.box.rule, theme.faint);
}

/** What was written, each line with the number of its step. */
export function buildLines(lines: ShownLines, theme: Theme, glyphs: Glyphs): Lines {
  const hues = [theme.resource.net[0], theme.resource.memory[0], theme.resource.cpu[0], theme.resource.io[0]];
  return {
    length: lines.length,
    at: (index) => lines.at(index).text,
    prefix: (index): readonly Span[] => {
      const { source, stream } = lines.at(index);
      return [
        { text: String(source).padStart(3), attr: hues[source % hues.length]! },
        { text: stream === 'stderr' ? `${glyphs.box.vertical} ` : '  ', attr: theme.notice },
      ];
    },
  };
}

/** The viewer with its line numbers brought to what is kept now: the oldest lines were dropped. */
export function buildViewerNow({ viewer, base }: JobsSlice, lines: ShownLines): Viewer {
  const moved = lines.base - base;
  if (moved === 0) return viewer;
  return {
    ...viewer,
    top: Math.max(0, viewer.top - moved),
    found: viewer.found < 0 ? -1 : Math.max(-1, viewer.found - moved),
  };
}
