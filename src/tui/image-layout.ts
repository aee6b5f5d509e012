// Where the panes of the Images view stand, and what the pane of builds is divided into. Pure.
import { cataloguePaneInside, cataloguePanes, type CataloguePanes } from './catalogue.js';
import { imageRows } from './image-rows.js';
import { isAtWork, isBuild, type Job } from './images/jobs.js';
import type { Rect } from './screen/index.js';
import type { State } from './state.js';

/** Whether there is nothing that tabs could be about. */
export const hasNoImages = ({ images, jobs }: State): boolean =>
  (images.list?.length ?? 0) === 0 && jobs.list.length === 0;

const placed = { slice: ({ images }: State) => images, rows: imageRows, isEmpty: hasNoImages };

export const imagePanes = (state: State): CataloguePanes => cataloguePanes(placed, state);

/** The inside of the pane of tabs, or of where it would be. */
export const imagePaneInside = (state: State): Rect => cataloguePaneInside(placed, state);

/** The build that the pane shows: the one that was chosen, else the newest that runs, else the newest. */
export function shownBuild({ jobs }: State): Job | undefined {
  const builds = jobs.list.filter(isBuild);
  return builds.find(({ number }) => number === jobs.build) ?? builds.findLast(isAtWork) ?? builds.at(-1);
}

/** Of the pane of builds: a line that says what it is, steps, a rule, what they write. */
export interface BuildParts {
  readonly head: Rect;
  readonly steps: Rect;
  readonly rule: Rect;
  readonly output: Rect;
}

const STEPS_SHARE = 0.45;
const LEAST_OUTPUT_ROWS = 3;

export function buildParts(inner: Rect, steps: number): BuildParts {
  const room = Math.max(0, inner.height - 2);
  const most = Math.max(1, Math.min(Math.floor(room * STEPS_SHARE), room - LEAST_OUTPUT_ROWS));
  const height = Math.max(0, Math.min(steps, most));
  const at = (y: number, rows: number): Rect => ({ ...inner, y, height: Math.max(0, rows) });
  return {
    head: at(inner.y, 1),
    steps: at(inner.y + 1, height),
    rule: at(inner.y + 1 + height, 1),
    output: {
      ...at(inner.y + 2 + height, inner.height - 2 - height),
      x: inner.x + 1,
      width: Math.max(0, inner.width - 2),
    },
  };
}
