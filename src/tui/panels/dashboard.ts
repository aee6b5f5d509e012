// The whole screen from the whole state: header, notice, the panes of the page, and what stands above them.
import { layoutOf, MIN_COLUMNS, MIN_ROWS } from '../layout.js';
import type { Canvas, Rect } from '../screen/index.js';
import { asOfMoment, momentOf } from '../state/moment.js';
import { asOf, type Sources } from '../sources.js';
import { isCatalogue, type CatalogueName, type Page, type State } from '../state.js';
import { paintFrame, type Title } from '../widgets/index.js';
import { compareTitles, paintCompare } from './compare.js';
import { alarmOf } from '../reducers/splits.js';
import { isNetworkMeasured, paintGrid } from './grid.js';
import { paintHeader } from './header.js';
import { commandTarget, hintsOf } from './hints.js';
import { paintImages } from './images.js';
import { paintEvents } from './lists.js';
import { neighbourTitles, paintNeighbours } from './neighbours.js';
import { paintNetworks } from './networks.js';
import { paintNoticeLine } from './notice.js';
import { paintOverlay } from './overlays.js';
import { momentWords } from '../present/moment.js';
import { paintContainers } from './table.js';
import { paintTabs } from './tabs.js';
import { paintVolumes } from './volumes.js';

const PAINT_CATALOGUE: Readonly<Record<CatalogueName, (canvas: Canvas, state: State, sources: Sources) => void>> = {
  images: paintImages,
  networks: paintNetworks,
  volumes: paintVolumes,
};

export function paintDashboard(canvas: Canvas, state: State, sources: Sources): void {
  const layout = layoutOf(state);
  if (layout.tooSmall) {
    paintTooSmall(canvas, state);
    return;
  }
  const moment = momentOf(state);
  const shown = asOfMoment(state);
  const then = moment === undefined ? sources : asOf(sources, moment);
  paintHeader(canvas, layout.header, shown, then, moment === undefined ? undefined : momentWords(moment, state.now));
  paintNoticeLine(canvas, layout.notice, shown, state.now);
  const { page } = state.view;
  if (page === 'overview') {
    if (layout.table) paintContainers(canvas, layout.table, shown, then);
    if (layout.tabs) paintTabs(canvas, layout.tabs, shown, then);
  } else if (isCatalogue(page)) {
    // What is listed is what it is now, whatever moment else is shown.
    PAINT_CATALOGUE[page](canvas, state, sources);
  } else {
    paintPage(canvas, layout.body, shown, then, page);
  }
  if (state.overlay) paintOverlay(canvas, state, sources, state.overlay);
}

/** A page in one frame. */
type FramedPage = Exclude<Page, 'overview' | CatalogueName>;

function paintPage(canvas: Canvas, rect: Rect, state: State, sources: Sources, page: FramedPage): void {
  const focused = state.overlay === undefined;
  const alarm = alarmOf(state);
  const inner = paintFrame(canvas, rect, {
    titles: pageTitles(state, sources, page),
    focused,
    keys: hintsOf(state, canvas.glyphs),
    ...(alarm === undefined ? {} : { alarm }),
  });
  canvas.region(inner, { kind: 'text' }, true);
  switch (page) {
    case 'grid': {
      paintGrid(canvas, inner, state, sources);
      return;
    }
    case 'neighbours': {
      paintNeighbours(canvas, inner, state, sources);
      return;
    }
    case 'compare': {
      paintCompare(canvas, inner, state, sources);
      return;
    }
    case 'events': {
      paintEvents(canvas, inner, state);
      return;
    }
  }
}

function pageTitles(state: State, sources: Sources, page: FramedPage): readonly Title[] {
  switch (page) {
    case 'grid':
      return [
        { text: state.grid.onlyMarked ? 'the picked containers' : 'all containers' },
        { text: isNetworkMeasured(state, sources) ? 'cpu mem io net' : 'cpu mem io' },
        {
          text: state.grid.scale === 'same' ? 'one scale for all' : 'each its own scale',
          target: commandTarget(state.grid.scale === 'same' ? 'own-scale' : 'same-scale'),
        },
        ...(state.table.marks.size > 0 ? [{ text: `${state.table.marks.size} picked` }] : []),
      ];
    case 'neighbours':
      return neighbourTitles(state);
    case 'compare':
      return compareTitles(state);
    case 'events':
      return [{ text: 'events' }, ...(state.events.back > 0 ? [{ text: `${state.events.back} back` }] : [])];
  }
}

function paintTooSmall(canvas: Canvas, state: State): void {
  const { columns, rows } = state.size;
  const text = `tscontain needs ${MIN_COLUMNS}x${MIN_ROWS}, this is ${columns}x${rows}.`;
  canvas.text(0, 0, text, canvas.theme.text);
  canvas.text(0, 1, 'Make the window larger; q leaves.', canvas.theme.dim);
}
