// The Images view: what its panes show, line by line, and what its own keys do; all else is as on every page that lists things.
import { noticed, refuse, step, type Action, type Step } from '../actions.js';
import type { Catalogue } from '../catalogue.js';
import { hasNoImages } from '../image-layout.js';
import { imageRows, imageSubjects, selectedImage } from '../image-rows.js';
import { IMAGE_SORTS, IMAGE_TABS, type ImageColumn, type ImageSort, type ImageTab } from '../images/columns.js';
import type { ImageOrigin, ImageRow } from '../images/port.js';
import { keyOf, nameOf } from '../images/sharing.js';
import type { Fact } from '../present/fact.js';
import { historyRows, imageFacts, type HistoryRow } from '../present/image.js';
import { transferLines } from '../present/transfer.js';
import type { ImagesSlice, State } from '../state.js';
import { LIST_START, type ListPosition } from '../widgets/index.js';
import { actsOf, linePosition, listed } from './catalogue.js';
import type { Handler } from './handler.js';

export const withImages = (state: State, images: Partial<ImagesSlice>): State => ({
  ...state,
  images: { ...state.images, ...images },
});

export const imagesListed = (state: State, list: Extract<Action, { type: 'images' }>['list']): State =>
  listed(IMAGES, state, list);

export function detailsCame(state: State, { id, details }: Extract<Action, { type: 'image-details' }>): State {
  if (selectedImage(state)?.id !== id) return state;
  return withImages(state, { details: { id, found: 'message' in details ? { failed: details.message } : details } });
}

/** What is known of the selected image beyond its row, once it came. */
export function detailsOf(state: State): ImageOrigin | undefined {
  const { details } = state.images;
  if (details === undefined || details.id !== selectedImage(state)?.id || 'failed' in details.found) return undefined;
  return details.found;
}

/** Lines of the pane of layers. */
export function layerRows(state: State): readonly HistoryRow[] {
  const image = selectedImage(state);
  return image === undefined ? [] : historyRows(state.images.list ?? [], image, detailsOf(state));
}

/** Lines of the pane of the configuration. */
export function factsOf(state: State): readonly Fact[] {
  const image = selectedImage(state);
  return image === undefined
    ? []
    : imageFacts(state.images.list ?? [], image, detailsOf(state), state.containers.list, state.now);
}

/** Lines that a pane has above its list. */
const HEADING_ROWS = { layers: 1, config: 0, transfers: 0 } as const;

function linesOf(state: State, tab: keyof typeof HEADING_ROWS): number {
  switch (tab) {
    case 'layers':
      return layerRows(state).length;
    case 'config':
      return factsOf(state).length;
    case 'transfers':
      return transferLines(state).length;
  }
}

const IMAGES: Catalogue<ImageRow, ImageSort, ImageColumn, ImageTab> = {
  name: 'images',
  tabs: IMAGE_TABS,
  sorts: IMAGE_SORTS,
  slice: ({ images }) => images,
  with: withImages,
  keyOf,
  rows: imageRows,
  isEmpty: hasNoImages,
  nothing: 'There is no image here yet; p pulls one.',
  lines: (state, tab) => (tab === 'builds' ? undefined : { total: linesOf(state, tab), above: HEADING_ROWS[tab] }),
  position: ({ images }, tab) => (tab === 'builds' ? LIST_START : images[tab]),
  withPosition: (state, tab, position) => withImages(state, { [tab]: position }),
  // Another image is another history.
  afresh: (state) => withImages(state, { layers: LIST_START, config: LIST_START }),
};

/** Where the list of a pane stands now: lines come and go below it. */
export const panePosition = (state: State, tab: Exclude<ImageTab, 'builds'>): ListPosition =>
  linePosition(IMAGES, state, tab);

/** `c`: what the pane in focus shows. */
const copy: Handler = (state) => {
  const { focus, tab } = state.images;
  const image = selectedImage(state);
  const text = (what: string, value: string): Step =>
    step(noticed(state, 'info', `Copied ${what}.`), { type: 'copy', what: 'text', text: value });
  if (focus === 'pane' && tab === 'config') {
    return text(
      'all that is known of it',
      factsOf(state)
        .map(({ label, value }) => `${label}\t${value}`)
        .join('\n'),
    );
  }
  if (focus === 'pane' && tab === 'layers') {
    return text(
      'the history',
      layerRows(state)
        .map(({ line }) => line.createdBy)
        .join('\n'),
    );
  }
  return image === undefined
    ? refuse(state, 'There is nothing to copy.')
    : text(`the name ${nameOf(image)}`, nameOf(image));
};

const openLayer: Handler = (state) => {
  const row = layerRows(state)[panePosition(state, 'layers').selected];
  if (row === undefined) return refuse(state, 'There is nothing to open.');
  const { line, sharers, layerNumber } = row;
  const text = line.createdBy === '' ? 'How it was made is not known.' : line.createdBy;
  const about = [
    line.created === undefined ? '' : `made ${line.created}`,
    line.comment ?? '',
    line.layer === undefined ? 'changes no file' : `layer ${line.layer.id}`,
    line.layer === undefined ? '' : `${line.layer.sizeBytes} bytes`,
    line.layer === undefined || sharers.length > 0 ? '' : 'no other image has it',
    sharers.length === 0 ? '' : `shared with ${sharers.join(', ')}`,
  ].filter((each) => each !== '');
  const lines = [
    ...text.split('\n').map((each) => ({ text: each })),
    { text: '' },
    ...about.map((each) => ({ text: each, tone: 'dim' as const })),
  ];
  const title = layerNumber === undefined ? 'a setting' : `layer ${layerNumber}`;
  return step({ ...state, overlay: { kind: 'text', title, lines, copy: line.createdBy, top: 0 } });
};

export const imageActs = actsOf(IMAGES, {
  copy,
  opens: { layers: 'open-layer', config: 'open-fact' },
  scroll: (state, by) => step(state, { type: 'scroll-build', by }),
});

/** What follows every change of rows or size. */
export const settledImages = imageActs.settled;

export const imageCommands = {
  'open-layer': openLayer,
  'copy-image': (state) => {
    const images = imageSubjects(state);
    if (images.length === 0) return refuse(state, 'There is no image here.');
    const text = images.map(({ id }) => `sha256:${id}`).join('\n');
    const whose = images.length === 1 ? nameOf(images[0]!) : `${images.length} images`;
    return step(noticed(state, 'info', `Copied the id of ${whose}.`), { type: 'copy', what: 'text', text });
  },
} satisfies Record<string, Handler>;
