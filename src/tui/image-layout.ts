// Where the panes of the Images view stand, and what the pane of builds is divided into. Pure.
import { imageRows } from './image-rows.js';
import { isAtWork, isBuild, type Job } from './images/jobs.js';
import { inside, layoutOf } from './layout.js';
import type { Rect } from './screen/index.js';
import type { State } from './state.js';

/** Borders and the line of column names. */
const LIST_FRAME_ROWS = 3;
const LIST_LEAST_ROWS = 8;
const LIST_SHARE = 0.5;

export interface ImagePanes {
  readonly list?: Rect;
  readonly pane?: Rect;
}

/** Whether there is nothing that tabs could be about. */
export const hasNoImages = ({ images, jobs }: State): boolean =>
  (images.list?.length ?? 0) === 0 && jobs.list.length === 0;

/** One pane has all the room where there is little, or where it was given to it. */
export function imagePanes(state: State): ImagePanes {
  const { body, narrow } = layoutOf(state);
  const isAlone = narrow || state.view.zoomed;
  if (hasNoImages(state) || (isAlone && state.images.focus === 'list')) return { list: body };
  if (isAlone) return { pane: body };
  const wanted = imageRows(state).length + LIST_FRAME_ROWS;
  const height = Math.max(LIST_LEAST_ROWS, Math.min(wanted, Math.floor(body.height * LIST_SHARE)));
  return {
    list: { ...body, height },
    pane: { ...body, y: body.y + height, height: body.height - height },
  };
}

/** Rows of images that the list has room for. */
export const imageListRows = (state: State): number =>
  Math.max(1, (imagePanes(state).list?.height ?? 0) - LIST_FRAME_ROWS);

/** The inside of the pane of tabs, or of where it would be. */
export const imagePaneInside = (state: State): Rect => inside(imagePanes(state).pane ?? layoutOf(state).body);

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
