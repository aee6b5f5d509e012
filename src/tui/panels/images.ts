// The Images view: the images there are, and below them what the selected one is made of, what it is like, what goes on.
import { hasNoImages, imagePanes, shownBuild } from '../image-layout.js';
import { imageRows, selectedImage } from '../image-rows.js';
import { IMAGE_TABS, type ImageTab } from '../images/columns.js';
import { isAtWork, isBuild, subjectOf } from '../images/jobs.js';
import { nameOf, totalBytes } from '../images/sharing.js';
import { bytes, plural } from '../present/units.js';
import { factsOf, panePosition } from '../reducers/images.js';
import type { Canvas, Rect } from '../screen/index.js';
import type { Sources } from '../sources.js';
import type { State } from '../state.js';
import { paintCatalogue } from './catalogue.js';
import { paintFactLines } from './facts.js';
import { paintBuild } from './images/build.js';
import { paintLayers } from './images/layers.js';
import { paintImageList } from './images/list.js';
import { paintTransfers } from './images/transfers.js';

export function paintImages(canvas: Canvas, state: State, sources: Sources): void {
  const { list = [], tab } = state.images;
  const layers = new Set(list.flatMap((image) => image.layers.map(({ id }) => id))).size;
  paintCatalogue(canvas, state, {
    noun: 'images',
    slice: state.images,
    panes: imagePanes(state),
    shown: imageRows(state).length,
    sum: list.length === 0 ? undefined : `${bytes(totalBytes(list))} in ${plural(layers, 'layer')}`,
    nothing: {
      sentence: 'There is no image here yet.',
      choices: [
        ['pull-image', 'pull one: debian, nginx:1.27, host:5000/team/web …'],
        ['build-image', 'build one of a directory with a Dockerfile'],
        ['load-image', 'load an archive of docker save or podman save'],
        ['import-image', 'import a tarball or a directory as an image'],
        ['new', 'run a container of base, which is made from this host'],
      ],
    },
    paintRows: (rect, focused) => paintImageList(canvas, rect, state, focused),
    tabs: IMAGE_TABS.map((id) => ({ id, text: tabText(state, id) })),
    remark: remark(state),
    paintTab: (rect, focused) => paintTab(canvas, rect, state, sources, tab, focused),
  });
}

function paintTab(canvas: Canvas, rect: Rect, state: State, sources: Sources, tab: ImageTab, focused: boolean): void {
  switch (tab) {
    case 'layers': {
      paintLayers(canvas, rect, state, focused);
      return;
    }
    case 'config': {
      const position = panePosition(state, 'config');
      const nothing = 'No image is selected.';
      paintFactLines(canvas, rect, { facts: factsOf(state), position, tab, focused, nothing });
      return;
    }
    case 'transfers': {
      paintTransfers(canvas, rect, state, focused);
      return;
    }
    case 'builds': {
      paintBuild(canvas, rect, state, sources);
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
