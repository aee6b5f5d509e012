// What stands above everything: opened by commands, changed by keys, closed by an answer.
import { noticed, refuse, step, type Failure, type Step } from '../actions.js';
import { selectedImage } from '../image-rows.js';
import { keyOf } from '../images/sharing.js';
import { bindingFor } from '../keymap/bound-keys.js';
import { contextsOf, type CommandName } from '../keymap.js';
import type { FormOverlay, MenuOverlay, Overlay, QuestionOverlay } from '../state/overlays.js';
import { commandLine } from '../present/image.js';
import { bulkItems, helpSections } from '../present/keys.js';
import { glyphsFor, type KeyEvent, type PasteEvent } from '../screen/index.js';
import { SORT_COLUMNS, type SortColumn, type State } from '../state.js';
import {
  fieldOf,
  fitPosition,
  helpHeight,
  openMenu,
  reduceDialog,
  reduceForm,
  reduceMenu,
  selectedItem,
  stepOf,
} from '../widgets/index.js';
import type { Handler } from './handler.js';
import { limitsKey, openLimits } from './limits-overlay.js';
import {
  exportRequest,
  importForm,
  importRequest,
  renameForm,
  renameRequest,
  runForm,
  runRequest,
  refused,
  withProblems,
} from './run-form.js';
import { choosePaletteItem, saveLayout } from './palette.js';
import { imageJob, isImageForm } from './image-form-overlay.js';
import { catalogueInFront } from './catalogues.js';
import { chooseConnection, isNetworkForm, submitNetworkForm } from './network-verbs.js';
import { sortBy } from './table.js';
import { columnsKey } from './columns.js';
import { begun, one } from './verbs.js';
import { submitVolumeForm } from './volume-verbs.js';

type Input = KeyEvent | PasteEvent;

const glyphs = (state: State): ReturnType<typeof glyphsFor> => glyphsFor(state.ascii);
const withOverlay = (state: State, overlay: Overlay | undefined): State => ({ ...state, overlay });
const closed = (state: State): State => withOverlay(state, undefined);

/** Rows of a list that stands above everything, whatever it is drawn like: its frame and its query line taken off. */
export const overlayRows = (state: State): number => Math.max(4, Math.min(24, state.size.rows - 10));
/** Cells across inside the help. */
/** Three columns of keys; more would be a wall. */
const HELP_CELLS = 168;
export const helpWidth = (state: State): number =>
  (state.size.columns < 100 ? state.size.columns : Math.min(state.size.columns - 4, HELP_CELLS)) - 4;
export const helpRows = (state: State): number => state.size.rows - 6;

// Opening.

const help: Handler = (state) => step(withOverlay(state, { kind: 'help', contexts: contextsOf(state), top: 0 }));

const menuOf = (purpose: MenuOverlay['purpose'], title: string, menu: MenuOverlay['menu']): MenuOverlay => ({
  kind: 'menu',
  purpose,
  title,
  menu,
});

const sort: Handler = (state) => {
  const items = SORT_COLUMNS.map((column) => ({ id: column, label: column }));
  const menu = openMenu(items, false);
  const selected = SORT_COLUMNS.indexOf(state.table.sort);
  return step(withOverlay(state, menuOf('sort', 'sort by', { ...menu, position: { selected, top: 0 } })));
};

const bulk: Handler = (state) => {
  const count = state.table.marks.size;
  if (count === 0) return refuse(state, 'Nothing is marked; space marks a container.');
  return step(
    withOverlay(state, menuOf('bulk', `${count} marked`, openMenu(bulkItems(glyphs(state), state.keymap), false))),
  );
};

function openForm(state: State, form: Pick<FormOverlay, 'purpose' | 'title' | 'form' | 'subject'>): Step {
  return step(withOverlay(state, { kind: 'form', failure: undefined, busy: false, ...form }));
}

/** The images are listed anew, so that the next form names those that came meanwhile. */
function openRun(state: State, image: string, command = ''): Step {
  const images = state.images.list?.flatMap(({ name }) => name ?? []) ?? [];
  const networks = state.networks.list?.map(({ network }) => network.name) ?? [];
  const { state: opened } = openForm(state, {
    purpose: 'run',
    title: 'run a container',
    form: runForm({ image, images, networks, command }),
  });
  return step(opened, { type: 'list-images' });
}

const rename: Handler = (state) => {
  const container = one(state, 'rename');
  if (typeof container === 'string') return refuse(state, container);
  const { name } = container.config;
  return openForm(state, { purpose: 'rename', title: `rename ${name}`, form: renameForm(name), subject: container.id });
};

export const overlayCommands = {
  help,
  sort,
  bulk,
  rename,
  limits: openLimits,
  new: (state) => openRun(state, 'base'),
  'run-image': (state) => {
    const image = selectedImage(state);
    return image
      ? openRun(state, keyOf(image), commandLine(image.config.cmd ?? []))
      : refuse(state, 'There is no image to run; p pulls one.');
  },
  'import-image': (state) => openForm(state, { purpose: 'import', title: 'import an image', form: importForm() }),
} satisfies Record<string, Handler>;

// Keys.

export type RunCommand = (state: State, command: CommandName, argument?: string) => Step;

/** A key or a paste while something stands above; `run` carries out what is chosen in a palette. */
export function overlayInput(state: State, overlay: Overlay, event: Input, run: RunCommand): Step {
  switch (overlay.kind) {
    case 'help':
    case 'text':
      return readerKey(state, overlay, event);
    case 'menu':
      return menuKey(state, overlay, event, run);
    case 'question':
      return questionKey(state, overlay, event);
    case 'form':
      return formKey(state, overlay, event);
    case 'columns':
      return columnsKey(state, overlay, event);
    case 'limits':
      return limitsKey(state, overlay, event);
  }
}

const isKey = (event: Input, ...keys: readonly string[]): boolean => event.type === 'key' && keys.includes(event.key);

function readerKey(state: State, overlay: Extract<Overlay, { kind: 'help' | 'text' }>, event: Input): Step {
  if (event.type !== 'key') return step(state);
  if (isKey(event, 'escape', 'q', '?', 'enter', 'f1', 'ctrl-c')) return step(closed(state));
  if (overlay.kind === 'text' && event.key === 'c') {
    return step(noticed(closed(state), 'info', 'Copied.'), { type: 'copy', what: 'text', text: overlay.copy });
  }
  const total =
    overlay.kind === 'help'
      ? helpHeight(helpSections(overlay.contexts, glyphs(state), state.keymap), helpWidth(state))
      : overlay.lines.length;
  const height = overlay.kind === 'help' ? helpRows(state) : overlayRows(state);
  const by = stepOf(event.key, height, total);
  if (by === undefined) return step(state);
  const top = Math.max(0, Math.min(total - height, overlay.top + by));
  return step(withOverlay(state, { ...overlay, top }));
}

function menuKey(state: State, overlay: MenuOverlay, event: Input, run: RunCommand): Step {
  if (isKey(event, 'escape', 'ctrl-c')) return step(closed(state));
  if (isKey(event, 'enter')) {
    const item = selectedItem(overlay.menu);
    return item ? chooseItem(state, overlay, item.id, run) : step(state);
  }
  if (overlay.purpose === 'sort' && isKey(event, 'r')) return step(closed(sortBy(state, state.table.sort)));
  if (overlay.purpose === 'catalogue-sort' && isKey(event, 'r'))
    return step(closed(catalogueInFront(state)?.sortAgain(state) ?? state));
  const menu = reduceMenu(overlay.menu, event, overlayRows(state));
  if (menu) return step(withOverlay(state, { ...overlay, menu }));
  // In a menu without a query the keys that it shows work as they do outside.
  const binding =
    event.type === 'key' ? bindingFor(event.key, ['table', 'container', 'global'], state.keymap) : undefined;
  const isListed = binding !== undefined && overlay.menu.items.some(({ id }) => id === binding.command);
  return isListed ? run(closed(state), binding.command) : step(state);
}

/** An item of a menu was chosen, by Enter or by a click. */
export function chooseItem(state: State, overlay: MenuOverlay, id: string, run: RunCommand): Step {
  if (overlay.purpose === 'sort') return step(closed(sortBy(state, id as SortColumn)));
  if (overlay.purpose === 'catalogue-sort') return step(closed(catalogueInFront(state)?.sort(state, id) ?? state));
  if (overlay.purpose === 'connection') return chooseConnection(closed(state), id);
  if (overlay.purpose === 'bulk') return run(closed(state), id as CommandName);
  return choosePaletteItem(state, id, run);
}

function questionKey(state: State, overlay: QuestionOverlay, event: Input): Step {
  if (event.type !== 'key') return step(state);
  const buttons = overlay.answers.map(({ label }, i) => ({ id: String(i), label }));
  const result = reduceDialog({ title: overlay.title, body: [], buttons, focus: overlay.focus }, event);
  if (!result) return step(state);
  if ('cancelled' in result) return step(closed(state));
  if ('pressed' in result) return answer(state, overlay, Number(result.pressed));
  return step(withOverlay(state, { ...overlay, focus: result.dialog.focus }));
}

export function answer(state: State, overlay: QuestionOverlay, index: number): Step {
  const effects = overlay.answers[index]?.effects ?? [];
  let next = closed(state);
  for (const effect of effects) {
    if (effect.type !== 'verb' && effect.type !== 'remove') continue;
    const who = state.containers.list.filter(({ id }) => effect.ids.includes(id));
    next = begun(next, effect.type === 'remove' ? 'remove' : effect.verb, who);
    next = { ...next, table: { ...next.table, marks: new Set() } };
  }
  return step(next, ...effects);
}

function formKey(state: State, overlay: FormOverlay, event: Input): Step {
  if (isKey(event, 'escape', 'ctrl-c')) return step(closed(state));
  if (overlay.busy) return step(state);
  if (isKey(event, 'enter', 'ctrl-s')) return submit(state, overlay);
  const changed = reduceForm(overlay.form, event);
  // What its name means is said anew with each letter.
  const form =
    changed !== undefined && isImageForm(overlay.purpose) && changed.focus === overlay.form.focus
      ? withProblems(changed, new Map())
      : changed;
  return step(form ? withOverlay(state, { ...overlay, form }) : state);
}

function submit(state: State, overlay: FormOverlay): Step {
  const { form } = overlay;
  const waiting = withOverlay(state, {
    ...overlay,
    form: withProblems(form, new Map()),
    failure: undefined,
    busy: true,
  });
  const wrong = (problems: ReadonlyMap<string, string>): Step =>
    step(withOverlay(state, { ...overlay, form: withProblems(form, problems), failure: undefined }));
  const { purpose } = overlay;
  if (isImageForm(purpose)) return imageJob(state, overlay, purpose);
  if (isNetworkForm(purpose)) return submitNetworkForm(state, overlay, purpose);
  switch (purpose) {
    case 'run': {
      const request = runRequest(form);
      if ('problems' in request) return wrong(request.problems);
      return step(waiting, { type: 'create', spec: request.spec, openTerminal: request.terminal });
    }
    case 'layout': {
      const field = fieldOf(form, 'name');
      const name = field?.kind === 'text' ? field.line.text.trim() : '';
      return name === '' ? wrong(new Map([['name', 'give it a name']])) : saveLayout(state, name);
    }
    case 'rename': {
      const request = renameRequest(form);
      if ('problems' in request) return wrong(request.problems);
      return step(waiting, { type: 'rename', id: overlay.subject ?? '', name: request.name });
    }
    case 'export': {
      const request = exportRequest(form);
      if ('problems' in request) return wrong(request.problems);
      return step(waiting, { type: 'export-logs', path: request.path, replace: false });
    }
    case 'volume':
      return submitVolumeForm(state, overlay);
    case 'import': {
      const request = importRequest(form);
      if ('problems' in request) return wrong(request.problems);
      return step(waiting, { type: 'import-image', ...request });
    }
  }
}

/** The engine refused what a form or the limits asked for. */
export function overlayRefused(state: State, failure: Failure): State {
  const { overlay } = state;
  const sentence = failure.hint === undefined ? failure.message : `${failure.message}: ${failure.hint}`;
  if (overlay?.kind === 'form') {
    const { form, rest } = refused(overlay.form, failure);
    return withOverlay(state, { ...overlay, form, failure: rest, busy: false });
  }
  if (overlay?.kind === 'limits') return withOverlay(state, { ...overlay, failure: sentence, busy: false });
  return noticed(state, 'error', sentence);
}

/** The wheel over whatever stands above. */
export function overlayWheel(state: State, overlay: Overlay, lines: number): State {
  if (overlay.kind === 'help' || overlay.kind === 'text') {
    const total =
      overlay.kind === 'help'
        ? helpHeight(helpSections(overlay.contexts, glyphs(state), state.keymap), helpWidth(state))
        : overlay.lines.length;
    const height = overlay.kind === 'help' ? helpRows(state) : overlayRows(state);
    return withOverlay(state, { ...overlay, top: Math.max(0, Math.min(total - height, overlay.top + lines)) });
  }
  if (overlay.kind === 'menu') {
    const { menu } = overlay;
    const selected = menu.position.selected + Math.sign(lines);
    const position = fitPosition({ ...menu.position, selected }, menu.items.length, overlayRows(state));
    return withOverlay(state, { ...overlay, menu: { ...menu, position } });
  }
  return state;
}
