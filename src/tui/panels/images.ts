// The Images view: the images there are, and below them what the selected one is made of, what it is like, what goes on.
import { hasNoImages, imagePanes, shownBuild } from '../image-layout.js';
import { imageRows, selectedImage } from '../image-rows.js';
import { IMAGE_TABS, type ImageTab } from '../images/columns.js';
import { isAtWork, isBuild, subjectOf } from '../images/jobs.js';
import { nameOf, totalBytes } from '../images/sharing.js';
import { bytes, plural } from '../present/units.js';
import { alarmOf } from '../reducers/splits.js';
import { truncate, type Canvas, type Rect } from '../screen/index.js';
import type { Sources } from '../sources.js';
import type { State } from '../state.js';
import { paintFrame, type Title } from '../widgets/index.js';
import { paintChoices } from './empty.js';
import { hintsOf } from './hints.js';
import { paintBuild } from './images/build.js';
import { paintFacts } from './images/facts.js';
import { paintLayers } from './images/layers.js';
import { paintImageList } from './images/list.js';
import { paintTransfers } from './images/transfers.js';

export function paintImages(canvas: Canvas, state: State, sources: Sources): void {
  const { list, pane } = imagePanes(state);
  if (list !== undefined) paintList(canvas, list, state);
  if (pane !== undefined) paintPane(canvas, pane, state, sources);
}

function paintList(canvas: Canvas, rect: Rect, state: State): void {
  const focused = state.images.focus === 'list' && state.overlay === undefined;
  const alarm = alarmOf(state);
  const { list = [], error } = state.images;
  const layers = new Set(list.flatMap((image) => image.layers.map(({ id }) => id))).size;
  const inner = paintFrame(canvas, rect, {
    titles: listTitles(canvas, state),
    focused,
    keys: hintsOf(state, canvas.glyphs),
    ...(list.length === 0 ? {} : { right: `${bytes(totalBytes(list))} in ${plural(layers, 'layer')}` }),
    ...(alarm === undefined ? {} : { alarm }),
  });
  canvas.region(inner, { kind: 'text' }, true);
  canvas.region(inner, { kind: 'images' });
  const view = canvas.within(inner);
  if (error !== undefined) {
    view.text(inner.x + 1, inner.y + 1, truncate(error, inner.width - 2, canvas.glyphs.ellipsis), canvas.theme.error);
    return;
  }
  if (state.images.list === undefined) return;
  if (list.length === 0) {
    const x = inner.x + Math.max(2, Math.floor((inner.width - 84) / 2) - 1);
    const y = inner.y + Math.max(1, Math.floor(inner.height / 3) - 1);
    paintChoices(view, x, y, state, 'There is no image here yet.', [
      ['pull-image', 'pull one: debian, nginx:1.27, host:5000/team/web …'],
      ['build-image', 'build one of a directory with a Dockerfile'],
      ['load-image', 'load an archive of docker save or podman save'],
      ['import-image', 'import a tarball or a directory as an image'],
      ['new', 'run a container of base, which is made from this host'],
    ]);
    return;
  }
  paintImageList(canvas, { ...inner, x: inner.x + 1, width: inner.width - 2 }, state, focused);
}

function listTitles({ glyphs }: Canvas, state: State): readonly Title[] {
  const { list = [], filter, sort, descending, marks } = state.images;
  const shown = imageRows(state).length;
  return [
    {
      text:
        list.length === 0 ? 'images' : shown === list.length ? `images ${shown}` : `images ${shown} of ${list.length}`,
      number: 1,
      target: { kind: 'images' },
    },
    {
      text: `sort ${sort} ${descending ? glyphs.descending : glyphs.ascending}`,
      target: { kind: 'command', id: 'sort' },
    },
    ...(filter.editing || filter.text !== ''
      ? [{ text: `/${filter.text}${filter.editing ? '_' : ''}`, target: { kind: 'command', id: 'filter' } }]
      : []),
    ...(marks.size > 0 ? [{ text: `${marks.size} marked`, target: { kind: 'command', id: 'clear-marks' } }] : []),
  ];
}

function paintPane(canvas: Canvas, rect: Rect, state: State, sources: Sources): void {
  const { tab, focus } = state.images;
  const focused = focus === 'pane' && state.overlay === undefined;
  const right = remark(state);
  const alarm = alarmOf(state);
  const inner = paintFrame(canvas, rect, {
    titles: IMAGE_TABS.map((each, i): Title => ({
      text: tabText(state, each),
      number: i + 2,
      active: each === tab,
      target: { kind: 'image-tab', id: each },
    })),
    focused,
    keys: hintsOf(state, canvas.glyphs),
    ...(right === undefined ? {} : { right }),
    ...(alarm === undefined ? {} : { alarm }),
  });
  canvas.region(inner, { kind: 'text' }, true);
  canvas.region(inner, { kind: 'image-tab', id: tab });
  switch (tab) {
    case 'layers': {
      paintLayers(canvas, inner, state, focused);
      return;
    }
    case 'config': {
      paintFacts(canvas, inner, state, focused);
      return;
    }
    case 'transfers': {
      paintTransfers(canvas, inner, state, focused);
      return;
    }
    case 'builds': {
      paintBuild(canvas, inner, state, sources);
      return;
    }
  }
}

function tabText({ jobs }: State, tab: ImageTab): string {
  if (tab !== 'transfers' && tab !== 'builds') return tab;
  const running = jobs.list.filter((job) => isAtWork(job) && isBuild(job) === (tab === 'builds')).length;
  return running === 0 ? tab : `${tab} ${running}`;
}

/** At the right of the border: what the pane is about. */
function remark(state: State): string | undefined {
  const { tab } = state.images;
  if (tab === 'transfers') return undefined;
  if (tab === 'builds') {
    const { search } = state.jobs;
    const build = shownBuild(state);
    const about = build === undefined ? '' : subjectOf(build.request);
    if (search.editing) return `/${search.text}_`;
    return search.text === '' ? about || undefined : `/${search.text} · ${about}`;
  }
  const image = selectedImage(state);
  return image === undefined || hasNoImages(state) ? undefined : nameOf(image);
}
