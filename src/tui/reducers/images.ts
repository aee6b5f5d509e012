// The Images view: which row and which pane has the focus, how rows are ordered, filtered and marked, moving about in panes.
import { noticed, refuse, step, type Action, type Step } from '../actions.js';
import { imageListRows, imagePaneInside, hasNoImages } from '../image-layout.js';
import { imageRows, imageSubjects, selectedImage } from '../image-rows.js';
import { IMAGE_SORTS, IMAGE_TABS, type ImageSort, type ImageTab } from '../images/columns.js';
import type { ImageOrigin } from '../images/port.js';
import { keyOf, nameOf } from '../images/sharing.js';
import { layoutOf } from '../layout.js';
import { historyRows, imageFacts, type Fact, type HistoryRow } from '../present/image.js';
import { transferLines } from '../present/transfer.js';
import type { ImagesSlice, State } from '../state.js';
import { fitPosition, openMenu, type ListPosition } from '../widgets/index.js';
import { moveList, type Handler, type Move } from './handler.js';

export const withImages = (state: State, images: Partial<ImagesSlice>): State => ({
  ...state,
  images: { ...state.images, ...images },
});

/** The state with a row selected that exists, and that row in sight: what follows every change of rows or size. */
export function settledImages(state: State): State {
  const rows = imageRows(state);
  const { selected, position, marks } = state.images;
  const at = rows.findIndex((image) => keyOf(image) === selected);
  const wanted = { selected: at < 0 ? Math.max(0, position.selected) : at, top: position.top };
  const next = fitPosition(wanted, rows.length, imageListRows(state));
  const row = rows[next.selected];
  const known = new Set((state.images.list ?? []).map(keyOf));
  return withImages(withSelected(state, row === undefined ? undefined : keyOf(row)), {
    position: next,
    marks: [...marks].every((key) => known.has(key)) ? marks : new Set([...marks].filter((key) => known.has(key))),
  });
}

/** Another image is another history: it is looked at from its beginning. */
function withSelected(state: State, selected: string | undefined): State {
  if (selected === state.images.selected) return state;
  const start = { selected: 0, top: 0 };
  return withImages(state, { selected, layers: start, config: start });
}

export function imagesListed(state: State, list: Extract<Action, { type: 'images' }>['list']): State {
  if ('message' in list) {
    const error = list.hint === undefined ? list.message : `${list.message}: ${list.hint}`;
    return withImages(state, { error });
  }
  return settledImages(withImages(state, { list, error: undefined }));
}

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

// The focus.

const withFocus = (state: State, focus: ImagesSlice['focus'], tab: ImageTab = state.images.tab): State =>
  settledImages(withImages(state, { focus, tab }));

export const showImageTab = (state: State, tab: ImageTab): State =>
  hasNoImages(state)
    ? noticed(state, 'warning', 'There is no image here yet; p pulls one.')
    : withFocus(state, 'pane', tab);

export const showImageList = (state: State): State => withFocus(state, 'list');

/** 1 is the list, then the tabs as they stand in the border. */
export function imagePaneByDigit(state: State, digit: number): Step {
  if (digit === 1) return step(showImageList(state));
  const tab = IMAGE_TABS[digit - 2];
  return tab === undefined ? refuse(state, `There is no tab ${digit}.`) : step(showImageTab(state, tab));
}

export const otherImagePane = (state: State): State =>
  state.images.focus === 'list' ? showImageTab(state, state.images.tab) : showImageList(state);

export function stepImageTab(state: State, by: number): State {
  const at = IMAGE_TABS.indexOf(state.images.tab);
  return showImageTab(state, IMAGE_TABS[(at + by + IMAGE_TABS.length) % IMAGE_TABS.length]!);
}

export function zoomImages(state: State): Step {
  if (layoutOf(state).narrow) return refuse(state, 'On a screen this small every pane has the whole of it.');
  if (hasNoImages(state)) return refuse(state, 'There is one pane only.');
  return step(settledImages({ ...state, view: { ...state.view, zoomed: !state.view.zoomed } }));
}

/** Leaves what was entered last in this view; undefined where there is nothing but the view itself. */
export function backInImages(state: State): State | undefined {
  const { focus, filter, marks } = state.images;
  if (state.view.zoomed) return settledImages({ ...state, view: { ...state.view, zoomed: false } });
  if (focus === 'pane') return showImageList(state);
  if (filter.text !== '') return setImageFilter(state, '', false);
  return marks.size > 0 ? withImages(state, { marks: new Set() }) : undefined;
}

// Rows.

export const setImageFilter = (state: State, text: string, editing: boolean): State =>
  settledImages(withImages(state, { filter: { text, editing } }));

export function selectImage(state: State, key: string): State {
  return settledImages(withSelected(state, key));
}

/** Names are read from A on, everything else from its greatest on. */
export function sortImages(state: State, column: ImageSort): State {
  const { sort, descending } = state.images;
  const turned = sort === column ? !descending : column !== 'name';
  return settledImages(withImages(state, { sort: column, descending: turned }));
}

export const isImageSort = (name: string): name is ImageSort => (IMAGE_SORTS as readonly string[]).includes(name);

export const openImageSort: Handler = (state) => {
  const items = IMAGE_SORTS.map((column) => ({ id: column, label: column }));
  const position = { selected: IMAGE_SORTS.indexOf(state.images.sort), top: 0 };
  const menu = { ...openMenu(items, false), position };
  return step({ ...state, overlay: { kind: 'menu', purpose: 'image-sort', title: 'sort by', menu } });
};

export const markImage: Handler = (state) => {
  const image = selectedImage(state);
  if (image === undefined) return refuse(state, 'There is nothing to mark.');
  const marks = new Set(state.images.marks);
  if (!marks.delete(keyOf(image))) marks.add(keyOf(image));
  // On to the next row, so that several can be marked by holding the key.
  return step(moveInImageList(withImages(state, { marks }), 'down'));
};

export const clearImageMarks: Handler = (state) =>
  state.images.marks.size === 0 ? refuse(state, 'Nothing is marked.') : step(withImages(state, { marks: new Set() }));

function moveInImageList(state: State, move: Move): State {
  const rows = imageRows(state);
  const position = moveList(state.images.position, move, rows.length, imageListRows(state));
  const row = rows[position.selected];
  return withImages(withSelected(state, row === undefined ? undefined : keyOf(row)), { position });
}

// Panes.

type ListTab = Exclude<ImageTab, 'builds'>;

/** Lines that a pane has above its list. */
const HEADING_ROWS: Readonly<Record<ListTab, number>> = { layers: 1, config: 0, transfers: 0 };

function linesOf(state: State, tab: ListTab): number {
  switch (tab) {
    case 'layers':
      return layerRows(state).length;
    case 'config':
      return factsOf(state).length;
    case 'transfers':
      return transferLines(state).length;
  }
}

const heightOf = (state: State, tab: ListTab): number => Math.max(1, imagePaneInside(state).height - HEADING_ROWS[tab]);

/** Where the list of a pane stands now: lines come and go below it. */
export function panePosition(state: State, tab: ListTab): ListPosition {
  return fitPosition(state.images[tab], linesOf(state, tab), heightOf(state, tab));
}

export function selectPaneLine(state: State, tab: ListTab, index: number): State {
  const position = { ...state.images[tab], selected: index };
  return withImages(state, { [tab]: fitPosition(position, linesOf(state, tab), heightOf(state, tab)) });
}

const KEY_OF: Readonly<Record<Move, string>> = {
  up: 'up',
  down: 'down',
  'page-up': 'pageup',
  'page-down': 'pagedown',
  first: 'home',
  last: 'end',
};

/** Up, down and so on, in the list or in the pane that has the focus. */
export function moveInImages(state: State, move: Move): Step {
  const { focus, tab } = state.images;
  if (focus === 'list') return step(moveInImageList(state, move));
  if (tab === 'builds') return step(state, { type: 'scroll-build', by: KEY_OF[move] });
  const position = moveList(panePosition(state, tab), move, linesOf(state, tab), heightOf(state, tab));
  return step(withImages(state, { [tab]: position }));
}

/** The wheel over the list or over the pane. */
export function wheelImages(state: State, kind: string | undefined, lines: number): Step {
  const { tab, position } = state.images;
  const scrolled = (from: ListPosition, total: number, height: number): ListPosition => {
    const top = Math.max(0, Math.min(from.top + lines, total - height));
    return fitPosition({ selected: Math.max(top, Math.min(from.selected, top + height - 1)), top }, total, height);
  };
  if (kind === 'image' || kind === 'images') {
    const rows = imageRows(state);
    const next = scrolled(position, rows.length, imageListRows(state));
    const row = rows[next.selected];
    return step(withImages(withSelected(state, row === undefined ? undefined : keyOf(row)), { position: next }));
  }
  if (tab === 'builds') return step(state, { type: 'scroll-build', by: lines });
  const total = linesOf(state, tab);
  return step(withImages(state, { [tab]: scrolled(panePosition(state, tab), total, heightOf(state, tab)) }));
}

/** `c`: what the pane in focus shows. */
export const copyInImages: Handler = (state) => {
  const { focus, tab } = state.images;
  const image = selectedImage(state);
  const text = (what: string, value: string): Step =>
    step(noticed(state, 'info', `Copied ${what}.`), { type: 'copy', what: 'text', text: value });
  if (focus === 'pane' && tab === 'config') {
    return text('all that is known of it', factsOf(state).map(({ label, value }) => `${label}\t${value}`).join('\n')); // prettier-ignore
  }
  if (focus === 'pane' && tab === 'layers') {
    return text('the history', layerRows(state).map(({ line }) => line.createdBy).join('\n')); // prettier-ignore
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
  const lines = [...text.split('\n').map((each) => ({ text: each })), { text: '' }, ...about.map((each) => ({ text: each, tone: 'dim' as const }))]; // prettier-ignore
  const title = layerNumber === undefined ? 'a setting' : `layer ${layerNumber}`;
  return step({ ...state, overlay: { kind: 'text', title, lines, copy: line.createdBy, top: 0 } });
};

const openFact: Handler = (state) => {
  const facts = factsOf(state);
  const at = panePosition(state, 'config').selected;
  const fact = facts[at];
  if (fact === undefined) return refuse(state, 'There is nothing to open.');
  const title = facts.slice(0, at + 1).findLast(({ label }) => label !== '')?.label ?? '';
  const lines = fact.value.split('\n').map((text) => ({ text }));
  return step({ ...state, overlay: { kind: 'text', title, lines, copy: fact.value, top: 0 } });
};

export const imageCommands = {
  'open-layer': openLayer,
  'open-fact': openFact,
  'copy-image': (state) => {
    const images = imageSubjects(state);
    if (images.length === 0) return refuse(state, 'There is no image here.');
    const text = images.map(({ id }) => `sha256:${id}`).join('\n');
    const whose = images.length === 1 ? nameOf(images[0]!) : `${images.length} images`;
    return step(noticed(state, 'info', `Copied the id of ${whose}.`), { type: 'copy', what: 'text', text });
  },
} satisfies Record<string, Handler>;
